"""The closed loop as data: states, the transition table, gates. No query, no clock.

One canonical machine serves every community; a profile switches optional stages off, passes some by
itself, and guards some with gates. Source: P-01, P-02, P-16, P-17, P-20, P-21, P-24, P-25.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.workflow import (
    CLOSED,
    LOOP,
    SIDE,
    Gate,
    Limit,
    Mode,
    Profile,
    Route,
    Severity,
    Stage,
    Topic,
)
from core.errors import GateClosedError, IllegalMoveError

__all__ = [
    "CLOSED",
    "LOOP",
    "SIDE",
    "Gate",
    "Limit",
    "Mode",
    "Profile",
    "Route",
    "Severity",
    "Stage",
    "Topic",
]

POSITION: Final[Mapping[Stage, int]] = {stage: index for index, stage in enumerate(LOOP)}
OPEN: Final[frozenset[Stage]] = frozenset(LOOP) - {Stage.ARCHIVED}
HANDLING: Final[frozenset[Stage]] = frozenset(
    {Stage.TRIAGED, Stage.DELIBERATING, Stage.DISPATCHED, Stage.ACCEPTED, Stage.IN_PROGRESS}
)
"""Stages in which the handling clock runs."""
AWAITING: Final[frozenset[Stage]] = frozenset(
    {Stage.FED_BACK, Stage.PUBLISHED, Stage.FOLLOWED_UP, Stage.EVALUATED}
)
"""Stages after the answer: the result may still be refused by the people who asked."""
UNANSWERED: Final[frozenset[Stage]] = HANDLING | {Stage.RECEIVED, Stage.RESOLVED}

SIDE_FROM: Final[Mapping[Stage, frozenset[Stage]]] = {
    Stage.RETURNED: frozenset({Stage.RECEIVED, Stage.TRIAGED}),
    Stage.WITHDRAWN: HANDLING | {Stage.RECEIVED},
    Stage.MERGED: HANDLING | {Stage.RECEIVED},
}


class Event(models.TextChoices):
    """What can happen to a petition; each is a line of its history."""

    FILED = "filed", gettext_lazy("提交诉求")
    JOINED = "joined", gettext_lazy("邻居加入")
    ADDED = "added", gettext_lazy("补充")
    CORRECTED = "corrected", gettext_lazy("更正")
    WITHDRAWN = "withdrawn", gettext_lazy("撤回")
    TRIAGED = "triaged", gettext_lazy("理事")
    REGRADED = "regraded", gettext_lazy("调整定级")
    TITLE_APPROVED = "title_approved", gettext_lazy("核定公开标题")
    RETURNED = "returned", gettext_lazy("退回")
    HANDED_ON = "handed_on", gettext_lazy("转出")
    REROUTED = "rerouted", gettext_lazy("更正地点")
    ASKED = "asked", gettext_lazy("询问诉求人")
    ANSWERED = "answered", gettext_lazy("诉求人答复")
    PAUSED = "paused", gettext_lazy("暂停计时")
    RESUMED = "resumed", gettext_lazy("恢复计时")
    DELIBERATED = "deliberated", gettext_lazy("议事")
    PARTIES_SET = "parties_set", gettext_lazy("确定联动单位")
    APPROVED = "approved", gettext_lazy("审批")
    DISPATCHED = "dispatched", gettext_lazy("派单")
    ASSIGNED = "assigned", gettext_lazy("指定经办人")
    CLAIMED = "claimed", gettext_lazy("认领")
    STARTED = "started", gettext_lazy("开始办理")
    INSPECTED = "inspected", gettext_lazy("现场查看")
    PROGRESSED = "progressed", gettext_lazy("办理进展")
    HANDED_OVER = "handed_over", gettext_lazy("移交经办人")
    ESCALATED = "escalated", gettext_lazy("上报上一级")
    RESOLVED = "resolved", gettext_lazy("办结")
    FED_BACK = "fed_back", gettext_lazy("反馈")
    PUBLISHED = "published", gettext_lazy("晒事")
    TAKEN_DOWN = "taken_down", gettext_lazy("撤下公开内容")
    RETURN_VISITED = "return_visited", gettext_lazy("回访")
    JUDGED = "judged", gettext_lazy("评价")
    REOPENED = "reopened", gettext_lazy("重办")
    NOBODY_ASKED = "nobody_asked", gettext_lazy("评事：巡查发现，无人可问")
    EVALUATED = "evaluated", gettext_lazy("评事")
    ARCHIVED = "archived", gettext_lazy("归档")
    MERGED = "merged", gettext_lazy("并案")
    MERGED_IN = "merged_in", gettext_lazy("并入诉求")
    UNMERGED = "unmerged", gettext_lazy("拆出单办")
    PASSED = "passed", gettext_lazy("自动通过")
    SPAM_MARKED = "spam_marked", gettext_lazy("标记为无效")
    SPAM_UNDONE = "spam_undone", gettext_lazy("取消无效标记")
    PHONE_CORRECTED = "phone_corrected", gettext_lazy("更正联系电话")
    CODE_SENT = "code_sent", gettext_lazy("重发查询码")
    HIDDEN = "hidden", gettext_lazy("改为不公开")
    MEDIATION = "mediation", gettext_lazy("调解")
    MEDIATION_VISIT = "mediation_visit", gettext_lazy("约定上门调解")
    MEDIATION_END = "mediation_end", gettext_lazy("调解结束")
    MEDIATION_CHECK = "mediation_check", gettext_lazy("调解回访")
    ARRANGED = "arranged", gettext_lazy("定办理方式")
    EXPLAINED = "explained", gettext_lazy("六项说明")
    EXCHANGED = "exchanged", gettext_lazy("沟通")
    COMPLETED = "completed", gettext_lazy("办成")


class Mediation(models.TextChoices):
    """Where the mediation of a matter stands; empty where there is none (P-12)."""

    OPEN = "open", gettext_lazy("调解中")
    FOLLOWING = "following", gettext_lazy("协议回访中")
    DONE = "done", gettext_lazy("调解结束")


class Audience(models.TextChoices):
    """Who may read a line of the history."""

    PUBLIC = "public", gettext_lazy("公开")
    REPORTER = "reporter", gettext_lazy("诉求人")
    STAFF = "staff", gettext_lazy("工作人员")


BY_REPORTERS: Final[frozenset[Event]] = frozenset(
    {
        Event.FILED,
        Event.JOINED,
        Event.ADDED,
        Event.CORRECTED,
        Event.WITHDRAWN,
        Event.ANSWERED,
        Event.JUDGED,
        Event.REOPENED,
    }
)
"""Lines that may repeat the words of one of the people who asked."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gates need to know about one matter."""

    route: str = ""
    topic: str = ""
    mediation: str = ""
    criteria_complete: bool = False
    approved: bool = False
    has_responsible: bool = False
    has_deadline: bool = False
    inspected: bool = False
    has_minutes: bool = False
    has_unsupervised_decision: bool = False
    parties: int = 0
    has_after_photo: bool = False
    has_public_text: bool = False
    has_public_photo: bool = False
    return_visited: bool = False
    evaluation_settled: bool = False
    is_unexplained: bool = False
    has_few_exchanges: bool = False
    is_incomplete: bool = False


BUILDING_TOPICS: Final[frozenset[str]] = frozenset({Topic.LIFT, Topic.LEAK, Topic.FALLING_TILES})
"""Matters of the building itself, which are looked at on site first where the profile asks (大荔)."""


@dataclass(frozen=True, slots=True)
class GateRule:
    """A gate stands before `stage`; `passed` says whether a matter may go through."""

    stage: Stage
    passed: Callable[[Facts], bool]
    message: str | Promise


GATES: Final[Mapping[Gate, GateRule]] = {
    Gate.ROUTE_AT_TRIAGE: GateRule(
        Stage.TRIAGED, lambda f: bool(f.route), gettext_lazy("请先确定是小事、大事还是难事。")
    ),
    Gate.CRITERIA_AT_TRIAGE: GateRule(
        Stage.TRIAGED, lambda f: f.criteria_complete, gettext_lazy("请先评定规模、难易和社会影响。")
    ),
    Gate.DEADLINE_AND_RESPONSIBLE: GateRule(
        Stage.TRIAGED,
        lambda f: f.has_responsible and f.has_deadline,
        gettext_lazy("请先确定责任人和办理时限。"),
    ),
    Gate.APPROVAL_BEFORE_DISPATCH: GateRule(
        Stage.DISPATCHED, lambda f: f.approved, gettext_lazy("须由有审批权的人员批准后才能派单。")
    ),
    Gate.SITE_INSPECTION: GateRule(
        Stage.IN_PROGRESS,
        lambda f: f.topic not in BUILDING_TOPICS or f.inspected,
        gettext_lazy("房屋设施类诉求须先记录现场查看情况。"),
    ),
    Gate.MINUTES_FOR_JOINT_MEETING: GateRule(
        Stage.IN_PROGRESS,
        lambda f: f.route != Route.JOINT_MEETING or f.has_minutes,
        gettext_lazy("大事须先有联席会议的议事记录，才能开始办理。"),
    ),
    Gate.PARTIES_FOR_JOINT_ACTION: GateRule(
        Stage.IN_PROGRESS,
        lambda f: f.route != Route.JOINT_ACTION or f.parties >= 2,
        gettext_lazy("难事须先确定两个以上联动单位，才能开始办理。"),
    ),
    Gate.SUPERVISOR_ON_DECISION: GateRule(
        Stage.IN_PROGRESS,
        lambda f: not f.has_unsupervised_decision,
        gettext_lazy("议事形成的决议须先指定监督人。"),
    ),
    Gate.AFTER_PHOTO_TO_RESOLVE: GateRule(
        Stage.RESOLVED, lambda f: f.has_after_photo, gettext_lazy("请先上传办理后的照片，再办结。")
    ),
    Gate.EXPLAINED_BEFORE_RESOLVE: GateRule(
        Stage.RESOLVED,
        lambda f: not f.is_unexplained,
        gettext_lazy("申请事项须先把材料、流程、注意事项、可提供的服务、可能的费用和时间六项都说明清楚。"),
    ),
    Gate.EXCHANGES_BEFORE_RESOLVE: GateRule(
        Stage.RESOLVED,
        lambda f: not f.has_few_exchanges,
        gettext_lazy("申请事项须至少沟通五次，不足五次的请先写明原因。"),
    ),
    Gate.COMPLETED_BEFORE_RESOLVE: GateRule(
        Stage.RESOLVED, lambda f: not f.is_incomplete, gettext_lazy("申请事项还没有登记办成，不能办结。")
    ),
    Gate.TEXT_AND_PHOTO_TO_PUBLISH: GateRule(
        Stage.PUBLISHED,
        lambda f: f.has_public_text and f.has_public_photo,
        gettext_lazy("晒事须有公开文字和至少一张照片。"),
    ),
    Gate.RETURN_VISIT_BEFORE_ARCHIVE: GateRule(
        Stage.ARCHIVED, lambda f: f.return_visited, gettext_lazy("归档前须由经办人以外的人完成回访。")
    ),
    Gate.EVALUATION_BEFORE_ARCHIVE: GateRule(
        Stage.ARCHIVED,
        lambda f: f.evaluation_settled,
        gettext_lazy("归档前须完成评事（已评价或评价期已过）。"),
    ),
}


STANDING: Final[Mapping[str, GateRule]] = {
    "mediation_ended": GateRule(
        Stage.RESOLVED,
        lambda f: f.mediation != Mediation.OPEN,
        gettext_lazy("正在调解：请先记下协议，或没有谈成的原因。"),
    ),
    "mediation_followed_up": GateRule(
        Stage.ARCHIVED,
        lambda f: f.mediation not in {Mediation.OPEN, Mediation.FOLLOWING},
        gettext_lazy("调解协议的最后一次回访做完才能归档。"),
    ),
}
"""Gates that stand in every profile: what the matter's own row says opens them (P-12)."""


def standing_gate(stages: tuple[Stage, ...], facts: Facts) -> str | None:
    """The first standing gate before these stages that is not passed."""
    guarded = (code for code, rule in STANDING.items() if rule.stage in stages)
    return next((code for code in guarded if not STANDING[code].passed(facts)), None)


def check_standing(stages: tuple[Stage, ...], facts: Facts) -> None:
    """Raise GateClosedError unless every standing gate before these stages is passed."""
    code = standing_gate(stages, facts)
    if code is not None:
        raise GateClosedError(STANDING[code].message, extra={"gate": code})


def for_matter(profile: Profile, *, private: bool, assisted: bool = False) -> Profile:
    """The profile as it applies to one matter: no public stage if private, no sitting if assisted."""
    left_out = [
        stage
        for stage, out in ((Stage.PUBLISHED, private), (Stage.DELIBERATING, assisted))
        if out and profile.mode(stage) != Mode.OFF
    ]
    if not left_out:
        return profile
    return replace(profile, modes={**profile.modes, **dict.fromkeys(left_out, Mode.OFF)})


def passage(profile: Profile, current: Stage, target: Stage) -> tuple[Stage, ...]:
    """The stages a matter enters when it goes from `current` to `target`, the last being `target`.

    Stages in between are passed by themselves when the profile says so, and left out when they are
    optional or off.

    Raises:
        IllegalMoveError: the loop does not lead there, or a compulsory stage lies in between.
    """
    if target in SIDE:
        if current in SIDE_FROM[target]:
            return (target,)
        raise _illegal(profile, current, target)
    leads_back = current not in POSITION or POSITION[target] <= POSITION[current]
    if leads_back or profile.mode(target) == Mode.OFF:
        raise _illegal(profile, current, target)
    between = LOOP[POSITION[current] + 1 : POSITION[target]]
    missing = next((stage for stage in between if profile.mode(stage) == Mode.ON), None)
    if missing is not None:
        raise IllegalMoveError(
            _("还没有“%(missing)s”，不能进入“%(target)s”。")
            % {"missing": profile.label(missing), "target": profile.label(target)},
            extra={"missing": missing.value},
        )
    return (*(stage for stage in between if profile.mode(stage) == Mode.AUTO), target)


def can_move(profile: Profile, current: Stage, target: Stage) -> bool:
    """Whether the loop alone (without gates) lets a matter go from `current` to `target`."""
    try:
        passage(profile, current, target)
    except IllegalMoveError:
        return False
    return True


def closed_gate(profile: Profile, stages: tuple[Stage, ...], facts: Facts) -> Gate | None:
    """The first gate of the profile before these stages that is not passed."""
    guarded = (gate for gate, rule in GATES.items() if rule.stage in stages and profile.has(gate))
    return next((gate for gate in guarded if not GATES[gate].passed(facts)), None)


def check_gates(profile: Profile, stages: tuple[Stage, ...], facts: Facts) -> None:
    """Raise GateClosedError unless every gate of the profile before these stages is passed."""
    gate = closed_gate(profile, stages, facts)
    if gate is not None:
        raise GateClosedError(GATES[gate].message, extra={"gate": gate.value})


def check_reopen(profile: Profile, current: Stage) -> None:
    """Raise IllegalMoveError unless a refused result may go back to 办事 from this stage (P-47)."""
    if current not in AWAITING:
        raise _illegal(profile, current, Stage.IN_PROGRESS)


def on_the_spot(profile: Profile, current: Stage, *, at_session: bool = False) -> tuple[Stage, ...]:
    """The stages passed up to 办结 by a matter settled on the spot; at a session, 议事 too (P-08).

    Raises:
        IllegalMoveError: the matter is already settled or closed.
    """
    if current not in HANDLING | {Stage.RECEIVED}:
        raise _illegal(profile, current, Stage.RESOLVED)
    between = LOOP[POSITION[current] + 1 : POSITION[Stage.RESOLVED] + 1]
    passed = {Mode.ON, Mode.AUTO}
    talked = profile.mode(Stage.DELIBERATING) != Mode.OFF
    return tuple(
        stage
        for stage in between
        if (talked and at_session if stage == Stage.DELIBERATING else profile.mode(stage) in passed)
    )


LARGER_SCALES: Final = (3, 10)
"""From so many people on, a matter is proposed as one of the second and of the third scale (P-37)."""


def scale_for(people: int) -> int:
    """规模 as the number of people behind a matter suggests it; whoever sorts it decides."""
    return 1 + sum(people >= least for least in LARGER_SCALES)


def colour_of(scale: int, difficulty: int, social_impact: int) -> Severity:
    """三色: the highest of the three criteria (each 1 to 3) decides (P-16)."""
    return (Severity.BLUE, Severity.YELLOW, Severity.RED)[max(scale, difficulty, social_impact) - 1]


HANDLING_LIMIT: Final[Mapping[str, Limit]] = {
    Severity.BLUE: Limit.HANDLE_BLUE,
    Severity.YELLOW: Limit.HANDLE_YELLOW,
    Severity.RED: Limit.HANDLE_RED,
}


def limit_at(profile: Profile, stage: Stage, severity: str) -> Limit | None:
    """The clock that runs while a matter stands at `stage`; None once it is closed."""
    if stage in HANDLING:
        return HANDLING_LIMIT[severity or Severity.BLUE]
    if stage in {Stage.RECEIVED, Stage.RESOLVED}:
        return Limit.ACCEPT if stage == Stage.RECEIVED else Limit.FEED_BACK
    if stage not in AWAITING:
        return None
    if stage == Stage.FED_BACK and profile.mode(Stage.PUBLISHED) == Mode.ON:
        return Limit.PUBLISH
    if stage in {Stage.FED_BACK, Stage.PUBLISHED} and profile.mode(Stage.FOLLOWED_UP) == Mode.ON:
        return Limit.RETURN_VISIT
    return Limit.EVALUATE


_HANDLING_NUDGES: Final = (50, 80, 100, 150)
NUDGES: Final[Mapping[Limit, tuple[int, ...]]] = {
    Limit.ACCEPT: (100, 150),
    Limit.HANDLE_BLUE: _HANDLING_NUDGES,
    Limit.HANDLE_YELLOW: _HANDLING_NUDGES,
    Limit.HANDLE_RED: _HANDLING_NUDGES,
    Limit.FEED_BACK: (100, 150),
    Limit.PUBLISH: (100, 150),
    Limit.RETURN_VISIT: (80, 100, 150),
    Limit.EVALUATE: (),
}
"""The shares of a limit, in per cent, at which somebody is reminded."""

PAUSE_WORKING_DAYS: Final = 5
"""A pause ends on the answer or after this many working days."""
PAUSE_CAP_WORKING_DAYS: Final = 15
"""All pauses of one matter in one round together last no longer."""


def _illegal(profile: Profile, current: Stage, target: Stage) -> IllegalMoveError:
    return IllegalMoveError(
        _("当前处于“%(current)s”，不能进入“%(target)s”。")
        % {"current": profile.label(current), "target": profile.label(target)},
        extra={"stage": str(current)},
    )
