"""The county of the demo, from an empty portal to its figures: one transaction, so all or nothing."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from community.clocks import clock_of
from community.models import Community
from core.actions.sealing import audit_seal
from core.errors import ConflictError
from core.models import User
from core.workdays import WorkingClock
from petitions.actions.figures import figures_recount
from petitions.demo.county import (
    cared,
    dangers,
    field,
    folk,
    petitions,
    pictures,
    places,
    quarrels,
    records,
    staff,
    together,
    traces,
    trail,
    words,
)
from petitions.demo.county.copying import Heap, analyze, bulk_load, next_id, vacuum
from petitions.demo.county.diary import Diary
from petitions.demo.county.history import YEARS
from petitions.demo.county.life import Teller
from petitions.demo.county.matters import Drawing
from petitions.demo.county.scale import Scale
from petitions.demo.plan import INVENTED
from petitions.models import Petition, PetitionReporter

MODELS: Final = (
    *(*places.MODELS, *staff.MODELS, *folk.MODELS, *petitions.MODELS),
    *(*records.MODELS, *together.MODELS, *trail.MODELS, *field.MODELS, *dangers.MODELS, *cared.MODELS),
)
CHUNK: Final = 5000
KEPT_MONTHS: Final = 120
"""Closed matters keep their words as long as may be, or the first night would take those of a year."""
CHINA: Final = dt.timezone(timedelta(hours=8))
"""Written a million times, a fixed offset is several times as quick as a zone."""
WHOLE: Final = "Stopped. The county is whole; the worker makes the seals, the database its statistics."
RECEIPTS: Final = timedelta(days=30)
STEPS: Final = (
    *("places and grids", "people and households", "pictures", "matters with their history"),
    *("sessions, polls and projects", "patrols and visits of a year", "hazards"),
    *("marks, care, errands and campaigns", "audit trail"),
    *("search words", "index of words", "other indexes", "figures", "seals and statistics"),
)
MAY_LOAD: Final = (
    "SELECT rolsuper OR has_parameter_privilege('session_replication_role', 'SET') FROM pg_roles"
)
TOLD_EVERY: Final = 10.0
"""Seconds between two lines of one step."""


class Progress:
    """Says which step of how many, how much of it, and after how many seconds."""

    def __init__(self, say: Callable[[str], None], heed: Callable[[], None]) -> None:
        self.say, self.heed = say, heed
        self.started, self.step, self.told = time.monotonic(), 0, 0.0

    def next(self) -> None:
        self.heed()
        self.step, self.told = self.step + 1, time.monotonic()
        self._line("")

    def of(self, done: int, total: int) -> None:
        """Heard often, told now and then, and at the end."""
        self.heed()
        if done == total or time.monotonic() - self.told > TOLD_EVERY:
            self.told = time.monotonic()
            self._line(f"  {done:,} of {total:,}")

    def _line(self, part: str) -> None:
        seconds = time.monotonic() - self.started
        self.say(f"{seconds:6.0f} s  {self.step} of {len(STEPS)}  {STEPS[self.step - 1]}{part}")


def county_build(
    scale: Scale, *, at: datetime, say: Callable[[str], None], heed: Callable[[], None] = lambda: None
) -> None:
    """Fill an empty portal with a county up to `at`. Stopped anywhere before the end, it leaves nothing.

    `heed` is asked along the way, and raises where somebody wants it stopped.

    Raises:
        ConflictError: the portal is not empty, or its database role may not load in bulk.
    """
    progress = Progress(say, heed)
    _require_room()
    try:
        _build(scale, at, progress)
    except BaseException:
        pictures.album_clear()
        raise
    _settle(progress)


@transaction.atomic
def _build(scale: Scale, at: datetime, progress: Progress) -> None:
    with bulk_load(MODELS, progress.of):
        _fill(scale, at.astimezone(CHINA), progress)
        analyze()
        progress.next()
        words.fill_within(progress.of)
        progress.next()
        words.index_within()
        progress.next()
    analyze()
    progress.next()
    figures_recount(at=at)


def _settle(progress: Progress) -> None:
    """Seals and statistics; whoever stops here has a whole county already."""
    log = logging.getLogger(audit_seal.__module__)
    before = log.level
    log.setLevel(logging.WARNING)  # a thousand seals, a line each
    try:
        progress.next()
        audit_seal(at=timezone.now())
        if not connection.in_atomic_block:
            vacuum()
    except KeyboardInterrupt:
        progress.say(WHOLE)
    finally:
        log.setLevel(before)


def _fill(scale: Scale, at: datetime, progress: Progress) -> None:
    since = (at - YEARS).replace(hour=8, minute=0, second=0, microsecond=0)
    progress.next()
    county = places.fill(scale, since, introduction=INVENTED, keep_matters_months=KEPT_MONTHS)
    progress.next()
    people = folk.fill(county, scale, since)
    folk.facts_record(county, scale, at)
    progress.next()
    album = pictures.Album(since, scale.pictures)
    progress.next()
    clock = clock_of(Community.objects.get(pk=county.towns[0].pk))
    diary = Diary(county.towns, clock, at, Heap())
    beside = together.Together(county, people, diary, album)
    _matters(Drawing(county, people, scale.petitions, at), beside, clock, progress)
    progress.next()
    beside.write(progress.of)
    together.guide_fill(county, at)
    progress.next()
    field.fill(county, since, at, progress.of)
    progress.next()
    dangers.fill(county, album, diary.heap, at, progress.of)
    album.close()
    progress.next()
    cared.fill(at)
    progress.next()
    trail.fill(at - RECEIPTS)
    traces.fill()


def _matters(drawing: Drawing, beside: together.Together, clock: WorkingClock, progress: Progress) -> None:
    """Every matter with its history, a chunk after the other."""
    teams = quarrels.teams_make(drawing.county.towns, beside.heap)
    teller = Teller(drawing, clock, beside.diary, teams)
    writer = records.LifeWriter(drawing.at, clock, beside.album, beside.heap)
    first, end, asker = next_id(Petition), drawing.count, next_id(PetitionReporter)
    for start in range(first, first + end, CHUNK):
        chunk = drawing.chunk(start, min(start + CHUNK, first + end), first, asker)
        for matter in chunk:
            teller.tell(matter)
            beside.matters.note(matter)
        writer.write_lives(chunk)
        asker += sum(len(matter.askers) for matter in chunk)
        progress.of(start + len(chunk) - first, end)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('petitions_number', %s)", [first + end])


def _require_room() -> None:
    """Refuse politely what would fail later."""
    if Community.objects.exists() or User.objects.exists() or Petition.objects.exists():
        raise ConflictError("The county needs an empty portal, and this one holds data. Nothing was changed.")
    with connection.cursor() as cursor:
        cursor.execute(f"{MAY_LOAD} WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise ConflictError(
                "The database role may not load in bulk. As a superuser of the database: "
                "GRANT SET ON PARAMETER session_replication_role TO <the role>. Nothing was changed."
            )
