from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.registries import inbox_only

if TYPE_CHECKING:
    from community.duties import Power


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = _("网格")

    def ready(self) -> None:
        """What the database's refusals mean, who sees what, and that parents follow the tree of places."""
        from community.backends import grant
        from community.duties import Power
        from community.place_listeners import place_moved, place_settled
        from community.registries import account_tiles
        from core.registries import Retention, retentions, today_tiles
        from grids import entry_notices, notices
        from grids.actions.grid import grids_follow_place
        from grids.actions.ground import ground_follows_place
        from grids.actions.held_entries import entries_expire
        from grids.contributions import caring, helping, importing, leading, planning
        from grids.contributions.refusals import register_refusals
        from grids.selectors.charges import tile_responsible, tile_where
        from grids.selectors.entries import TILE_HELD, entries_kept

        readers = {Power.PETITION_READ, Power.ROLL_READ}
        for model in ("grid", "gridbuilding", "dutylist", "gridnorm"):
            grant(f"grids.{model}", write={Power.PLACE_MANAGE}, view=readers)
        register_refusals()
        account_tiles.register("grids.responsible", tile_responsible, order=20)
        account_tiles.register("grids.where", tile_where, order=21)
        entries = Retention(
            _("外勤记录上传的回执"),
            _("同一条记录重复上传时只入账一次"),
            entries_kept,
            entries_expire,
        )
        retentions.register("grids.entries", entries, order=120)
        today_tiles.register("grids.held", TILE_HELD, order=5)
        inbox_only(notices.KINDS)
        inbox_only(entry_notices.KINDS)
        self._patrol(readers)
        self._visit()
        helping.register_errands()
        helping.register_needs()
        helping.register_diary()
        helping.register_meters()
        helping.register_applications()
        caring.register_hazards()
        caring.register_registers()
        caring.register_safety()
        importing.register_imports()
        leading.register_due()
        planning.register_action_plans()
        place_moved.append(grids_follow_place)
        place_settled.append(ground_follows_place)

    def _visit(self) -> None:
        """Visits from door to door: purposes, the phone's form and pages, the day's tile, who reads notes."""
        from community.actions.list_export import PERSONAL
        from community.backends import grant
        from community.duties import Power
        from community.registries import brand_applied
        from core.registries import (
            PersonalSource,
            Retention,
            access_kinds,
            personal_sources,
            retentions,
            subject_names,
            today_tiles,
        )
        from grids import season_notices, visit_notices
        from grids.actions.gifts import gift_photos_expire
        from grids.actions.visiting import purposes_ship
        from grids.actions.visits_expiring import visit_notes_expire
        from grids.entry_kinds import entry_kinds, kept_pages
        from grids.forms.gifts import GIFT
        from grids.forms.visit import VISIT
        from grids.selectors import gifts
        from grids.selectors.homes_page import TILE_HOMES, pages_kept
        from grids.selectors.visits_own import HEADS, door_names, gift_photos_kept, visits_at, visits_kept

        inbox_only(visit_notices.KINDS)
        inbox_only(season_notices.KINDS)
        brand_applied.register("grids.visit_purposes", purposes_ship)
        grant("grids.visitpurpose", view={Power.GRID_RUN}, write={Power.PLACE_MANAGE})
        PERSONAL.add("grids.visit")
        grant("grids.visit", view={Power.GRID_RUN})
        for model in ("festivalvisitrule", "giftcampaign"):
            grant(f"grids.{model}", view={Power.GRID_RUN}, write={Power.PLACE_MANAGE})
        entry_kinds.register("grids.visit", VISIT)
        kept_pages.register("grids.homes", pages_kept, order=20)
        entry_kinds.register("grids.gift", GIFT)
        kept_pages.register("grids.gifts", gifts.pages_kept, order=22)
        today_tiles.register("grids.homes", TILE_HOMES, order=20)
        access_kinds.register("visit.notes_read", _("查看走访记录"), order=10)
        subject_names.register("community.household", door_names)
        notes = Retention(
            _("走访记录：每次去看望时写下的身体和家里的情况"),
            _("帮助您家，安排下次走访"),
            visits_kept,
            visit_notes_expire,
        )
        retentions.register("grids.visits", notes, order=30)
        proofs = Retention(_("礼包送到时拍的照片"), _("核对礼包送到"), gift_photos_kept, gift_photos_expire)
        retentions.register("grids.gift_photos", proofs, order=37)
        why = _("帮助您家，安排下次走访")
        own = PersonalSource(_("去过您家的走访：日期、目的"), why, HEADS, visits_at)
        personal_sources.register("grids.visits", own, order=60)

    def _patrol(self, readers: set[Power]) -> None:
        """Patrols: who sees them, what waits in a phone, how long ways are kept."""
        from community.backends import grant
        from community.duties import Power
        from core.registries import Retention, retentions, today_tiles
        from grids import patrol_notices
        from grids.actions.patrol_notes import notes_forget
        from grids.actions.patrol_sweeping import tracks_forget
        from grids.contributions.walking import register_ways
        from grids.entry_kinds import entry_kinds, kept_pages
        from grids.forms.patrol import KINDS
        from grids.forms.patrol_note import NOTE
        from grids.selectors.patrols import TILE_DAY, TILE_PATROL, notes_kept, pages_kept, tracks_kept

        grant("grids.patrolplan", write={Power.GRID_RUN}, view=readers)
        grant("grids.checkpoint", write={Power.GRID_RUN}, view=())  # codes are for those who put them up
        grant("grids.patrol", view=readers)
        for code, kind in KINDS.items():
            entry_kinds.register(code, kind)
        entry_kinds.register("grids.patrol_note", NOTE)
        register_ways()
        kept_pages.register("grids.patrol", pages_kept, order=5)
        today_tiles.register("grids.patrol", TILE_PATROL, order=3)
        today_tiles.register("grids.team", TILE_DAY, order=4)
        ways = Retention(_("工作人员的巡查路线"), _("核对巡查走过的地方"), tracks_kept, tracks_forget)
        retentions.register("grids.tracks", ways, order=121)
        words = Retention(_("巡查路上随手记下的话"), _("看巡查做了什么"), notes_kept, notes_forget)
        retentions.register("grids.patrol_notes", words, order=122)
        inbox_only(patrol_notices.KINDS)
