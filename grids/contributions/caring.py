"""Hazards, registers and safety."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.registries import inbox_only


def register_hazards() -> None:
    """隐患: who sees them at the desk, the tile, and what a phone keeps and enters without signal."""
    from community.actions.list_export import PERSONAL
    from community.backends import grant
    from community.duties import Power
    from core.registries import PersonalSource, Retention, personal_sources, retentions, today_tiles
    from grids import hazard_notices
    from grids.actions.hazards.expiring import hazards_expire, person_erase
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.hazards.entries import HAZARD, HAZARD_STEP
    from grids.selectors import hazards, hazards_own

    PERSONAL.add("grids.hazard")
    grant("grids.hazard", view={Power.PETITION_READ})
    grant("grids.hazardtype", view={Power.PETITION_READ}, write={Power.PLACE_MANAGE})
    today_tiles.register("grids.hazards", hazards.TILE_HAZARDS, order=15)
    kept_pages.register("grids.hazards", hazards.pages_kept, order=30)
    entry_kinds.register("grids.hazard", HAZARD)
    entry_kinds.register("grids.hazard_step", HAZARD_STEP)
    inbox_only(hazard_notices.KINDS)
    why = _("消除隐患，复查销号")
    what = _("隐患台账：照片、情况、责任人的姓名")
    retentions.register(
        "grids.hazards", Retention(what, why, hazards_own.hazards_kept, hazards_expire), order=36
    )
    own = PersonalSource(
        _("由您负责整改的隐患"), why, hazards_own.HEADS, hazards_own.hazards_mine, erase=person_erase
    )
    personal_sources.register("grids.hazards", own, order=63)


def register_registers() -> None:
    """信息册 and care: who reads, what a community begins with, and what the trail calls it."""
    from community.actions.list_export import PERSONAL
    from community.backends import grant
    from community.duties import Power
    from community.registries import account_tiles, brand_applied
    from core import registries
    from grids import census_notices, referral_notices, register_notices
    from grids.actions.registers.schemes import register_ship
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.care_visit import CARE_VISIT
    from grids.selectors.registers import people
    from grids.selectors.registers.care import pages_kept
    from grids.selectors.registers.children import TILE_CHILDREN
    from grids.selectors.registers.helping import tile_helped
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
    registries.access_kinds.register("care.helped_read", _("帮扶人查看"), order=15)
    account_tiles.register("grids.helped", tile_helped, order=16)
    registries.subject_names.register("grids.caresubject", people.subject_names)
    registries.subject_names.register("community.resident", people.people_names)
    registries.subject_names.register("grids.grid", people.grid_names)
    registries.today_tiles.register("grids.register", TILE_REGISTER, order=21)
    registries.today_tiles.register("grids.care", TILE_CARE, order=19)
    registries.today_tiles.register("grids.children", TILE_CHILDREN, order=19)
    why = _("网格员据此安排走访和提醒，不再打扰已故和搬走的人；每次查看都留痕")
    held = registries.PersonalSource(_("信息册里的标记"), why, people.HEADS, people.tags_held)
    registries.personal_sources.register("grids.tags", held, order=61)
    why = _("按约定的时间看望；看到的情况和档案只有负责的人能看，每次查看都留痕")
    cared = registries.PersonalSource(_("关爱台账"), why, people.HEADS, people.care_held)
    registries.personal_sources.register("grids.care", cared, order=62)
    entry_kinds.register("grids.care_visit", CARE_VISIT)
    kept_pages.register("grids.care", pages_kept, order=21)
    registries.access_kinds.register("care.entry_read", _("查看待接收的关爱走访"), order=15)
    inbox_only(referral_notices.KINDS)
    inbox_only(register_notices.KINDS)
    inbox_only(census_notices.KINDS)


def register_safety() -> None:
    """What goes on around hazards: campaigns, sweeps, plans for emergencies, whistles, winter."""
    from community.actions.list_export import PERSONAL
    from community.backends import grant
    from community.duties import Power
    from community.registries import account_tiles, home_panels
    from core.registries import (
        MessagePolicy,
        PersonalSource,
        Retention,
        message_policies,
        personal_sources,
        retentions,
        today_tiles,
    )
    from grids import safety_notices, sweep_notices
    from grids.actions.sweep_walking import stop_photos_expire
    from grids.entry_kinds import entry_kinds, kept_pages
    from grids.forms.sweeps import STOP
    from grids.forms.winter import SAFETY_VISIT
    from grids.selectors import bikes_own, campaigns, emergency, sweep_walking, sweeps, whistles, winter

    grant("grids.campaign", view={Power.PETITION_READ}, write={Power.GRID_RUN})
    PERSONAL.update(("grids.ebike", "grids.emergencyteam", "grids.reportingmember"))
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
    entry_kinds.register("grids.safety_visit", SAFETY_VISIT)
    kept_pages.register("grids.winter", winter.pages_kept, order=24)
    entry_kinds.register("grids.stop", STOP)
    kept_pages.register("grids.sweeps", sweeps.pages_kept, order=25)
    kept_pages.register("grids.walks", sweep_walking.pages_kept, order=26)
    account_tiles.register("grids.walked", sweep_walking.tile_walked, order=17)
    inbox_only(sweep_notices.KINDS)
    what, why = _("志愿者摸排时拍的隐患照片"), _("核实、登记隐患")
    kept = Retention(what, why, sweep_walking.stop_photos_kept, stop_photos_expire)
    retentions.register("grids.stop_photos", kept, order=38)
    went = PersonalSource(_("您参加的摸排"), _("一起去查隐患"), sweep_walking.HEADS, sweep_walking.walks_held)
    personal_sources.register("grids.walks", went, order=64)
    today_tiles.register("grids.sweeps", sweeps.TILE_SWEEPS, order=17)
    inbox_only(safety_notices.KINDS)
    own = PersonalSource(
        _("您家登记的电动自行车"),
        _("消防安全：找到停错、充错地方的车是谁家的"),
        bikes_own.HEADS,
        bikes_own.bikes_at,
    )
    personal_sources.register("grids.e_bikes", own, order=61)
