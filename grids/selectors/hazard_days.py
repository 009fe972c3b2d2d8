"""On which days a hazard is asked after, and who is called then (G-19).

Whoever answers for it hears three days and one before its day, on the day, and every day after. Said to be
put right, it is whoever looks again who hears: the day after, three days after, then weekly. Over its day the
tiers hear, too: the leader once, the secretary each full week, the subdistrict each from the second on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

BEFORE: Final = (3, 1, 0)
WEEK: Final = 7
RECHECK: Final = (1, 3)
DAY: Final = timedelta(days=1)


class Tier(StrEnum):
    """Who hears of a hazard over its day, beside whoever has to do something."""

    LEADER = "leader"
    SECRETARY = "secretary"
    SUBDISTRICT = "subdistrict"


@dataclass(frozen=True, slots=True)
class Climb:
    """A tier that has to have heard by now, and for which full week."""

    tier: Tier
    week: int

    @property
    def stage(self) -> str:
        return f"{self.tier}.{self.week}"


def first_on(rectify_by: date, day: date) -> date:
    """The first day after `day` on which something is said of a hazard due at `rectify_by`."""
    return next(
        (on for days in BEFORE if (on := rectify_by - timedelta(days=days)) > day), max(rectify_by, day) + DAY
    )


def step_of(rectify_by: date, day: date) -> int | None:
    """Which reminder is due on a day: days until the deadline, below zero once it is over.

    A sweep that comes late finds the latest one; None as long as none is due.
    """
    left = (rectify_by - day).days
    if left < 0:
        return left
    return next((days for days in reversed(BEFORE) if left <= days), None)


def recheck_step(done_on: date, day: date) -> int | None:
    """Which reminder of the recheck is due: the latest of 1, 3, 10, 17 … days since it was said done."""
    waited = (day - done_on).days
    if waited >= RECHECK[-1] + WEEK:
        return waited - (waited - RECHECK[-1]) % WEEK
    return next((days for days in reversed(RECHECK) if waited >= days), None)


def climbs(rectify_by: date, day: date) -> tuple[Climb, ...]:
    """Every tier whose day has come or passed, each for the latest full week alone.

    Whoever claims them learns once of each, however late the sweep.
    """
    over = (day - rectify_by).days
    week = over // WEEK
    due = [Climb(Tier.LEADER, 0)] if over >= 1 else []
    due += [Climb(Tier.SECRETARY, week)] if week >= 1 else []
    due += [Climb(Tier.SUBDISTRICT, week)] if week >= 2 else []
    return tuple(due)
