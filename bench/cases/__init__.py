"""What is measured, one module per part of the portal. Later issues add theirs to `ALL`."""

from __future__ import annotations

from bench.cases import api, desk, handling, residents, search, together
from bench.cases.stage import Stage
from bench.measure import Case

ALL = (residents.cases, handling.cases, desk.cases, search.cases, together.cases, api.cases)


def all_cases(stage: Stage) -> list[Case]:
    """Every case, in the order of the report."""
    return [case for module in ALL for case in module(stage)]
