from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import constraints


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("社区")

    def ready(self) -> None:
        """Say what the database's refusals mean."""
        constraints.register("post_one_holder_per_grid", _("该网格在此期间已有人担任这一职务。"))
        constraints.register("post_ends_after_start", _("任职止日不能早于起日。"))
        constraints.register("place_name_once_per_parent", _("同一上级下已有同名地点。"))
        constraints.register("household_once_per_door", _("该楼栋(单元)已有此户号。"))
        constraints.register("organisation_name_once", _("该社区已有同名组织机构。"))
        constraints.register("talk_point_one_per_building", _("该楼栋已有楼栋码。"))
