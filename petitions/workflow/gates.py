"""Gates: what must be done before a stage, by profile or in every one. They look at facts alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from community.workflow import Gate, Profile, Route, Stage, Topic
from core.errors import GateClosedError
from petitions.workflow.stages import Mediation


@dataclass(frozen=True, slots=True)
class Facts:
    """What the gates need to know about one matter."""

    route: str = ""
    topic: str = ""
    mediation: str = ""
    is_unverified: bool = False
    lacks_prevention: bool = False
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


_UNVERIFIED: Final = gettext_lazy("随手拍请先到现场核实，再往下办。")

STANDING: Final[Mapping[str, GateRule]] = {
    "snap_verified": GateRule(Stage.DISPATCHED, lambda f: not f.is_unverified, _UNVERIFIED),
    "snap_verified_first": GateRule(Stage.IN_PROGRESS, lambda f: not f.is_unverified, _UNVERIFIED),
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
    "prevention_recorded": GateRule(
        Stage.ARCHIVED,
        lambda f: not f.lacks_prevention,
        gettext_lazy("这件诉求需要长效机制，请先记录，再归档。"),
    ),
}
"""Gates that stand in every profile: what the matter's own row says opens them (P-12, P-20, P-39)."""


def standing_gate(stages: tuple[Stage, ...], facts: Facts) -> str | None:
    """The first standing gate before these stages that is not passed."""
    guarded = (code for code, rule in STANDING.items() if rule.stage in stages)
    return next((code for code in guarded if not STANDING[code].passed(facts)), None)


def check_standing(stages: tuple[Stage, ...], facts: Facts) -> None:
    """Raise GateClosedError unless every standing gate before these stages is passed."""
    code = standing_gate(stages, facts)
    if code is not None:
        raise GateClosedError(STANDING[code].message, extra={"gate": code})


def closed_gate(profile: Profile, stages: tuple[Stage, ...], facts: Facts) -> Gate | None:
    """The first gate of the profile before these stages that is not passed."""
    guarded = (gate for gate, rule in GATES.items() if rule.stage in stages and profile.has(gate))
    return next((gate for gate in guarded if not GATES[gate].passed(facts)), None)


def check_gates(profile: Profile, stages: tuple[Stage, ...], facts: Facts) -> None:
    """Raise GateClosedError unless every gate of the profile before these stages is passed."""
    gate = closed_gate(profile, stages, facts)
    if gate is not None:
        raise GateClosedError(GATES[gate].message, extra={"gate": gate.value})
