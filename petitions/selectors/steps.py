"""Which steps a person can take on a matter now: what buttons show. Agrees with the actions (tested)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.clocks import hours_of
from community.duties import LADDER, Power
from community.permissions import powers_over
from community.workflow import Gate, Mode, Profile, Route, Stage
from core.models import User
from core.workdays import WorkingClock
from petitions import deadlines, workflow
from petitions.models import Petition
from petitions.models.assistance import Point
from petitions.selectors import claims
from petitions.selectors.matter import Matter
from petitions.selectors.mediation import in_confidence
from petitions.workflow import Facts, Mediation


class Step(models.TextChoices):
    """One thing that somebody in post can do with a matter; the code is the end of its address."""

    TRIAGE = "triage", _("理事")
    CLAIM = "claim", _("认领")
    START = "start", _("开始办理")
    RESOLVE = "resolve", _("办结")
    FEED_BACK = "feed-back", _("反馈")
    PUBLISH = "publish", _("晒事")
    RETURN_VISIT = "return-visit", _("回访")
    RECORD_JUDGEMENT = "record-judgement", _("代为评价")
    PROGRESS = "progress", _("记进展")
    INSPECT = "inspect", _("现场查看")
    SETTLE = "settle", _("当场办结")
    ASK = "ask", _("询问诉求人")
    PAUSE = "pause", _("暂停计时")
    RESUME = "resume", _("恢复计时")
    ARRANGE = "arrange", _("定办理方式")
    EXPLAIN = "explain", _("六项说明")
    EXCHANGE = "exchange", _("记沟通")
    EXCUSE = "excuse", _("说明沟通少的原因")
    COMPLETE = "complete", _("登记办成")
    HAND_OVER = "hand-over", _("移交")
    ESCALATE = "escalate", _("上报上一级")
    APPROVE = "approve", _("批准派单")
    ASSIGN = "assign", _("指定经办人")
    DELIBERATE = "deliberate", _("记议事")
    SUPERVISOR = "supervisor", _("补监督人")
    PARTIES = "parties", _("定联动单位")
    REGRADE = "regrade", _("调整定级")
    MEDIATE = "mediate", _("转调解")
    MEDIATION_PARTY = "mediation-party", _("加当事方")
    MEDIATION_VISIT = "mediation-visit", _("约上门")
    MEDIATION_NOTE = "mediation-note", _("写调解笔记")
    MEDIATION_END = "mediation-end", _("结束调解")
    MEDIATION_CHECK = "mediation-check", _("调解回访")
    TITLE = "title", _("核定公开标题")
    MERGE_IN = "merge-in", _("并入相似诉求")
    MERGE = "merge", _("并到另一件")
    UNMERGE = "unmerge", _("拆出单办")
    RETURN = "return", _("退回")
    HAND_ON = "hand-on", _("转出")
    REROUTE = "reroute", _("更正地点")
    PHONE = "phone", _("更正电话")
    TAKE_DOWN = "take-down", _("从回音壁撤下")
    ARCHIVE = "archive", _("归档")
    REOPEN = "reopen", _("决定重办")
    HIDE = "hide", _("改为不公开")
    SPAM = "spam", _("标记为无效")
    SPAM_UNDO = "spam-undo", _("取消无效标记")


MAIN: Final = (
    Step.RESUME,
    Step.REOPEN,
    Step.TRIAGE,
    Step.APPROVE,
    Step.CLAIM,
    Step.START,
    Step.RESOLVE,
    Step.EXPLAIN,
    Step.COMPLETE,
    Step.EXCHANGE,
    Step.FEED_BACK,
    Step.PUBLISH,
    Step.RETURN_VISIT,
    Step.RECORD_JUDGEMENT,
    Step.SPAM_UNDO,
)
"""What a page offers as its one main action: the first of these that is possible."""


@dataclass(frozen=True)
class Case:
    """A matter, the person who looks at it, and when."""

    matter: Matter
    user: User
    at: datetime
    powers: frozenset[Power]

    @property
    def petition(self) -> Petition:
        return self.matter.petition

    @property
    def profile(self) -> Profile:
        return self.matter.profile

    @property
    def stage(self) -> Stage:
        return Stage(self.petition.stage)

    @property
    def is_application(self) -> bool:
        """Whether it is about an item of the guide: one person's own."""
        return self.petition.service_minutes is not None

    @property
    def in_handling(self) -> bool:
        return self.stage in workflow.HANDLING

    @property
    def handled_by_me(self) -> bool:
        return self.user.pk in {self.petition.assignee_id, self.petition.resolved_by_id}

    @cached_property
    def claimed_by_another(self) -> bool:
        return claims.is_claimed_by_another(self.petition, self.user, at=self.at)

    @cached_property
    def claim_lapsed(self) -> bool:
        """Whether the person who claimed it holds no post over it any more."""
        is_mine = self.petition.assignee_id == self.user.pk
        return not is_mine and not claims.claim_stands(self.petition, at=self.at)

    @property
    def free_to_handle(self) -> bool:
        """Whether the matter is in handling, and not in a colleague's hands."""
        return self.in_handling and not self.claimed_by_another

    def may(self, power: Power) -> bool:
        return power in self.powers

    def leads_to(self, target: Stage) -> bool:
        return workflow.can_move(self.profile, self.stage, target)

    def passage(self, target: Stage) -> tuple[Stage, ...]:
        return workflow.passage(self.profile, self.stage, target) if self.leads_to(target) else ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may take a step, when, and which stages (with their gates) it enters."""

    power: Power
    fits: Callable[[Case], bool]
    enters: Callable[[Case], tuple[Stage, ...]] = lambda _case: ()
    given: Callable[[Case], Mapping[str, Any]] = lambda _case: {}
    """What the step's own form adds to the facts on record before the gates are asked."""


def _claimable(case: Case) -> bool:
    if case.petition.claimed_at is not None and not case.claim_lapsed:
        return False
    return case.stage == Stage.IN_PROGRESS or case.leads_to(_claim_target(case))


def _claim_target(case: Case) -> Stage:
    return Stage.ACCEPTED if case.profile.mode(Stage.ACCEPTED) == Mode.ON else Stage.IN_PROGRESS


def _dispatched(case: Case) -> tuple[Stage, ...]:
    is_step = case.profile.mode(Stage.DISPATCHED) == Mode.ON
    return case.passage(Stage.DISPATCHED) if is_step else ()


def _can_stand_still(case: Case) -> bool:
    clock = WorkingClock(hours_of(case.petition.community), {})
    is_running = not case.petition.is_paused and case.petition.clock_from is not None
    return is_running and deadlines.pause_minutes_left(case.petition, clock) > 0


def _askable(case: Case) -> bool:
    asked = case.matter.open_question is not None
    unanswered = case.stage in workflow.UNANSWERED
    free = unanswered and not asked and not case.claimed_by_another
    return free and case.matter.first_reporter.is_reachable and _can_stand_still(case)


def _may_pass_on(case: Case) -> bool:
    return case.in_handling and claims.may_pass_on(case.petition, case.user, at=case.at)


def _assignable(case: Case) -> bool:
    lower = case.claimed_by_another and not claims.may_take_over(case.petition, case.user, at=case.at)
    return case.in_handling and not lower


def _settleable(case: Case) -> bool:
    early = case.stage in workflow.HANDLING | {Stage.RECEIVED} and case.stage != Stage.IN_PROGRESS
    return early and not case.claimed_by_another


def _publishable(case: Case) -> bool:
    again = case.petition.published_at is not None and case.stage != Stage.FED_BACK
    free = not case.petition.is_private and case.matter.shown_post is None
    return free and (again or case.leads_to(Stage.PUBLISHED))


def _visitable(case: Case) -> bool:
    visited = any(visit.round == case.petition.round for visit in case.matter.return_visits)
    return case.leads_to(Stage.FOLLOWED_UP) and not visited and not case.handled_by_me


def _recordable(case: Case) -> bool:
    return not case.handled_by_me and bool(case.matter.unasked(case.at))


def _archivable(case: Case) -> bool:
    decided = not case.petition.awaits_decision or case.may(Power.PETITION_SUPERVISE)
    heard = all(one.is_settled for one in case.matter.round_evaluations)
    last = _evaluated(case)
    return decided and heard and workflow.can_move(case.profile, last, Stage.ARCHIVED)


def _evaluated(case: Case) -> Stage:
    """Where the matter stands before it is archived: 评事 is passed on the way, where there is one."""
    has_stage = case.profile.mode(Stage.EVALUATED) != Mode.OFF
    return Stage.EVALUATED if has_stage and case.leads_to(Stage.EVALUATED) else case.stage


def _unsorted(case: Case) -> bool:
    return case.stage in {Stage.RECEIVED, Stage.TRIAGED}


def _separable(case: Case) -> bool:
    runs_in = case.petition.merged_into
    return runs_in is not None and runs_in.stage in workflow.UNANSWERED


def _hideable(case: Case) -> bool:
    return not case.petition.is_private and case.matter.shown_post is None


def _spammable(case: Case) -> bool:
    return case.petition.spam_marked_at is None and not case.matter.merged


def _approvable(case: Case) -> bool:
    waits = case.stage in {Stage.TRIAGED, Stage.DELIBERATING} and not case.petition.is_approved
    return waits and case.profile.has(Gate.APPROVAL_BEFORE_DISPATCH)


def _deliberable(case: Case) -> bool:
    has_stage = case.profile.mode(Stage.DELIBERATING) != Mode.OFF
    return has_stage and (case.in_handling or case.leads_to(Stage.DELIBERATING))


def _assistable(case: Case) -> bool:
    return case.free_to_handle and case.matter.assistance is not None


def _excusable(case: Case) -> bool:
    wanted = case.profile.has(Gate.EXCHANGES_BEFORE_RESOLVE)
    return wanted and _assistable(case) and case.matter.facts.has_few_exchanges


def _unsupervised(case: Case) -> bool:
    wanted = case.in_handling and case.profile.has(Gate.SUPERVISOR_ON_DECISION)
    return wanted and any(one.supervisor_id is None for one in case.matter.deliberations)


def _mediating(case: Case) -> bool:
    return case.petition.mediation == Mediation.OPEN


def _note_possible(case: Case) -> bool:
    known = bool(case.petition.mediation)
    return known and in_confidence(case.petition, case.user, at=case.at) is not None


def _check_due(case: Case) -> bool:
    view = case.matter.mediation if case.petition.mediation == Mediation.FOLLOWING else None
    return view is not None and view.next_due(case.at) is not None


RULES: Final[Mapping[Step, Rule]] = {
    Step.TRIAGE: Rule(Power.PETITION_TRIAGE, lambda c: c.leads_to(Stage.TRIAGED)),
    Step.CLAIM: Rule(
        Power.PETITION_HANDLE,
        _claimable,
        lambda c: () if c.stage == Stage.IN_PROGRESS else c.passage(_claim_target(c)),
    ),
    Step.START: Rule(
        Power.PETITION_HANDLE,
        lambda c: c.stage == Stage.ACCEPTED and not c.claimed_by_another and _may_pass_on(c),
        lambda c: c.passage(Stage.IN_PROGRESS),
    ),
    Step.RESOLVE: Rule(
        Power.PETITION_HANDLE,
        lambda c: c.leads_to(Stage.RESOLVED) and not c.claimed_by_another,
        lambda c: c.passage(Stage.RESOLVED),
        lambda _c: {"has_after_photo": True},
    ),
    Step.FEED_BACK: Rule(Power.PETITION_HANDLE, lambda c: c.leads_to(Stage.FED_BACK)),
    Step.PUBLISH: Rule(
        Power.PETITION_PUBLISH,
        _publishable,
        lambda c: c.passage(Stage.PUBLISHED),
        lambda c: {"has_public_text": True, "has_public_photo": bool(c.matter.photos)},
    ),
    Step.RETURN_VISIT: Rule(Power.PETITION_VISIT, _visitable),
    Step.RECORD_JUDGEMENT: Rule(Power.PETITION_VISIT, _recordable),
    Step.PROGRESS: Rule(Power.PETITION_HANDLE, lambda c: c.free_to_handle),
    Step.INSPECT: Rule(Power.PETITION_HANDLE, lambda c: c.free_to_handle),
    Step.SETTLE: Rule(
        Power.PETITION_HANDLE,
        _settleable,
        lambda c: workflow.on_the_spot(c.profile, c.stage),
        lambda c: {
            "route": c.petition.route or Route.SELF_HELP,
            "has_responsible": True,
            "has_after_photo": True,
        },
    ),
    Step.ASK: Rule(Power.PETITION_HANDLE, _askable),
    Step.PAUSE: Rule(Power.PETITION_HANDLE, lambda c: c.free_to_handle and _can_stand_still(c)),
    Step.RESUME: Rule(Power.PETITION_HANDLE, lambda c: c.petition.is_paused and not c.claimed_by_another),
    Step.ARRANGE: Rule(Power.PETITION_HANDLE, _assistable),
    Step.EXPLAIN: Rule(
        Power.PETITION_HANDLE, lambda c: _assistable(c) and len(c.matter.explanations) < len(Point)
    ),
    Step.EXCHANGE: Rule(Power.PETITION_HANDLE, _assistable),
    Step.EXCUSE: Rule(Power.PETITION_HANDLE, _excusable),
    Step.COMPLETE: Rule(Power.PETITION_HANDLE, lambda c: _assistable(c) and c.matter.facts.is_incomplete),
    Step.HAND_OVER: Rule(Power.PETITION_HANDLE, _may_pass_on),
    Step.ESCALATE: Rule(Power.PETITION_HANDLE, lambda c: c.free_to_handle and c.petition.tier != LADDER[-1]),
    Step.APPROVE: Rule(Power.PETITION_APPROVE, _approvable),
    Step.ASSIGN: Rule(Power.PETITION_ASSIGN, _assignable, _dispatched),
    Step.DELIBERATE: Rule(Power.PETITION_TRIAGE, _deliberable),
    Step.SUPERVISOR: Rule(Power.PETITION_TRIAGE, _unsupervised),
    Step.PARTIES: Rule(Power.PETITION_TRIAGE, lambda c: c.in_handling or c.stage == Stage.RECEIVED),
    Step.MEDIATE: Rule(Power.PETITION_TRIAGE, lambda c: c.in_handling and not c.petition.mediation),
    Step.MEDIATION_PARTY: Rule(Power.PETITION_HANDLE, _mediating),
    Step.MEDIATION_VISIT: Rule(Power.PETITION_HANDLE, _mediating),
    Step.MEDIATION_NOTE: Rule(Power.PETITION_READ, _note_possible),
    Step.MEDIATION_END: Rule(Power.PETITION_HANDLE, _mediating),
    Step.MEDIATION_CHECK: Rule(Power.PETITION_HANDLE, _check_due),
    Step.REGRADE: Rule(Power.PETITION_TRIAGE, lambda c: c.in_handling),
    Step.TITLE: Rule(Power.PETITION_TRIAGE, lambda c: not c.petition.is_private),
    Step.MERGE_IN: Rule(
        Power.PETITION_TRIAGE, lambda c: c.stage in workflow.UNANSWERED and not c.is_application
    ),
    Step.MERGE: Rule(Power.PETITION_TRIAGE, lambda c: c.leads_to(Stage.MERGED) and not c.is_application),
    Step.UNMERGE: Rule(Power.PETITION_TRIAGE, _separable),
    Step.RETURN: Rule(Power.PETITION_TRIAGE, _unsorted),
    Step.HAND_ON: Rule(Power.PETITION_TRIAGE, _unsorted),
    Step.REROUTE: Rule(Power.PETITION_TRIAGE, _unsorted),
    Step.PHONE: Rule(Power.PETITION_CONTACT, lambda c: bool(c.matter.reporters)),
    Step.TAKE_DOWN: Rule(Power.PETITION_PUBLISH, lambda c: c.matter.shown_post is not None),
    Step.ARCHIVE: Rule(Power.PETITION_TRIAGE, _archivable, lambda _c: (Stage.ARCHIVED,)),
    Step.REOPEN: Rule(Power.PETITION_SUPERVISE, lambda c: c.petition.awaits_decision),
    Step.HIDE: Rule(Power.PETITION_TRIAGE, _hideable),
    Step.SPAM: Rule(Power.PETITION_TRIAGE, _spammable),
    Step.SPAM_UNDO: Rule(Power.PETITION_TRIAGE, lambda c: c.petition.spam_marked_at is not None),
}
INSTANT: Final = frozenset({Step.CLAIM, Step.START, Step.RESUME, Step.APPROVE})
AFTER_THE_END: Final = frozenset({Step.TAKE_DOWN, Step.SPAM_UNDO, Step.UNMERGE})
"""Steps that remain when the matter is closed."""


@dataclass(frozen=True, slots=True)
class Possible:
    """A step that shows. `gate` says what has to be done first, if anything."""

    step: Step
    gate: str = ""

    @property
    def label(self) -> str:
        return str(self.step.label)

    @property
    def is_instant(self) -> bool:
        """Done in one tap: there is nothing to fill in."""
        return self.step in INSTANT


def possible_steps(matter: Matter, user: User, at: datetime) -> dict[Step, Possible]:
    """The steps that `user` may take on this matter now, in their usual order."""
    case = Case(matter, user, at, powers_over(user, matter.petition.scope, at=at))
    return {
        step: Possible(step, _closed_gate(case, rule))
        for step, rule in RULES.items()
        if _stands(case, step) and case.may(rule.power) and rule.fits(case)
    }


def main_step(possible: Mapping[Step, Possible]) -> Possible | None:
    """The one main action of a page."""
    return next((possible[step] for step in MAIN if step in possible and not possible[step].gate), None)


def _stands(case: Case, step: Step) -> bool:
    if case.petition.spam_marked_at is not None:
        return step == Step.SPAM_UNDO
    return case.stage not in workflow.CLOSED or step in AFTER_THE_END


def _closed_gate(case: Case, rule: Rule) -> str:
    """What the first gate that is still closed says; the facts are gathered only where a gate stands."""
    stages = rule.enters(case)
    standing = workflow.standing_gate(stages, Facts(mediation=case.petition.mediation))
    if standing is not None:
        return str(workflow.STANDING[standing].message)
    guarded = {known.stage for gate, known in workflow.GATES.items() if case.profile.has(gate)}
    if not guarded.intersection(stages):
        return ""
    facts = replace(case.matter.facts, **rule.given(case))
    gate = workflow.closed_gate(case.profile, stages, facts)
    return "" if gate is None else str(workflow.GATES[gate].message)
