"""办事: from the claim to the result, and the clock that stands still meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.clocks import hours_of
from community.duties import LADDER, Power
from community.workflow import Mode, Route, Stage
from core.workdays import WorkingClock
from petitions import deadlines, workflow
from petitions.selectors import claims
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import Step


def _claimable(case: Case) -> bool:
    if case.petition.claimed_at is not None and not case.claim_lapsed:
        return False
    return case.stage == Stage.IN_PROGRESS or case.leads_to(_claim_target(case))


def _claim_target(case: Case) -> Stage:
    return Stage.ACCEPTED if case.profile.mode(Stage.ACCEPTED) == Mode.ON else Stage.IN_PROGRESS


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
    return case.in_handling and claims.may_pass_on(
        case.petition, case.user, at=case.at, stands=case.claim_stands
    )


def _settleable(case: Case) -> bool:
    early = case.stage in workflow.HANDLING | {Stage.RECEIVED} and case.stage != Stage.IN_PROGRESS
    return early and not case.claimed_by_another


RULES: Final[Mapping[Step, Rule]] = {
    Step.VERIFY: Rule(Power.PETITION_HANDLE, lambda c: c.petition.is_unverified),
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
    Step.HAND_OVER: Rule(Power.PETITION_HANDLE, _may_pass_on),
    Step.ESCALATE: Rule(Power.PETITION_HANDLE, lambda c: c.free_to_handle and c.petition.tier != LADDER[-1]),
}
