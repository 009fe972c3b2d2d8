"""When a need that nobody sees to climbs: leader, community, secretary (G-06). Pure; asks no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from core.workdays import ZONE, WorkingClock

LEADER_NUDGE: Final = timedelta(minutes=30)
LEADER_LIMIT: Final = timedelta(hours=1)
HOUR: Final = 60
DAY: Final = timedelta(days=1)


class Climb(StrEnum):
    """What is due when nothing has happened by then."""

    LEADER = "leader"
    COMMUNITY = "community"
    SECRETARY = "secretary"
    FEEDBACK = "feedback"


Steps = Sequence[tuple[datetime, Climb]]


def climbs(reported_at: datetime, *, is_urgent: bool, clock: WorkingClock) -> Steps:
    """The moments at which a need climbs, in their order.

    An urgent one has the same day, whatever day it is: the leader hears again after half an hour, the
    community after an hour, the secretary at the close of that day. Any other one runs on the office's clock:
    the leader after an hour, the community at the close of the day, the secretary at the close of the next.
    """
    if is_urgent:
        moments = {
            Climb.LEADER: reported_at + LEADER_NUDGE,
            Climb.COMMUNITY: reported_at + LEADER_LIMIT,
            Climb.SECRETARY: same_day(reported_at, clock),
        }
    else:
        first = close_of_work(reported_at, clock)
        moments = {
            Climb.LEADER: min(clock.add(reported_at, HOUR).at, first),
            Climb.COMMUNITY: first,
            Climb.SECRETARY: close_of_work(first, clock),
        }
    return sorted((at, climb) for climb, at in moments.items())


def same_day(at: datetime, clock: WorkingClock) -> datetime:
    """The close of business of a day, whether the office works or not; in the evening the next day's."""
    local = at.astimezone(ZONE)
    closes = _closes(local.date(), clock)
    return closes if local < closes else _closes(local.date() + DAY, clock)


def close_of_work(at: datetime, clock: WorkingClock) -> datetime:
    """The first close of business after a moment on a day on which the office works."""
    day = at.astimezone(ZONE).date()
    while not clock.is_workday(day) or _closes(day, clock) <= at:
        day += DAY
    return _closes(day, clock)


def _closes(day: date, clock: WorkingClock) -> datetime:
    return datetime.combine(day, clock.hours.spans[-1][1], ZONE)
