"""The stage on which the demo plays: towns, one clock for all, and the order in which things happen."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import count
from random import Random
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile

from core import uploads
from core.models import StoredImage, User
from core.workdays import ZONE, WorkingClock
from petitions.actions import looking_after, neglect, sweeping
from petitions.demo.scenes import VARIANTS, picture
from petitions.demo.town import Town

Story = Iterator[datetime]
HOUR: Final = timedelta(hours=1)
TUESDAY: Final = 1
WEDNESDAY: Final = 2
EARLIEST: Final = 7
LATEST: Final = 21


class World:
    """Everything that the matters share. One seed makes the same demo."""

    def __init__(self, towns: list[Town], people: Iterable[User], random: Random, *, now: datetime) -> None:
        self.towns = {town.slug: town for town in towns}
        self.people = {user.pk: user for user in people}
        self.random, self.now = random, now
        self._waiting: list[tuple[datetime, int, Story]] = []
        self._order = count()
        self._variants = count()

    def key(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def photo(self, scene: str, *, after: bool, at: datetime) -> StoredImage:
        """A drawn picture, through the same door as a resident's photo."""
        drawn = picture(scene, after=after, variant=next(self._variants) // 2 % VARIANTS)
        return uploads.image_store(file=ContentFile(drawn, name=f"{scene}.jpg"), by=None, at=at)

    def add(self, story: Story) -> None:
        """Let a story wait for its next moment."""
        at = next(story, None)
        if at is not None and at <= self.now:
            heapq.heappush(self._waiting, (at, next(self._order), story))

    def play(self) -> None:
        """Let everything happen in the order of time, up to now."""
        while self._waiting:
            self.add(heapq.heappop(self._waiting)[2])

    def days(self, since: datetime) -> Story:
        """What the beat did over the years: reminders, closed windows, loops that ended."""
        day = since.replace(hour=9, minute=0)
        while True:
            day += timedelta(days=1)
            yield min(day, self.now)
            at = min(day, self.now)
            sweeping.petitions_sweep(at=at)
            sweeping.evaluations_sweep(at=at)
            sweeping.petitions_settle_overdue(at=at)
            neglect.neglect_sweep(at=at)
            looking_after.supervisors_remind(at=at)
            if day >= self.now:
                return


def back(clock: WorkingClock, end: datetime, minutes: int) -> datetime:
    """The latest full hour from which there are at least `minutes` of office time until `end`."""
    start = end.astimezone(ZONE).replace(minute=5, second=0, microsecond=0)
    while clock.minutes_between(start, end) < minutes:
        start -= HOUR
    return start


def weekday_at(start: datetime, weekday: int, hour: int, minute: int) -> datetime:
    """The first such weekday after `start`, at this time of day."""
    local = start.astimezone(ZONE)
    day = local.date() + timedelta(days=(weekday - local.weekday() - 1) % 7 + 1)
    return datetime.combine(day, time(hour, minute), ZONE)


def daytime(moment: datetime) -> datetime:
    """The moment itself, or the next hour at which people take up their phone."""
    local = moment.astimezone(ZONE)
    if local.hour > LATEST:
        local += timedelta(days=1)
    return local if EARLIEST <= local.hour <= LATEST else local.replace(hour=EARLIEST)
