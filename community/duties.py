"""Duties that a post can carry, and the powers that follow from each (C-44). Data only."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Duty(models.TextChoices):
    """What a person is in post for. The scope is the post's place and everything under it."""

    GRID_WORKER = "grid_worker", _("网格员")
    GRID_AUXILIARY = "grid_auxiliary", _("辅助网格员")
    GRID_LEADER = "grid_leader", _("网格长")
    AREA_OFFICER = "area_officer", _("包片干部")
    CLERK = "clerk", _("社区工作人员")
    DISPATCHER = "dispatcher", _("管理员（审批分配）")
    SECRETARY = "community_secretary", _("社区书记")
    CHILD_OFFICER = "child_officer", _("儿童主任")
    SUPERVISOR = "subdistrict_supervisor", _("街道督办")
    ADMINISTRATOR = "administrator", _("系统管理员")
    BUILDING_HEAD = "building_head", _("楼长")
    PROPERTY_REP = "property_rep", _("物业代表")


class Employment(models.TextChoices):
    """Whether a post is somebody's whole work, or held beside other work (专兼结合)."""

    FULL = "full", _("专职")
    PART = "part", _("兼职")


class Power(StrEnum):
    """One thing a post allows. Checked in actions after the lock; listed in pages."""

    PETITION_READ = "petition_read"
    PETITION_ENTER = "petition_enter"
    PETITION_HANDLE = "petition_handle"
    PETITION_TRIAGE = "petition_triage"
    PETITION_APPROVE = "petition_approve"
    PETITION_ASSIGN = "petition_assign"
    PETITION_PUBLISH = "petition_publish"
    PETITION_VISIT = "petition_visit"
    PETITION_CONTACT = "petition_contact"
    PETITION_SUPERVISE = "petition_supervise"
    SESSION_RUN = "session_run"
    POLL_RUN = "poll_run"
    PROJECT_RUN = "project_run"
    GRID_RUN = "grid_run"
    GRID_WATCH = "grid_watch"
    HOUSEHOLD_CHARGE = "household_charge"
    HOME_VISIT = "home_visit"
    REGISTER_KEEP = "register_keep"
    CHILD_CARE = "child_care"
    GRID_PATROL = "grid_patrol"
    PLACE_MANAGE = "place_manage"
    PROFILE_MANAGE = "profile_manage"
    POST_MANAGE = "post_manage"
    ROLL_READ = "roll_read"
    ROLL_MANAGE = "roll_manage"
    MESSAGE_MANAGE = "message_manage"
    AUDIT_READ = "audit_read"
    CALENDAR_MANAGE = "calendar_manage"
    GUIDE_MANAGE = "guide_manage"
    HISTORY_IMPORT = "history_import"


_HANDLING = frozenset(
    {
        Power.PETITION_READ,
        Power.PETITION_ENTER,
        Power.PETITION_HANDLE,
        Power.PETITION_CONTACT,
        Power.PETITION_VISIT,
    }
)
_FIELD = _HANDLING | {Power.HOME_VISIT, Power.REGISTER_KEEP}
_LEADING = frozenset({Power.GRID_RUN, Power.GRID_WATCH, Power.HOUSEHOLD_CHARGE})
_DESK = _FIELD | {
    Power.PETITION_TRIAGE,
    Power.PETITION_ASSIGN,
    Power.PETITION_PUBLISH,
    Power.SESSION_RUN,
    Power.POLL_RUN,
    Power.PROJECT_RUN,
    *_LEADING,
    Power.ROLL_READ,
    Power.ROLL_MANAGE,
    Power.GUIDE_MANAGE,
    Power.HISTORY_IMPORT,
}

POWERS: Final[Mapping[Duty, frozenset[Power]]] = {
    Duty.GRID_WORKER: _FIELD | {Power.GRID_PATROL},
    Duty.GRID_AUXILIARY: _FIELD | {Power.GRID_PATROL},
    Duty.GRID_LEADER: _FIELD
    | _LEADING
    | {Power.GRID_PATROL, Power.PETITION_TRIAGE, Power.PETITION_ASSIGN, Power.ROLL_READ},
    Duty.AREA_OFFICER: frozenset(
        {Power.PETITION_READ, Power.ROLL_READ, Power.GRID_WATCH, Power.HOUSEHOLD_CHARGE}
    ),
    Duty.CLERK: _DESK,
    Duty.DISPATCHER: _DESK | {Power.PETITION_APPROVE},
    Duty.SECRETARY: _DESK
    | {
        Power.PETITION_APPROVE,
        Power.PETITION_SUPERVISE,
        Power.PLACE_MANAGE,
        Power.PROFILE_MANAGE,
        Power.POST_MANAGE,
        Power.MESSAGE_MANAGE,
        Power.AUDIT_READ,
        Power.CHILD_CARE,
    },
    Duty.CHILD_OFFICER: frozenset({Power.HOME_VISIT, Power.REGISTER_KEEP, Power.CHILD_CARE}),
    Duty.SUPERVISOR: _HANDLING
    | {
        Power.PETITION_TRIAGE,
        Power.PETITION_ASSIGN,
        Power.PETITION_APPROVE,
        Power.PETITION_SUPERVISE,
        Power.GRID_WATCH,
        Power.AUDIT_READ,
    },
    Duty.ADMINISTRATOR: frozenset(
        {
            Power.PLACE_MANAGE,
            Power.PROFILE_MANAGE,
            Power.POST_MANAGE,
            Power.ROLL_READ,
            Power.ROLL_MANAGE,
            Power.MESSAGE_MANAGE,
            Power.AUDIT_READ,
            Power.CALENDAR_MANAGE,
            Power.GUIDE_MANAGE,
        }
    ),
    Duty.BUILDING_HEAD: frozenset(),
    Duty.PROPERTY_REP: frozenset(),
}
"""An administrator keeps places, posts, brands and the roll, and reads no petition."""

LADDER: Final[tuple[Duty, ...]] = (Duty.GRID_WORKER, Duty.GRID_LEADER, Duty.SECRETARY, Duty.SUPERVISOR)
"""The tiers a matter climbs: worker, leader, secretary, subdistrict. A vacant tier is passed upwards."""

SINGLE: Final[frozenset[Duty]] = frozenset({Duty.GRID_WORKER, Duty.GRID_LEADER, Duty.AREA_OFFICER})
"""Duties that one person at a time holds in their own right at a grid."""

IN_THE_FIELD: Final[frozenset[Duty]] = frozenset({Duty.GRID_WORKER, Duty.GRID_AUXILIARY})
"""Who goes from door to door in a grid: the worker who answers for it, and those who help (一长两员)."""

CREW: Final[frozenset[Duty]] = IN_THE_FIELD | {Duty.GRID_LEADER}
"""一长两员: whose posts say whether they are full-time or part-time (G-04)."""

PLACE_KINDS: Final[Mapping[Duty, frozenset[str]]] = {
    Duty.GRID_WORKER: frozenset({"grid"}),
    Duty.GRID_AUXILIARY: frozenset({"grid"}),
    Duty.GRID_LEADER: frozenset({"grid"}),
    Duty.AREA_OFFICER: frozenset({"grid"}),
    Duty.CLERK: frozenset({"community", "subdistrict"}),
    Duty.DISPATCHER: frozenset({"community", "subdistrict"}),
    Duty.SECRETARY: frozenset({"community"}),
    Duty.CHILD_OFFICER: frozenset({"community", "subdistrict"}),
    Duty.SUPERVISOR: frozenset({"subdistrict", "county"}),
    Duty.ADMINISTRATOR: frozenset({"community", "subdistrict", "county"}),
    Duty.BUILDING_HEAD: frozenset({"estate", "building", "entrance"}),
    Duty.PROPERTY_REP: frozenset({"community", "estate"}),
}
"""The levels of the tree at which a duty may be held."""
