"""Who decides and who does it: approval, posts, 议事 and the bodies that act together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.duties import Power
from community.workflow import Gate, Mode, Stage
from petitions.selectors import claims
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import Step


def _approvable(case: Case) -> bool:
    waits = case.stage in {Stage.TRIAGED, Stage.DELIBERATING} and not case.petition.is_approved
    return waits and case.profile.has(Gate.APPROVAL_BEFORE_DISPATCH)


def _assignable(case: Case) -> bool:
    lower = case.claimed_by_another and not claims.may_take_over(case.petition, case.user, at=case.at)
    return case.in_handling and not lower


def _dispatched(case: Case) -> tuple[Stage, ...]:
    is_step = case.profile.mode(Stage.DISPATCHED) == Mode.ON
    return case.passage(Stage.DISPATCHED) if is_step else ()


def _deliberable(case: Case) -> bool:
    has_stage = case.profile.mode(Stage.DELIBERATING) != Mode.OFF
    return has_stage and (case.in_handling or case.leads_to(Stage.DELIBERATING))


def _unsupervised(case: Case) -> bool:
    wanted = case.in_handling and case.profile.has(Gate.SUPERVISOR_ON_DECISION)
    return wanted and any(one.supervisor_id is None for one in case.matter.deliberations)


RULES: Final[Mapping[Step, Rule]] = {
    Step.APPROVE: Rule(Power.PETITION_APPROVE, _approvable),
    Step.ASSIGN: Rule(Power.PETITION_ASSIGN, _assignable, _dispatched),
    Step.DELIBERATE: Rule(Power.PETITION_TRIAGE, _deliberable),
    Step.SUPERVISOR: Rule(Power.PETITION_TRIAGE, _unsupervised),
    Step.PARTIES: Rule(Power.PETITION_TRIAGE, lambda c: c.in_handling or c.stage == Stage.RECEIVED),
}
