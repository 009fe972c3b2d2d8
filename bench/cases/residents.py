"""What residents and strangers do: home, walls, filing, tracking."""

from __future__ import annotations

from bench import floors
from bench.cases.stage import Stage
from bench.measure import Case


def cases(stage: Stage) -> list[Case]:
    visitor = stage.stranger()
    return [
        Case("home of a community", floors.READ, lambda: visitor.get(f"/{stage.slug}/"), 8),
    ]
