"""A community's working-day clock: its office hours on the county's calendar."""

from __future__ import annotations

from community.models import Community
from core.workdays import OfficeHours, WorkingClock, load_overrides


def hours_of(community: Community) -> OfficeHours:
    """The office hours of one working day."""
    return OfficeHours(
        (
            (community.morning_from, community.morning_to),
            (community.afternoon_from, community.afternoon_to),
        )
    )


def clock_of(community: Community) -> WorkingClock:
    """The clock that the community's deadlines run on; one statement, for the override table."""
    return WorkingClock(hours_of(community), load_overrides())
