from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import constraints


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = _("网格")

    def ready(self) -> None:
        """Say what the database's refusals mean."""
        from community.backends import grant
        from community.duties import Power

        for model in ("grid", "gridbuilding"):
            grant(f"grids.{model}", write={Power.PLACE_MANAGE}, view={Power.PETITION_READ, Power.ROLL_READ})
        constraints.register("grid_name_once_per_community", _("该社区已有同名网格。"))
        constraints.register("grids_gridbuilding_place_id_key", _("该楼栋已属于另一个网格。"))
