"""When somebody who is cared for is visited next: pure arithmetic, no clock and no database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

GRACE: Final = timedelta(days=3)
"""So long after its day a visit is missed."""


def month_of(day: date) -> date:
    """The first day of its month, which names the month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the next month."""
    return month_of(month + timedelta(days=31))


def next_mark_on(every_days: int | None, last_on: date) -> date | None:
    """The day by which somebody comes again where a mark asks for it; None where nobody has to."""
    return None if every_days is None else last_on + timedelta(days=every_days)


def ends_month(day: date) -> bool:
    """Whether it is the last day of a month."""
    return month_of(day + timedelta(days=1)) != month_of(day)


def next_care_on(
    *, last_on: date | None, today: date, every_days: int | None, is_monthly: bool
) -> date | None:
    """The day by which somebody is visited next: by the colour's interval, and in every month where so
    agreed (G-27, G-29). Never before today; None where nobody has to come."""
    days = []
    if every_days is not None:
        days.append(max(today, (last_on or today) + timedelta(days=every_days)))
    if is_monthly:
        month = month_of(today)
        is_done = last_on is not None and month_of(last_on) == month
        ends_before = month_after(month_after(month)) if is_done else month_after(month)
        days.append(ends_before - timedelta(days=1))
    return min(days, default=None)
