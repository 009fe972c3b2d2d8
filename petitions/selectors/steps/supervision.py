"""督办 beside the stages (P-17, P-42)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.clocks import hours_of
from community.duties import Power
from core.workdays import WorkingClock
from petitions import workflow
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import Step


def _supervises(case: Case) -> bool:
    supervisor = case.petition.supervisor_id
    return supervisor is not None and (supervisor == case.user.pk or case.may(Power.PETITION_SUPERVISE))


def _urgeable(case: Case) -> bool:
    if not _supervises(case) or case.stage not in workflow.UNANSWERED:
        return False
    mine = [one for one in case.matter.supervision_checks if one.is_urge]
    last = max((one.made_at for one in mine if one.supervisor_id == case.user.pk), default=None)
    clock = WorkingClock(hours_of(case.petition.community), {})
    return last is None or clock.minutes_between(last, case.at) >= workflow.URGE_MINUTES


RULES: Final[Mapping[Step, Rule]] = {
    Step.SUPERVISE: Rule(Power.PETITION_SUPERVISE, lambda c: c.petition.supervisor_id is None),
    Step.RESUPERVISE: Rule(Power.PETITION_SUPERVISE, lambda c: c.petition.supervisor_id is not None),
    Step.URGE: Rule(Power.PETITION_READ, _urgeable),
    Step.CHECK: Rule(Power.PETITION_READ, _supervises),
    Step.UNSUPERVISE: Rule(Power.PETITION_READ, lambda c: _supervises(c) and not c.petition.is_tracked),
}
