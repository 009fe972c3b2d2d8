from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import constraints
from core.registries import inbox_only

if TYPE_CHECKING:
    from community.duties import Power


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
        "festival_rule_once": _("该社区已有这个节日的规则。"),
        "errand_done_by_somebody": _("这件事已经办过了。"),
        "errand_told_once_done": _("这件事还没有办好，办好后再告知居民。"),
        "lead_ended_by_somebody": _("这条线索已经对接过了。"),
        "diary_settled_by_somebody": _("这篇日记已经处理过了。"),
        "application_one_at_a_time": _("这位居民的同一种申请正在办。"),
        "gift_campaign_name_once": _("该社区已有同名的礼包发放。"),
        "visit_purpose_once": _("该社区已有同名的走访目的。"),
        "visit_followed_by_somebody": _("这次走访没有待跟进的事，或者已经有人跟进了。"),
        "entry_keeps_nothing_once_decided": _("这条记录已经处理过了。"),
        "hazard_type_once": _("已有同名的隐患类型。"),
        "winter_plan_name_once": _("该社区已有同名的冬季安全走访。"),
        "reporting_member_once": _("这位党员已经报到。"),
        "whistle_takes_no_more": _("人已经够了，谢谢您。"),
        "emergency_one_open": _("这个网格已经在应急状态，可以延长。"),
        "emergency_team_name_once": _("该社区已有同名的队伍。"),
        "drill_once_a_day": _("这一天的演练已经登记过。"),
        "sweep_name_once": _("该社区已有同名的摸排。"),
        "campaign_name_once": _("该社区已有同名的专项整治。"),
        "e_bike_plate_once": _("这个车牌已经登记过。"),
        "patrol_one_at_a_time": _("还有一次巡查没有结束，请先结束。"),
        "check_in_once_a_patrol": _("这个点位本次巡查已经打过卡。"),
        "checkpoint_name_once": _("这个网格已有同名点位。"),
        "colour_scheme_name_once": _("该社区已有同名的色标方案。"),
        "colour_scheme_one_register": _("该社区已有信息册。"),
        "scheme_word_once": _("每个颜色的含义不能相同。"),
        "census_twice_a_year": _("该社区这半年已有一轮摸排。"),
        "referral_open_once": _("这项保障已经提请，正等决定。"),
        "care_subject_once": _("这个人已经在这个方案里了。"),
        "pairing_one_helper_a_subject": _("这个人已经有帮扶人了。"),
        "pairing_one_subject_a_helper": _("这位帮扶人已经和别人结对了。"),
        "tag_in_force_once": _("这个标记已经有了。"),
    }.items():
        constraints.register(name, words)
    for name, words in {
        "grid_parent_fits_tier": _("一级网格和专属网格直接属于社区，没有上级网格。"),
        "grid_level_3_has_parent": _("三级网格必须有一个二级网格作上级。"),
        "grid_parent_of_tier_above": _("上级网格必须是同一社区的上一级网格。"),
        "visit_by_two_where_set": _("这种走访须两人同行，请选择同行人。"),
        "visit_companion_is_another": _("同行人不能是自己。"),
        "visit_finding_is_said": _("请写明发现了什么。"),
        "festival_rule_within_two_months": _("最多提前 60 天。"),
        "need_is_somewhere": _("请写明在哪里。"),
        "need_closed_with_feedback": _("请写明怎样反馈的，没有反馈不能办结。"),
        "need_solved_by_somebody": _("请写明怎样解决的。"),
        "meter_days_in_order": _("抄完的日子、下次抄表都不能早于开始抄表。"),
        "reading_never_below_previous": _("这次读数不能小于上次读数。"),
        "gift_campaign_ends_after_start": _("止日不能早于起日。"),
        "standing_visit_within_a_year": _("请填 1 到 366 天。"),
    }.items():
        constraints.register(name, words, InvalidInputError)
    for name, words in {
        "hazard_has_deadline_and_person": _("没有当场整改的，要写明整改时限和责任人。"),
        "hazard_closed_by_recheck": _("销号要有复查照片。"),
        "hazard_rechecked_by_another": _("复查要由责任人以外的人做。"),
        "hazard_type_days_plausible": _("整改天数要在 1 到 365 之间。"),
        "winter_ends_after_start": _("止日要在起日以后。"),
        "winter_revisit_plausible": _("请填 1 到 60 天。"),
        "whistle_leaves_time": _("请留出 20 分钟到 7 天的时间。"),
        "plan_drill_months_plausible": _("请填 1 到 24 个月。"),
        "sweep_ends_after_start": _("止日不能早于起日。"),
        "campaign_ends_after_start": _("止日不能早于起日。"),
        "campaign_days_plausible": _("请填 1 到 90 天。"),
    }.items():
        constraints.register(name, words, InvalidInputError)


def register_errands() -> None:
    """代办: who sees them at the desk, the tile, what a phone keeps and enters, how long words are kept."""
    from community.backends import grant
    from community.duties import Power
    from core.registries import PersonalSource, Retention, personal_sources, retentions, today_tiles
    from grids import errand_notices
    from grids.actions.errands_expiring import errands_expire
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.errands import ERRAND, TOLD
    from grids.selectors import errands

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
    from community.backends import grant
    from community.duties import Power
    from core.registries import PersonalSource, Retention, personal_sources, retentions, today_tiles
    from grids import need_notices
    from grids.actions.needs_expiring import needs_expire
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.needs import NEED
    from grids.selectors import needs

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
    from community.backends import grant
    from community.duties import Power
    from core.registries import Retention, retentions, today_tiles
    from grids import diary_notices
    from grids.actions.diary import diary_expire
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.diary import DIARY
    from grids.selectors import diary

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
    from community.backends import grant
    from community.duties import Power
    from community.registries import account_tiles
    from core.registries import PersonalSource, Retention, personal_sources, retentions, today_tiles
    from grids import assist_notices
    from grids.actions.applications import applications_expire
    from grids.selectors import applications

    grant("grids.assistedapplication", view={Power.GRID_RUN})
    today_tiles.register("grids.applications", applications.TILE_APPLICATIONS, order=24)
    account_tiles.register("grids.applications", applications.tile_mine, order=31)
    inbox_only(assist_notices.KINDS)
    what, why = _("帮您办的申请：情况、步骤、结果"), _("把申请办成，并告知您")
    kept = Retention(what, why, applications.applications_kept, applications_expire)
    retentions.register("grids.applications", kept, order=35)
    own = PersonalSource(what, why, applications.HEADS, applications.applications_own)
    personal_sources.register("grids.applications", own, order=64)


def register_hazards() -> None:
    """隐患: who sees them at the desk, the tile, and what a phone keeps and enters without signal."""
    from community.backends import grant
    from community.duties import Power
    from core.registries import today_tiles
    from grids import hazard_notices
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.hazard_entries import HAZARD
    from grids.selectors import hazards

    grant("grids.hazard", view={Power.PETITION_READ})
    grant("grids.hazardtype", view={Power.PETITION_READ}, write={Power.PLACE_MANAGE})
    today_tiles.register("grids.hazards", hazards.TILE_HAZARDS, order=15)
    kept_pages.register("grids.hazards", hazards.pages_kept, order=30)
    entry_kinds.register("grids.hazard", HAZARD)
    inbox_only(hazard_notices.KINDS)


def register_registers() -> None:
    """信息册 and care: who reads, what a community begins with, and what the trail calls it."""
    from community.actions.list_export import PERSONAL
    from community.backends import grant
    from community.duties import Power
    from community.registries import brand_applied
    from core import registries
    from grids import register_notices
    from grids.actions.registers.schemes import register_ship
    from grids.selectors.registers import people
    from grids.selectors.registers.tiles import TILE_CARE, TILE_REGISTER

    grant("grids.colourscheme", view={Power.REGISTER_KEEP}, write={Power.PLACE_MANAGE})
    for model in ("residenttag", "caresubject", "caremonth", "carefile", "protectionreferral"):
        grant(f"grids.{model}", view={Power.REGISTER_KEEP})
        PERSONAL.add(f"grids.{model}")
    grant("grids.censusround", view={Power.REGISTER_KEEP}, write={Power.GRID_RUN})
    brand_applied.register("grids.register", register_ship)
    registries.access_kinds.register("register.listed", _("查看信息册"), order=12)
    registries.access_kinds.register("register.read", _("查看居民标记"), order=13)
    registries.access_kinds.register("care.file_read", _("查看关爱档案"), order=14)
    registries.subject_names.register("grids.caresubject", people.subject_names)
    registries.subject_names.register("community.resident", people.people_names)
    registries.subject_names.register("grids.grid", people.grid_names)
    registries.today_tiles.register("grids.register", TILE_REGISTER, order=21)
    registries.today_tiles.register("grids.care", TILE_CARE, order=19)
    why = _("网格员据此安排走访和提醒，不再打扰已故和搬走的人；每次查看都留痕")
    held = registries.PersonalSource(_("信息册里的标记"), why, people.HEADS, people.tags_held)
    registries.personal_sources.register("grids.tags", held, order=61)
    why = _("按约定的时间看望；看到的情况和档案只有负责的人能看，每次查看都留痕")
    cared = registries.PersonalSource(_("关爱台账"), why, people.HEADS, people.care_held)
    registries.personal_sources.register("grids.care", cared, order=62)
    inbox_only(register_notices.KINDS)


def register_safety() -> None:
    """What goes on around hazards: campaigns, sweeps, plans for emergencies, whistles, winter."""
    from community.backends import grant
    from community.duties import Power
    from community.registries import account_tiles, home_panels
    from core.registries import MessagePolicy, PersonalSource, message_policies, personal_sources, today_tiles
    from grids import safety_notices
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.sweeps import STOP
    from grids.selectors import bikes_own, campaigns, emergency, sweeps, whistles, winter

    grant("grids.campaign", view={Power.PETITION_READ}, write={Power.GRID_RUN})
    grant("grids.ebike", view={Power.GRID_RUN})
    today_tiles.register("grids.campaigns", campaigns.TILE_LOOKS, order=16)
    grant("grids.sweep", view={Power.PETITION_READ}, write={Power.GRID_RUN})
    for model in ("emergencyplan", "emergencyteam"):
        grant(f"grids.{model}", view={Power.PETITION_READ}, write={Power.GRID_RUN})
    today_tiles.register("grids.drills", emergency.TILE_DRILLS, order=18)
    grant("grids.reportingmember", view={Power.ROLL_MANAGE}, write={Power.ROLL_MANAGE})
    grant("grids.whistle", view={Power.GRID_RUN})
    grant("grids.gridemergency", view={Power.PETITION_READ}, write={Power.GRID_RUN})
    account_tiles.register("grids.calls", whistles.tile_calls, order=15)
    home_panels.register("grids.emergency", whistles.panel_emergency, order=1)
    today_tiles.register("grids.emergency", whistles.TILE_EMERGENCY, order=0)
    today_tiles.register("grids.whistles", whistles.TILE_WHISTLES, order=19)
    for kind, label in safety_notices.TEXTED.items():
        message_policies.register(kind, MessagePolicy(label))
    grant("grids.winterplan", view={Power.GRID_RUN}, write={Power.GRID_RUN})
    today_tiles.register("grids.winter", winter.TILE_WINTER, order=18)
    entry_kinds.register("grids.stop", STOP)
    kept_pages.register("grids.sweeps", sweeps.pages_kept, order=25)
    today_tiles.register("grids.sweeps", sweeps.TILE_SWEEPS, order=17)
    inbox_only(safety_notices.KINDS)
    own = PersonalSource(
        _("您家登记的电动自行车"),
        _("消防安全：找到停错、充错地方的车是谁家的"),
        bikes_own.HEADS,
        bikes_own.bikes_at,
    )
    personal_sources.register("grids.e_bikes", own, order=61)


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = _("网格")

    def ready(self) -> None:
        """What the database's refusals mean, who sees what, and that parents follow the tree of places."""
        from community.backends import grant
        from community.duties import Power
        from community.place_listeners import place_moved
        from community.registries import account_tiles
        from core.registries import Retention, retentions, today_tiles
        from grids import entry_notices, notices
        from grids.actions.grid import grids_follow_place
        from grids.actions.held_entries import entries_expire
        from grids.selectors.charges import tile_responsible
        from grids.selectors.entries import TILE_HELD, entries_kept

        readers = {Power.PETITION_READ, Power.ROLL_READ}
        for model in ("grid", "gridbuilding", "dutylist", "gridnorm"):
            grant(f"grids.{model}", write={Power.PLACE_MANAGE}, view=readers)
        register_refusals()
        account_tiles.register("grids.responsible", tile_responsible, order=20)
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
        register_errands()
        register_needs()
        register_diary()
        register_meters()
        register_applications()
        register_hazards()
        register_registers()
        register_safety()
        place_moved.append(grids_follow_place)

    def _visit(self) -> None:
        """Visits from door to door: purposes, the phone's form and pages, the day's tile, who reads notes."""
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
        from grids import visit_notices
        from grids.actions.visiting import purposes_ship
        from grids.actions.visits_expiring import visit_notes_expire
        from grids.entry_kinds import entry_kinds, kept_pages
        from grids.forms.visit import VISIT
        from grids.selectors.homes_page import TILE_HOMES, pages_kept
        from grids.selectors.visits_own import HEADS, door_names, visits_at, visits_kept

        inbox_only(visit_notices.KINDS)
        brand_applied.register("grids.visit_purposes", purposes_ship)
        grant("grids.visitpurpose", view={Power.GRID_RUN}, write={Power.PLACE_MANAGE})
        grant("grids.visit", view={Power.GRID_RUN})
        for model in ("festivalvisitrule", "giftcampaign"):
            grant(f"grids.{model}", view={Power.GRID_RUN}, write={Power.PLACE_MANAGE})
        entry_kinds.register("grids.visit", VISIT)
        kept_pages.register("grids.homes", pages_kept, order=20)
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
        why = _("帮助您家，安排下次走访")
        own = PersonalSource(_("去过您家的走访：日期、目的"), why, HEADS, visits_at)
        personal_sources.register("grids.visits", own, order=60)

    def _patrol(self, readers: set[Power]) -> None:
        """Patrols: who sees them, what waits in a phone, how long ways are kept."""
        from community.backends import grant
        from community.duties import Power
        from core.registries import Retention, retentions, today_tiles
        from grids import patrol_notices
        from grids.actions.patrol_sweeping import tracks_forget
        from grids.entry_kinds import entry_kinds, kept_pages
        from grids.forms.patrol import KINDS
        from grids.registries import due_lines
        from grids.selectors.patrols import TILE_DAY, TILE_PATROL, pages_kept, tracks_kept
        from grids.selectors.team import hazards_due, visits_due

        grant("grids.patrolplan", write={Power.GRID_RUN}, view=readers)
        grant("grids.checkpoint", write={Power.GRID_RUN}, view=())  # codes are for those who put them up
        grant("grids.patrol", view=readers)
        for code, kind in KINDS.items():
            entry_kinds.register(code, kind)
        kept_pages.register("grids.patrol", pages_kept, order=5)
        today_tiles.register("grids.patrol", TILE_PATROL, order=3)
        today_tiles.register("grids.team", TILE_DAY, order=4)
        due_lines.register("grids.hazards", hazards_due, order=20)
        due_lines.register("grids.visits", visits_due, order=30)
        ways = Retention(_("工作人员的巡查路线"), _("核对巡查走过的地方"), tracks_kept, tracks_forget)
        retentions.register("grids.tracks", ways, order=121)
        inbox_only(patrol_notices.KINDS)
