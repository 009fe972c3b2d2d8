"""When sessions are held, and what is due around them. Pure: asks no clock and no database.

A schedule names days; a statutory holiday moves a session to the next working day, unless that is where
the next one already is. Source: P-03, P-04, P-14, P-21, P-27.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, WEEKLY, rrule, weekday
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.meetings import Frequency
from core.workdays import ZONE, WorkingClock

if TYPE_CHECKING:
    from petitions.models import (
        DeliberationSchedule,
        DeliberationSession,
        PersuasionTask,
        ProjectBlock,
        ProjectPhase,
        Resolution,
    )

DAY: Final = timedelta(days=1)
SATURDAY: Final = 5
MORNING: Final = time(9)
AHEAD: Final = {Frequency.WEEKLY: 8}
MONTH_AHEAD: Final = 35
NOTES_DAYS: Final = 3
"""Within so many days the notes of a stool council are looked through for matters (P-27)."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day that a schedule names, and the day on which people really meet."""

    named_on: date
    held_on: date

    @property
    def is_moved(self) -> bool:
        return self.named_on != self.held_on


def horizon(schedule: DeliberationSchedule, today: date) -> date:
    """Up to which named day sessions stand in the calendar."""
    days = AHEAD.get(Frequency(schedule.frequency), MONTH_AHEAD)
    return today + max(days, schedule.notice_days + 1) * DAY


def occurrences(
    schedule: DeliberationSchedule, first: date, last: date, clock: WorkingClock
) -> list[Occurrence]:
    """The sessions that the schedule names from `first` to `last`; one that a holiday merges is left out."""
    days = list(_named(schedule, first, last + MONTH_AHEAD * DAY))
    held = [moved(day, clock) if schedule.moves_on_holiday else day for day in days]
    following = [*held[1:], date.max]
    return [
        Occurrence(named, on)
        for named, on, after in zip(days, held, following, strict=True)
        if named <= last and on < after
    ]


def moved(day: date, clock: WorkingClock) -> date:
    """The day itself; on a holiday that falls on a weekday, the next working day."""
    if day.weekday() >= SATURDAY or clock.is_workday(day):
        return day
    while not clock.is_workday(day):
        day += DAY
    return day


def begins(day: date, at: time) -> datetime:
    """A local time of day as a moment."""
    return datetime.combine(day, at, ZONE)


def minutes_due(ends_at: datetime, days: int, clock: WorkingClock) -> datetime:
    """The end of office hours on the `days`-th working day after a session."""
    day = ends_at.astimezone(ZONE).date()
    for _number in range(max(1, days)):
        day += DAY
        while not clock.is_workday(day):
            day += DAY
    return datetime.combine(day, clock.hours.spans[-1][1], ZONE)


class Step(models.TextChoices):
    """What falls due around a session, each exactly once."""

    ANNOUNCE = "announce", _("公告")
    ESTATE = "estate", _("告知下一个小区")
    AGENDA = "agenda", _("征集议题")
    REMIND = "remind", _("会前提醒")
    MINUTES = "minutes", _("会议记录到期")
    MINUTES_LATE = "minutes_late", _("会议记录超期")
    NOTES = "notes", _("梳理记录")


BEFORE: Final = frozenset({Step.ANNOUNCE, Step.ESTATE, Step.AGENDA, Step.REMIND})
"""What is pointless once the session has begun."""


def steps_of(session: DeliberationSession) -> Iterator[tuple[Step, datetime]]:
    """Every step of a session with its moment, whether it has passed or not."""
    if session.review_due_at is not None:
        yield Step.NOTES, session.review_due_at
        return
    day = session.starts_at.astimezone(ZONE).date()
    yield Step.ANNOUNCE, _morning(day, session.notice_days)
    if session.estate_id is not None and session.schedule_id is not None:
        yield Step.ESTATE, _morning(day, session.estate_notice_days)
    yield Step.AGENDA, _morning(day, 1)
    yield Step.REMIND, _morning(day, 1)
    if session.minutes_due_at is not None:
        due = session.minutes_due_at.astimezone(ZONE)
        yield Step.MINUTES, due.replace(hour=MORNING.hour, minute=0)
        yield Step.MINUTES_LATE, due


def due_steps(session: DeliberationSession, at: datetime) -> list[Step]:
    """What a sweep at `at` has to see to, were it the first one; claims keep it from doing so twice."""
    if session.state == "cancelled":
        return []
    has_begun, is_written = at >= session.starts_at, session.minutes_at is not None
    found = []
    for step, moment in steps_of(session):
        if moment > at or (step in BEFORE and has_begun) or (step not in BEFORE and _is_done(step, session)):
            continue
        if step in {Step.MINUTES, Step.MINUTES_LATE} and is_written:
            continue
        found.append(step)
    return found


def next_sweep(session: DeliberationSession, at: datetime) -> datetime | None:
    """The next moment after `at` at which there may be something to see to."""
    if session.state == "cancelled" or (session.minutes_at is not None and session.review_due_at is None):
        return None
    if session.reviewed_at is not None:
        return None
    return min((moment for _step, moment in steps_of(session) if moment > at), default=None)


class Duty(models.TextChoices):
    """What falls due around a resolution."""

    SOON = "soon", _("决议快到期")
    LATE = "late", _("决议超期")


def resolution_steps(resolution: Resolution) -> Iterator[tuple[Duty, datetime]]:
    """A resolution's reminders: the morning before it is due, and the morning after."""
    if resolution.due_on is not None:
        yield Duty.SOON, _morning(resolution.due_on, 1)
        yield Duty.LATE, _morning(resolution.due_on, -1)


def next_resolution_sweep(resolution: Resolution, at: datetime) -> datetime | None:
    """The next reminder after `at`; None once it is done."""
    if resolution.state != "open":
        return None
    return min((moment for _step, moment in resolution_steps(resolution) if moment > at), default=None)


class PhaseStep(models.TextChoices):
    """What falls due around a phase of a project."""

    SOON = "soon", _("阶段快到期")
    DUE = "due", _("阶段今天到期")
    LATE = "late", _("阶段超期")


PHASE_SOON_DAYS: Final = 3


def phase_steps(phase: ProjectPhase) -> Iterator[tuple[PhaseStep, datetime]]:
    """A phase's reminders: three days before its end, on the day, and the morning after."""
    yield PhaseStep.SOON, _morning(phase.due_on, PHASE_SOON_DAYS)
    yield PhaseStep.DUE, _morning(phase.due_on, 0)
    yield PhaseStep.LATE, _morning(phase.due_on, -1)


def due_phase_step(phase: ProjectPhase, at: datetime) -> PhaseStep | None:
    """The latest reminder that is due at `at`; what an earlier one would have said is in it."""
    return next((step for step, moment in reversed([*phase_steps(phase)]) if moment <= at), None)


class TalkStep(models.TextChoices):
    """What falls due around talks with a household."""

    DUE = "due", _("今天去谈")
    LATE = "late", _("没有去谈")


TALK_LATE_DAYS: Final = 2


def persuasion_steps(task: PersuasionTask) -> Iterator[tuple[TalkStep, datetime]]:
    """The morning of the next try, and two days after it for the tier above."""
    if task.next_try_on is not None and task.ended_at is None:
        yield TalkStep.DUE, _morning(task.next_try_on, 0)
        yield TalkStep.LATE, _morning(task.next_try_on, -TALK_LATE_DAYS)


def due_talk_step(task: PersuasionTask, at: datetime) -> TalkStep | None:
    """The latest reminder that is due at `at`."""
    return next((step for step, moment in reversed([*persuasion_steps(task)]) if moment <= at), None)


def next_persuasion_sweep(task: PersuasionTask, at: datetime) -> datetime | None:
    """The next reminder after `at`."""
    return min((moment for _step, moment in persuasion_steps(task) if moment > at), default=None)


BLOCK_QUIET_DAYS: Final = 5
"""After so many days without a word about what holds a project up, somebody is asked (P-36)."""


def quiet_spells(block: ProjectBlock, next_try_on: date | None, at: datetime) -> int:
    """How many times so many days have passed since anybody spoke of it, or was to go and talk."""
    return max(0, (at.astimezone(ZONE).date() - _last_word(block, next_try_on)).days // BLOCK_QUIET_DAYS)


def next_block_sweep(block: ProjectBlock, next_try_on: date | None, at: datetime) -> datetime | None:
    """The next morning after `at` on which nobody has spoken of it for too long again.

    One that waits for another project goes on by itself when that ends.
    """
    if block.kind == "project" or not block.is_open:
        return None
    spells = quiet_spells(block, next_try_on, at) + 1
    return _morning(_last_word(block, next_try_on), -spells * BLOCK_QUIET_DAYS)


def next_phase_sweep(phase: ProjectPhase, at: datetime) -> datetime | None:
    """The next reminder after `at`; None once the phase is done."""
    if phase.done_at is not None:
        return None
    return min((moment for _step, moment in phase_steps(phase) if moment > at), default=None)


def _is_done(step: Step, session: DeliberationSession) -> bool:
    return step == Step.NOTES and session.reviewed_at is not None


def _last_word(block: ProjectBlock, next_try_on: date | None) -> date:
    """The day of the last word about a block, or of the talk that is agreed on after it."""
    heard = block.heard_at.astimezone(ZONE).date()
    return max(heard, next_try_on) if next_try_on else heard


def _morning(day: date, days_before: int) -> datetime:
    return datetime.combine(day - days_before * DAY, MORNING, ZONE)


def _named(schedule: DeliberationSchedule, first: date, last: date) -> Iterator[date]:
    """The days that the rule names, holidays or not."""
    if schedule.frequency == Frequency.ON_CALL:
        return
    start = datetime.combine(first, time())
    until = datetime.combine(last, time())
    if schedule.frequency == Frequency.WEEKLY:
        rule = rrule(WEEKLY, dtstart=start, until=until, byweekday=schedule.weekday)
    elif schedule.frequency == Frequency.MONTHLY_WEEKDAY:
        assert schedule.weekday is not None
        nth = weekday(schedule.weekday, schedule.nth or 1)
        rule = rrule(MONTHLY, dtstart=start, until=until, byweekday=nth)
    else:
        yield from _monthly(schedule.month_day or 1, first, last)
        return
    yield from (moment.date() for moment in rule)


def _monthly(month_day: int, first: date, last: date) -> Iterator[date]:
    """The same day of every month; in a shorter month its last one."""
    month = first.replace(day=1)
    while month <= last:
        day = month + relativedelta(day=month_day)
        if first <= day <= last:
            yield day
        month += relativedelta(months=1)
