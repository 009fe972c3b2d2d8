"""On which days a hazard is asked after: three days and one before, on the day, every day after (G-19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

BEFORE: Final = (3, 1, 0)
WEEK: Final = 7
DAY: Final = timedelta(days=1)


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


def climbs(step: int) -> tuple[bool, bool, bool]:
    """Whether the leader, the secretary and the subdistrict hear of it, too: on the first day over the
    deadline, after each week, after each week from the second on."""
    over = -step
    weekly = over > 0 and over % WEEK == 0
    return over == 1, weekly, weekly and over >= 2 * WEEK
