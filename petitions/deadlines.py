"""Deadline arithmetic of a petition: one running clock, paused and resumed, explained in words.

Asks no clock and no database: the moment and the community's working clock are passed in.
Source: P-16, P-05; architecture decision "Time".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext as _

from community.workflow import Clock, Duration, Limit, Profile, Stage
from core.display import here, moment
from core.workdays import Due, WorkingClock
from petitions import workflow

if TYPE_CHECKING:
    from petitions.models import Petition

MINUTE = timedelta(minutes=1)


def after(start: datetime, minutes: int, unit: str, clock: WorkingClock) -> Due:
    """The moment `minutes` of wall or working time after `start`."""
    if unit == Clock.WALL:
        return Due(start + minutes * MINUTE, provisional=False)
    return clock.add(start, max(0, minutes))


def elapsed(start: datetime, end: datetime, unit: str, clock: WorkingClock) -> int:
    """Minutes of wall or working time from `start` to `end`, never negative."""
    if unit == Clock.WALL:
        return max(0, int((end - start) / MINUTE))
    return max(0, clock.minutes_between(start, end))


def promise(profile: Profile, start: datetime, clock: WorkingClock) -> datetime:
    """The latest answer promised at filing: acceptance, the longest handling, and the answer itself."""
    at = start
    for limit in (Limit.ACCEPT, Limit.HANDLE_BLUE, Limit.FEED_BACK):
        duration = profile.limits[limit]
        at = after(at, duration.minutes, duration.clock, clock).at
    return at


def duration_until(start: datetime, end: datetime, clock: WorkingClock) -> Duration:
    """The working time between two moments, as a limit of its own (a deadline set by hand)."""
    return Duration(max(1, clock.minutes_between(start, end)))


def clock_start(
    petition: Petition, limit: Limit, duration: Duration, *, at: datetime, clock: WorkingClock
) -> None:
    """Start a clock in place of the one that ran; nothing is saved."""
    petition.clock = limit
    petition.clock_unit = duration.clock
    petition.clock_minutes = duration.minutes
    petition.clock_used = 0
    petition.clock_serial += 1
    petition.paused_at = petition.pause_ends_at = None
    petition.pause_reason = ""
    petition.sweep_step = 0
    _run(petition, at, clock)


def clock_stop(petition: Petition) -> None:
    """No clock runs any more; nothing is saved."""
    petition.clock = ""
    petition.clock_from = petition.due_at = petition.sweep_at = None
    petition.paused_at = petition.pause_ends_at = None
    petition.pause_reason = ""
    petition.due_is_provisional = False


def clock_pause(petition: Petition, reason: str, *, at: datetime, clock: WorkingClock) -> None:
    """Stop counting until the answer, but at most PAUSE_WORKING_DAYS; nothing is saved."""
    assert petition.clock_from is not None
    petition.clock_used += elapsed(petition.clock_from, at, petition.clock_unit, clock)
    petition.clock_from = None
    petition.paused_at = at
    petition.pause_reason = reason
    left = pause_minutes_left(petition, clock)
    longest = min(workflow.PAUSE_WORKING_DAYS * clock.day_minutes, left)
    petition.pause_ends_at = petition.sweep_at = clock.add(at, longest).at


def clock_resume(petition: Petition, *, at: datetime, clock: WorkingClock) -> None:
    """Go on counting where the pause began; nothing is saved."""
    assert petition.paused_at is not None
    petition.paused_minutes += max(0, clock.minutes_between(petition.paused_at, at))
    petition.paused_at = petition.pause_ends_at = None
    petition.pause_reason = ""
    _run(petition, at, clock)


def clock_hold(petition: Petition, *, at: datetime, clock: WorkingClock) -> None:
    """Keep the clock as it stands, for as long as the matter runs with another; nothing is saved."""
    if petition.is_paused:
        clock_resume(petition, at=at, clock=clock)
    if petition.clock_from is not None:
        petition.clock_used += elapsed(petition.clock_from, at, petition.clock_unit, clock)
    petition.clock_from = petition.due_at = petition.sweep_at = None
    petition.due_is_provisional = False


def clock_go_on(petition: Petition, *, at: datetime, clock: WorkingClock) -> None:
    """Let a clock that was held go on with what was left of it; nothing is saved."""
    if petition.clock:
        _run(petition, at, clock)


def pause_minutes_left(petition: Petition, clock: WorkingClock) -> int:
    """Working minutes for which this matter may still be paused."""
    return max(0, workflow.PAUSE_CAP_WORKING_DAYS * clock.day_minutes - petition.paused_minutes)


def clock_recompute(petition: Petition, clock: WorkingClock) -> None:
    """Take the working calendar as it is now (a year was published, a day was overridden)."""
    if petition.clock_from is not None:
        _run(petition, petition.clock_from, clock)


def steps_reached(petition: Petition, at: datetime, clock: WorkingClock) -> tuple[int, ...]:
    """The shares of the limit, in per cent, that were reached by `at` and not yet dealt with."""
    if not petition.clock or petition.clock_from is None:
        return ()
    steps = workflow.NUDGES[Limit(petition.clock)][petition.sweep_step :]
    return tuple(takewhile(lambda step: _moment(petition, step, clock) <= at, steps))


def sweep_advance(petition: Petition, reached: int, clock: WorkingClock) -> None:
    """Note that `reached` more steps are dealt with, and when the next one comes."""
    petition.sweep_step += reached
    petition.sweep_at = _next_sweep(petition, clock)


def limit_for(profile: Profile, stage: Stage, severity: str) -> tuple[Limit, Duration] | None:
    """The clock and its length while a matter stands at `stage`."""
    limit = workflow.limit_at(profile, stage, severity)
    return None if limit is None else (limit, profile.limits[limit])


def _run(petition: Petition, at: datetime, clock: WorkingClock) -> None:
    petition.clock_from = at
    due = after(at, petition.clock_minutes - petition.clock_used, petition.clock_unit, clock)
    petition.due_at = due.at
    petition.due_is_provisional = due.provisional
    petition.sweep_at = _next_sweep(petition, clock)


def _moment(petition: Petition, step: int, clock: WorkingClock) -> datetime:
    """When `step` per cent of the limit are used up."""
    assert petition.clock_from is not None
    minutes = -(-petition.clock_minutes * step // 100) - petition.clock_used
    return after(petition.clock_from, max(0, minutes), petition.clock_unit, clock).at


def _next_sweep(petition: Petition, clock: WorkingClock) -> datetime | None:
    steps = workflow.NUDGES[Limit(petition.clock)]
    if petition.sweep_step >= len(steps):
        return None
    return _moment(petition, steps[petition.sweep_step], clock)


@dataclass(frozen=True, slots=True)
class Told:
    """A deadline in words, and how pressing it is: `late`, `soon`, `paused` or nothing."""

    words: str
    pressing: str = ""

    def __str__(self) -> str:
        return self.words


class Dated(Protocol):
    """What a deadline is told from."""

    @property
    def due_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...
    @property
    def pause_ends_at(self) -> datetime | None: ...


def told(petition: Dated, at: datetime) -> Told:
    """The deadline as people say it: 今天18:00到期, 已超时2天, 11月24日(周二)18:00前."""
    if petition.due_at is None:
        return Told("")
    if petition.paused_at is not None:
        return Told(_("暂停至%s") % moment(petition.pause_ends_at), "paused")
    if petition.due_at <= at:
        return Told(_("已超时%s") % _span(at - petition.due_at), "late")
    due = here(petition.due_at)
    if due.date() == here(at).date():
        return Told(_("今天%s到期") % f"{due:%H:%M}", "soon")
    return Told(_("%s前") % moment(petition.due_at))


def _span(length: timedelta) -> str:
    """A length in its largest unit: 3天, 5小时, 20分钟."""
    if length.days:
        return _("%d天") % length.days
    hours = length.seconds // 3600
    return _("%d小时") % hours if hours else _("%d分钟") % max(1, length.seconds // 60)
