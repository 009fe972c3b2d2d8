"""The calendar of every community of the county: its schedules, the sessions of a year, and those to come."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from community.meetings import Frequency, SessionKind
from core.workdays import WorkingClock
from petitions import timetable
from petitions.actions.sessions.planning import schedule_save
from petitions.demo.county.copying import Heap
from petitions.demo.county.history import DAY, HOUR
from petitions.demo.county.places import Estate, Town
from petitions.models import DeliberationSchedule, DeliberationSession

BACK: Final = timedelta(days=371)
CALLED_EVERY: Final = timedelta(days=91)
"""Joint meetings and the like: where no calendar names the day, staff call one so often."""
CALLED_AHEAD: Final = timedelta(days=10)
OWN_NAMES: Final = ("居民议事会", "邻里说事会", "板凳议事", "说事日")
OWN_HOURS: Final = (time(15), time(19, 30), time(9, 30))
CANCELLED_SHARE: Final = 0.02
ROOM: Final = 4
"""So many matters are talked over in one session at most."""
SOON: Final = 12 * DAY
"""A matter waits so long for the next session, or is talked over without one."""


@dataclass(slots=True)
class Heard:
    """A matter that a session talked over, and what was decided about it."""

    petition_id: int
    title: str
    is_private: bool
    decision: str
    worker_id: int
    since: datetime
    resolved_at: datetime | None = None


@dataclass(slots=True)
class Sitting:
    """One session of a community. `minutes_at` is None while none are written, `number` without 期."""

    pk: int
    town: Town
    schedule: DeliberationSchedule
    named_on: date | None
    held_on: date
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    announced_at: datetime
    minutes_at: datetime | None
    headcount: int
    estate: Estate | None = None
    number: int | None = None
    is_cancelled: bool = False
    heard: list[Heard] = field(default_factory=list)

    @property
    def venue(self) -> str:
        """As `session_from` says."""
        place = self.estate.name if self.estate else ""
        return self.schedule.venue or place or self.town.name

    @property
    def title(self) -> str:
        return self.schedule.name if self.number is None else f"{self.schedule.name} 第{self.number}期"

    @property
    def is_quorate(self) -> bool:
        """One in six of those that need several bodies lacks one."""
        return not self.schedule.quorum_bodies or self.pk % 6 != 0


class Diary:
    """All sessions by community, in the order of their days."""

    def __init__(self, towns: Sequence[Town], clock: WorkingClock, at: datetime, heap: Heap) -> None:
        self.clock, self.at, self.heap = clock, at, heap
        self.random = Random(269)  # noqa: S311 - made-up life
        self.sittings: dict[int, list[Sitting]] = {}
        self.places: dict[int, list[Sitting]] = {}
        for town in towns:
            held = sorted(self._year(town), key=lambda one: (one.starts_at, one.pk))
            _number(held)
            self.sittings[town.pk] = held
            self.places[town.pk] = [
                one for one in held if not one.is_cancelled and not one.schedule.quorum_bodies
            ]

    def seat(self, town: Town, after: datetime, words: str) -> Sitting | None:
        """The next session that a matter can be brought to, while it has room and decides nothing twice."""
        known = self.places[town.pk]
        place = bisect_right(known, after, key=lambda one: one.starts_at)
        following = known[place] if place < len(known) else None
        if following is None or following.starts_at > after + SOON or len(following.heard) >= ROOM:
            return None
        return None if any(one.decision == words for one in following.heard) else following

    def _year(self, town: Town) -> Iterator[Sitting]:
        today = self.at.date()
        for schedule in _schedules(town, self.at):
            if schedule.frequency == Frequency.ON_CALL:
                yield from self._called(town, schedule)
                continue
            last = timetable.horizon(schedule, today)
            named = timetable.occurrences(schedule, today - BACK, last, self.clock)
            for n, occurrence in enumerate(named):
                estate = town.estates[n % len(town.estates)] if schedule.rotates else None
                ahead = last - today
                yield self._sitting(town, schedule, occurrence.held_on, ahead, occurrence.named_on, estate)

    def _called(self, town: Town, schedule: DeliberationSchedule) -> Iterator[Sitting]:
        if schedule.kind == SessionKind.STOOL_COUNCIL:
            return  # these begin with notes at a corner
        day = self.at.date() + (town.number % 9 - 4) * DAY
        while day > self.at.date() - BACK:
            estate = town.estates[day.toordinal() % len(town.estates)]
            yield self._sitting(town, schedule, timetable.moved(day, self.clock), CALLED_AHEAD, None, estate)
            day -= CALLED_EVERY

    def _sitting(
        self,
        town: Town,
        schedule: DeliberationSchedule,
        day: date,
        ahead: timedelta,
        named_on: date | None,
        estate: Estate | None,
    ) -> Sitting:
        starts_at = timetable.begins(day, schedule.starts_at)
        ends_at = starts_at + timedelta(minutes=schedule.minutes)
        written = timetable.begins(day + DAY, time(10, 30))
        created = timetable.begins((named_on or day) - ahead, time(0, 20))
        sitting = Sitting(
            pk=self.heap.key(DeliberationSession),
            town=town,
            schedule=schedule,
            named_on=named_on,
            held_on=day,
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=min(created, self.at) if named_on else created + 9 * HOUR,
            announced_at=timetable.begins(day - schedule.notice_days * DAY, timetable.MORNING),
            minutes_at=written if written + HOUR <= self.at else None,
            headcount=self.random.randint(15, 34),
            estate=estate,
        )
        is_past = sitting.minutes_at is not None
        sitting.is_cancelled = is_past and self.random.random() < CANCELLED_SHARE
        return sitting


def _schedules(town: Town, at: datetime) -> list[DeliberationSchedule]:
    """Those that came with the brand, held at home; a weekly one of its own where no day is named."""
    rows = DeliberationSchedule.objects.filter(community=town.pk).select_related("community__place", "estate")
    known = list(rows.order_by("pk"))
    for schedule in known:
        if schedule.venue:
            venue = {"venue": f"{town.name}党群服务站"}
            schedule_save(schedule=schedule, changes=venue, actor=None, at=at - BACK)
    if all(one.frequency == Frequency.ON_CALL for one in known):
        known.append(_own(town, at))
    rows.exclude(frequency=Frequency.ON_CALL).update(planned_on=at.date())
    return known


def _own(town: Town, at: datetime) -> DeliberationSchedule:
    changes = {
        "kind": SessionKind.WEEKLY_COUNCIL,
        "name": OWN_NAMES[town.number % len(OWN_NAMES)],
        "frequency": Frequency.WEEKLY,
        "weekday": town.number % 6,
        "starts_at": OWN_HOURS[town.number % len(OWN_HOURS)],
        "venue": f"{town.name}议事厅",
    }
    own = DeliberationSchedule(community_id=town.pk)
    return schedule_save(schedule=own, changes=changes, actor=None, at=at - BACK)


def _number(held: list[Sitting]) -> None:
    """期 one after the other; a cancelled session has none, and leaves no gap."""
    numbered = [one for one in held if one.schedule.is_numbered and not one.is_cancelled]
    for n, one in enumerate(numbered):
        one.number = one.schedule.first_no + n
