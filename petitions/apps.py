"""Registers what petitions contribute to the lower apps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.registries import inbox_only

if TYPE_CHECKING:
    from core.registries import DataSubject


def _with_matters(_subject: DataSubject, _at: datetime) -> Sequence[str]:
    """Erased together with the matters."""
    return ()


class PetitionsConfig(AppConfig):
    name = "petitions"
    verbose_name = _("诉求")

    def ready(self) -> None:
        from community.backends import grant
        from community.duties import Power
        from community.place_listeners import place_moved
        from community.registries import brand_applied
        from community.standing_listeners import standing_changed
        from core import constraints, registries
        from core.errors import InvalidInputError
        from petitions import (
            notices,
            poll_notices,
            project_notices,
            service_notices,
            session_notices,
            watching_notices,
            week_notices,
        )
        from petitions.actions.moving import petitions_follow_place
        from petitions.actions.sessions.calling import follow_holidays
        from petitions.actions.sessions.planning import schedules_ship
        from petitions.actions.silencing import judgements_follow
        from petitions.actions.sweeping import follow_calendar

        inbox_only(notices.INBOX_ONLY, "petition.")
        inbox_only(session_notices.INBOX_ONLY)
        inbox_only(project_notices.INBOX_ONLY)
        inbox_only(watching_notices.INBOX_ONLY, "petition.")
        inbox_only(week_notices.INBOX_ONLY, "petition.")
        refusals = {
            "assistance_agent_is_authorised": _("帮代办须先写明由谁授权、怎样授权。"),
            "assistance_at_home_has_slot": _("上门办须先约好时间，写明地址。"),
        }
        for name, sentence in refusals.items():
            constraints.register(name, sentence, InvalidInputError)
        grant("petitions.petition", view={Power.PETITION_READ})
        grant("petitions.deliberationsession", view={Power.SESSION_RUN})
        grant("petitions.deliberationschedule", view={Power.SESSION_RUN}, write={Power.PROFILE_MANAGE})
        grant("petitions.mediationteam", view={Power.PETITION_TRIAGE}, write={Power.POST_MANAGE})
        grant("petitions.monthfigures", view={Power.PETITION_READ})
        grant("petitions.poll", view={Power.POLL_RUN})
        grant("petitions.project", view={Power.PROJECT_RUN})
        speaking = (session_notices, poll_notices, project_notices, watching_notices, service_notices)
        for module in speaking:
            for name, words in module.REFUSALS.items():
                constraints.register(name, words)
        brand_applied.register("petitions.schedules", schedules_ship)
        registries.calendar_changed.register("petitions.sessions", follow_holidays)
        place_moved.append(petitions_follow_place)
        standing_changed.append(judgements_follow)
        registries.calendar_changed.register("petitions.deadlines", follow_calendar)
        self._bring_in()
        self._keep()
        self._own()
        self._watch()
        self._contribute()
        self._enter()

    def _enter(self) -> None:
        """What a phone enters without signal and which pages it keeps; what stands beside a hazard, a diary
        entry, and on a leader's page."""
        from grids.entry_kinds import entry_kinds, kept_pages
        from grids.registries import (
            PatrolWay,
            diary_panels,
            due_lines,
            ground_changed,
            hazard_panels,
            patrol_ways,
        )
        from petitions.actions.moving import matters_follow_ground
        from petitions.forms.entries import KINDS
        from petitions.selectors.hazards import panel_matter
        from petitions.selectors.promotions import panel_promotion
        from petitions.selectors.team import matters_due
        from petitions.selectors.today import pages_kept
        from petitions.selectors.walks import matters_found

        for code, kind in KINDS.items():
            entry_kinds.register(code, kind)
        kept_pages.register("petitions", pages_kept, order=10)
        ground_changed.register("petitions.matters", matters_follow_ground)
        hazard_panels.register("petitions.matter", panel_matter)
        due_lines.register("petitions.matters", matters_due, order=10)
        diary_panels.register("petitions.matter", panel_promotion)
        patrol_ways.register(
            "petitions.matters", PatrolWay(_("诉求"), "petitions:work_new", matters_found), order=30
        )

    def _bring_in(self) -> None:
        """What can come in from Excel."""
        from community.sheet_kinds import import_kinds
        from petitions.imports.history import HISTORY

        import_kinds.register(HISTORY.code, HISTORY, order=10)

    def _keep(self) -> None:
        """How long matters and what belongs to them are kept, and what ends it."""
        from core.registries import Retention, retentions
        from petitions.actions import desk, erasing, photos
        from petitions.actions.projects.erasing import projects_anonymise
        from petitions.actions.sessions.erasing import sessions_anonymise
        from petitions.selectors import privacy

        asked = Retention(
            _("您要求删除的内容"),
            _("办结前还要用来办理和答复"),
            privacy.until_closed,
            erasing.reporters_asked_erase,
        )
        retentions.register("petitions.asked", asked, order=20)
        matters = Retention(
            _("您反映的事：原话、照片、称呼、手机号、评价"),
            _("办理、答复、回访，和事后查对"),
            privacy.kept_matters,
            erasing.petitions_anonymise,
        )
        retentions.register("petitions.matters", matters, order=10)
        sittings = Retention(
            _("议事会的报名、签到和提议题：姓名、手机号；会议记录"),
            _("通知、评价，和事后查对"),
            privacy.kept_sessions,
            sessions_anonymise,
        )
        retentions.register("petitions.sessions", sittings, order=15)
        works = Retention(
            _("您对工程图纸的意见：原话、称呼、手机号；工程中和住户的沟通"),
            _("审核、答复、解决受阻"),
            privacy.kept_projects,
            projects_anonymise,
        )
        retentions.register("petitions.projects", works, order=17)
        uploads = Retention(
            _("传了照片但没有提交的"),
            _("等您提交"),
            privacy.kept_uploads,
            lambda at: photos.photos_abandoned_delete(at=at),
        )
        retentions.register("petitions.uploads", uploads, order=110)
        exports = Retention(
            _("工作人员导出的表格"), _("下载"), privacy.kept_exports, lambda at: desk.exports_expire(at=at)
        )
        retentions.register("petitions.exports", exports, order=120)

    def _own(self) -> None:
        """What matters hold about a person."""
        from core.registries import PersonalSource, personal_sources
        from petitions.actions.erasing import person_erase
        from petitions.actions.projects.erasing import person_erase_from_projects
        from petitions.actions.sessions.erasing import person_erase_from_sessions
        from petitions.selectors import own, own_polls, own_projects, own_sessions

        for order, (code, source) in enumerate(
            {
                "matters": PersonalSource(
                    _("反映的事"), _("办理、答复、请您评价"), own.MATTER, own.matters, erase=person_erase
                ),
                "words": PersonalSource(
                    _("补充和答复"), _("办理"), own.WORDS, own.words, erase=_with_matters
                ),
                "judgements": PersonalSource(
                    _("评价"), _("核对是否办好"), own.JUDGED, own.judgements, erase=_with_matters
                ),
                "photos": PersonalSource(
                    _("照片"), _("办理"), own.PHOTO, own.photos, own.photo_files, erase=_with_matters
                ),
                "sessions": PersonalSource(
                    _("参加的议事会"),
                    _("通知、签到、评价"),
                    own_sessions.ATTENDED,
                    own_sessions.attended,
                    erase=person_erase_from_sessions,
                ),
                "topics": PersonalSource(
                    _("提议的议题"),
                    _("议事"),
                    own_sessions.PROPOSED,
                    own_sessions.proposed,
                    erase=_with_matters,
                ),
                "polls": PersonalSource(
                    _("您家的住户表决"),
                    _("一户只投一次；选了什么没有记在谁名下，是否投过依规定留存"),
                    own_polls.VOTED,
                    own_polls.voted,
                ),
                "drawings": PersonalSource(
                    _("对工程图纸的意见"),
                    _("审核、答复"),
                    own_projects.COMMENTED,
                    own_projects.commented,
                    erase=person_erase_from_projects,
                ),
                "talks": PersonalSource(
                    _("请您去沟通的工程"),
                    _("办理；依规定留痕，不能删除"),
                    own_projects.TALKED,
                    own_projects.talked,
                ),
                "looks": PersonalSource(
                    _("谁看过您的手机号"), _("让您知道；只写岗位，依规定留痕，不能删除"), own.LOOK, own.looks
                ),
            }.items()
        ):
            personal_sources.register(f"petitions.{code}", source, order=100 + order)

    def _watch(self) -> None:
        """What the person in charge of personal data reads of."""
        from core.registries import access_kinds, subject_names
        from petitions.selectors import privacy

        kinds = {
            "petition.contact_seen": _("查看手机号"),
            "mediation.notes_read": _("查看调解笔记"),
            "project.notes_read": _("查看沟通笔记"),
            "petition.export_asked": _("导出诉求"),
            "petition.erasure_asked": _("要求删除"),
            "petition.erased": _("删除个人信息"),
            "petition.anonymised": _("到期抹去"),
        }
        for order, (event, label) in enumerate(kinds.items()):
            access_kinds.register(event, label, order=order)
        subject_names.register("petitions.petition", privacy.numbers)
        subject_names.register("petitions.project", privacy.projects)

    def _contribute(self) -> None:
        """Tiles and sections of the community's home and of the page 我的."""
        from community.registries import (
            account_tiles,
            code_sheets,
            counted_figures,
            estate_panels,
            guide_actions,
            guide_panels,
            home_panels,
        )
        from core.registries import desk_panels, gauges, home_tiles, today_tiles
        from petitions.selectors import (
            assisting,
            built,
            desk_panel,
            home,
            links,
            polls,
            projects,
            resolutions,
            visits,
        )
        from petitions.selectors.figures.report import COUNTED

        for order, (code, words) in enumerate(COUNTED.items()):
            counted_figures.register(code, words, order=order)
        home_panels.register("petitions.figures", home.panel_figures, order=20)
        home_panels.register("petitions.answers", home.panel_answers, order=30)
        home_panels.register("petitions.action", home.panel_action, order=900)
        code_sheets.register("petitions.qr_sheets", links.code_sheet_path)
        estate_panels.register("petitions.works", built.panel_works, order=10)
        estate_panels.register("petitions.prices", built.panel_prices, order=20)
        guide_actions.register("petitions.ask", assisting.panel_ask, order=10)
        guide_panels.register("petitions.help", assisting.panel_help, order=10)
        account_tiles.register("petitions.mine", home.tile_mine, order=10)
        home_tiles.register("petitions.next_session", resolutions.tile_next, order=20)
        home_tiles.register("petitions.polls", polls.tile_open, order=15)
        home_tiles.register("petitions.projects", projects.tile_projects, order=17)
        today_tiles.register("petitions.chaired", resolutions.TILE_CHAIRED, order=10)
        today_tiles.register("petitions.resolutions", resolutions.TILE_OWED, order=20)
        today_tiles.register("petitions.visits", visits.tile_visits, order=25)
        today_tiles.register("petitions.stool", resolutions.tile_stool, order=30)
        gauges.register("petitions", home.gauges)
        desk_panels.register("petitions.queues", desk_panel.queue_panel, order=10)
