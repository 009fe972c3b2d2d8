from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import constraints


def register_refusals() -> None:
    """Say what the database's refusals mean."""
    from core.errors import InvalidInputError

    for name, words in {
        "grid_name_once_per_community": _("该社区已有同名网格。"),
        "grid_building_one_active_per_tier": _("有楼栋已属于同一级别的另一个启用网格。"),
        "duty_list_name_once": _("该社区已有同名职责清单。"),
        "charge_one_worker_per_household": _("该户在此期间已有人包户。"),
        "grid_norm_once_per_tier": _("该社区这一级别已有配备标准。"),
        "entry_decided_by_somebody": _("这条记录已经处理过了。"),
        "entry_keeps_nothing_once_decided": _("这条记录已经处理过了。"),
    }.items():
        constraints.register(name, words)
    for name, words in {
        "grid_parent_fits_tier": _("一级网格和专属网格直接属于社区，没有上级网格。"),
        "grid_level_3_has_parent": _("三级网格必须有一个二级网格作上级。"),
        "grid_parent_of_tier_above": _("上级网格必须是同一社区的上一级网格。"),
    }.items():
        constraints.register(name, words, InvalidInputError)


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = _("网格")

    def ready(self) -> None:
        """What the database's refusals mean, who sees what, and that parents follow the tree of places."""
        from community.backends import grant
        from community.duties import Power
        from community.place_listeners import place_moved
        from core.registries import Retention, retentions, today_tiles
        from grids import entry_notices, notices
        from grids.actions.grid import grids_follow_place
        from grids.actions.held_entries import entries_expire
        from grids.selectors.entries import TILE_HELD, entries_kept

        readers = {Power.PETITION_READ, Power.ROLL_READ}
        for model in ("grid", "gridbuilding", "dutylist", "gridnorm"):
            grant(f"grids.{model}", write={Power.PLACE_MANAGE}, view=readers)
        register_refusals()
        entries = Retention(
            _("外勤记录上传的回执"),
            _("同一条记录重复上传时只入账一次"),
            entries_kept,
            entries_expire,
        )
        retentions.register("grids.entries", entries, order=120)
        today_tiles.register("grids.held", TILE_HELD, order=5)
        notices.register_policies()
        entry_notices.register_policies()
        place_moved.append(grids_follow_place)
