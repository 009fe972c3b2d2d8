"""What a matter leads to: a topic that follows, a service that grew from it (P-43, P-46)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.duties import Power
from community.workflow import Stage
from petitions import workflow
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import Step


def _may_lead_to_service(case: Case) -> bool:
    return case.petition.service_id is None and case.stage not in workflow.SIDE | {Stage.RECEIVED}


def _service_waits(case: Case) -> bool:
    service = case.matter.service if case.petition.service_id is not None else None
    return service is not None and service.announced_at is None


def _may_become_hazard(case: Case) -> bool:
    is_own_danger = not case.is_application and case.stage in workflow.OPEN
    return is_own_danger and case.matter.hazard is None


RULES: Final[Mapping[Step, Rule]] = {
    Step.HAZARD: Rule(Power.PETITION_ENTER, _may_become_hazard),
    Step.FOLLOW_ON: Rule(Power.PETITION_ENTER, lambda c: c.stage == Stage.ARCHIVED),
    Step.SERVICE: Rule(Power.PETITION_TRIAGE, _may_lead_to_service),
    Step.SERVICE_OPEN: Rule(Power.PETITION_TRIAGE, _service_waits),
}
