"""Errands, needs, the diary, meters and assisted applications."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.registries import inbox_only


def register_errands() -> None:
    """代办: who sees them at the desk, the tile, what a phone keeps and enters, how long words are kept."""
    from community.actions.list_export import PERSONAL
    from community.backends import grant
    from community.duties import Power
    from core.registries import PersonalSource, Retention, personal_sources, retentions, today_tiles
    from grids import errand_notices
    from grids.actions.errands_expiring import errands_expire
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.errands import ERRAND, TOLD
    from grids.selectors import errands

    PERSONAL.add("grids.errand")
    grant("grids.errand", view={Power.GRID_RUN})
    today_tiles.register("grids.errands", errands.TILE_ERRANDS, order=21)
    kept_pages.register("grids.errands", errands.pages_kept, order=25)
    entry_kinds.register("grids.errand", ERRAND)
    entry_kinds.register("grids.errand_told", TOLD)
    inbox_only(errand_notices.KINDS)
    what, why = _("替您家办的事：办什么、结果、您怎么说"), _("把事办好，并告知您")
    retentions.register("grids.errands", Retention(what, why, errands.errands_kept, errands_expire), order=31)
    own = PersonalSource(what, why, errands.HEADS, errands.errands_asked)
    personal_sources.register("grids.errands", own, order=61)


def register_needs() -> None:
    """需求和事件: who sees them at the desk, the tile, what a phone keeps and enters, until when."""
    from community.actions.list_export import PERSONAL
    from community.backends import grant
    from community.duties import Power
    from core.registries import PersonalSource, Retention, personal_sources, retentions, today_tiles
    from grids import need_notices
    from grids.actions.needs_expiring import needs_expire
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.needs import NEED
    from grids.selectors import needs

    PERSONAL.update(("grids.need", "grids.partnerlead"))
    grant("grids.need", view={Power.GRID_RUN})
    grant("grids.partnerlead", view={Power.GRID_RUN})
    today_tiles.register("grids.needs", needs.TILE_NEEDS, order=14)
    kept_pages.register("grids.needs", needs.pages_kept, order=26)
    entry_kinds.register("grids.need", NEED)
    inbox_only(need_notices.KINDS)
    what, why = _("您家的需求和事件：情况、怎样解决的、怎样反馈的"), _("把事办好，并告知您")
    retentions.register("grids.needs", Retention(what, why, needs.needs_kept, needs_expire), order=32)
    own = PersonalSource(what, why, needs.HEADS, needs.needs_asked)
    personal_sources.register("grids.needs", own, order=62)


def register_diary() -> None:
    """民情日记: who sees it at the desk, the tile, what a phone keeps and enters, how long words are kept."""
    from community.actions.list_export import PERSONAL
    from community.backends import grant
    from community.duties import Power
    from core.registries import Retention, retentions, today_tiles
    from grids import diary_notices
    from grids.actions.diary import diary_expire
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.diary import DIARY
    from grids.selectors import diary

    PERSONAL.add("grids.opiniondiaryentry")
    grant("grids.opiniondiaryentry", view={Power.GRID_RUN})
    today_tiles.register("grids.diary", diary.TILE_DIARY, order=22)
    kept_pages.register("grids.diary", diary.pages_kept, order=27)
    entry_kinds.register("grids.diary", DIARY)
    inbox_only(diary_notices.KINDS)
    what, why = _("民情日记：聊天时听到的心愿，不写名字"), _("把大家的心愿转成要办的事")
    retentions.register("grids.diary", Retention(what, why, diary.diary_kept, diary_expire), order=33)


def register_meters() -> None:
    """抄表: who sees rounds at the desk, the tiles, what a phone keeps and enters, until when."""
    from community.backends import grant
    from community.duties import Power
    from community.registries import account_tiles
    from core.registries import PersonalSource, Retention, personal_sources, retentions, today_tiles
    from grids import meter_notices
    from grids.actions.meters_expiring import meter_photos_expire
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.meters import METER
    from grids.selectors import meters

    grant("grids.metercycle", view={Power.GRID_RUN})
    today_tiles.register("grids.meters", meters.TILE_METERS, order=23)
    account_tiles.register("grids.shares", meters.tile_shares, order=30)
    kept_pages.register("grids.meters", meters.pages_kept, order=28)
    entry_kinds.register("grids.meter", METER)
    inbox_only(meter_notices.KINDS)
    what, why = _("抄表：您家的读数、照片和分摊"), _("按用量分摊账单")
    retentions.register(
        "grids.meters", Retention(what, why, meters.meters_kept, meter_photos_expire), order=34
    )
    own = PersonalSource(what, why, meters.HEADS, meters.meters_at)
    personal_sources.register("grids.meters", own, order=63)


def register_applications() -> None:
    """帮办申请: who sees them at the desk, the tiles, how long their words are kept."""
    from community.actions.list_export import PERSONAL
    from community.backends import grant
    from community.duties import Power
    from community.registries import account_tiles
    from core.registries import PersonalSource, Retention, personal_sources, retentions, today_tiles
    from grids import assist_notices
    from grids.actions.applications import applications_expire
    from grids.selectors import applications

    PERSONAL.add("grids.assistedapplication")
    grant("grids.assistedapplication", view={Power.GRID_RUN})
    today_tiles.register("grids.applications", applications.TILE_APPLICATIONS, order=24)
    account_tiles.register("grids.applications", applications.tile_mine, order=31)
    inbox_only(assist_notices.KINDS)
    what, why = _("帮您办的申请：情况、步骤、结果"), _("把申请办成，并告知您")
    kept = Retention(what, why, applications.applications_kept, applications_expire)
    retentions.register("grids.applications", kept, order=35)
    own = PersonalSource(what, why, applications.HEADS, applications.applications_own)
    personal_sources.register("grids.applications", own, order=64)
