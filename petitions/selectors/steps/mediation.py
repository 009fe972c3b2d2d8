"""A matter with a team of mediators (P-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.duties import Power
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import Step
from petitions.workflow import Mediation


def _mediating(case: Case) -> bool:
    return case.petition.mediation == Mediation.OPEN


def _note_possible(case: Case) -> bool:
    return case.matter.in_confidence(case.user, case.at)


def _check_due(case: Case) -> bool:
    view = case.matter.mediation if case.petition.mediation == Mediation.FOLLOWING else None
    return view is not None and view.next_due(case.at) is not None


RULES: Final[Mapping[Step, Rule]] = {
    Step.MEDIATE: Rule(Power.PETITION_TRIAGE, lambda c: c.in_handling and not c.petition.mediation),
    Step.MEDIATION_PARTY: Rule(Power.PETITION_HANDLE, _mediating),
    Step.MEDIATION_VISIT: Rule(Power.PETITION_HANDLE, _mediating),
    Step.MEDIATION_NOTE: Rule(Power.PETITION_READ, _note_possible),
    Step.MEDIATION_END: Rule(Power.PETITION_HANDLE, _mediating),
    Step.MEDIATION_CHECK: Rule(Power.PETITION_HANDLE, _check_due),
}
