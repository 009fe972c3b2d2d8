"""A matter about an item of the guide: explained, talked over, completed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from community.duties import Power
from community.workflow import Gate
from petitions.models.assistance import Point
from petitions.selectors.steps.case import Case, Rule
from petitions.selectors.steps.step import Step


def _assistable(case: Case) -> bool:
    return case.free_to_handle and case.matter.assistance is not None


def _excusable(case: Case) -> bool:
    wanted = case.profile.has(Gate.EXCHANGES_BEFORE_RESOLVE)
    return wanted and _assistable(case) and case.matter.facts.has_few_exchanges


RULES: Final[Mapping[Step, Rule]] = {
    Step.ARRANGE: Rule(Power.PETITION_HANDLE, _assistable),
    Step.EXPLAIN: Rule(
        Power.PETITION_HANDLE, lambda c: _assistable(c) and len(c.matter.explanations) < len(Point)
    ),
    Step.EXCHANGE: Rule(Power.PETITION_HANDLE, _assistable),
    Step.EXCUSE: Rule(Power.PETITION_HANDLE, _excusable),
    Step.COMPLETE: Rule(Power.PETITION_HANDLE, lambda c: _assistable(c) and c.matter.facts.is_incomplete),
}
