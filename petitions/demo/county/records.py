"""Told lives as rows of every table, written by COPY; clocks of open matters by the rules of deadlines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random
from typing import Any, Final

from community.workflow import Clock, Duration, Gate, Limit, Stage
from core.models import StoredImage
from core.workdays import WorkingClock
from petitions import deadlines, workflow
from petitions.demo.county.copying import Heap, Table
from petitions.demo.county.history import Matter
from petitions.demo.county.lived import OWN_WAY_IN, Judgement, Lived
from petitions.demo.county.pictures import Album
from petitions.demo.county.quarrels import quarrel_rows
from petitions.demo.county.rows import EVALUATION, EVENT, IMAGE, PETITION, REPORTER, WALL, Writer
from petitions.demo.county.talking import supervise_at
from petitions.models import (
    Deliberation,
    Evaluation,
    Origin,
    Petition,
    PetitionEvent,
    PetitionMerger,
    PetitionReporter,
    ReturnVisit,
    WallPost,
)
from petitions.models.reporter import ConsentWay
from petitions.workflow import Event

MODELS: Final = (PetitionMerger, ReturnVisit, Deliberation)
PHOTO_SHARE: Final = 0.3
"""So many of the matters that are done have photos where none is asked for."""
TAKEN_DOWN: Final = "诉求人不满意，正在重办"
NO_CLOCK: Final = ("", Clock.WORKING, 0, 0, None, None, None, 0)


class LifeWriter(Writer):
    """Turns a chunk of told lives into rows."""

    def __init__(self, at: datetime, clock: WorkingClock, album: Album, heap: Heap) -> None:
        super().__init__(at)
        self.clock, self.album, self.heap = clock, album, heap
        self.random = Random(1122)  # noqa: S311 - made-up life
        more = ("spot", "entered_by_id", "origin", "is_approved", "round", "handed_on_to", "clock_used")
        beside = ("due_is_provisional", "mediation", "supervisor_id", "supervise_at")
        self.petitions = Table(Petition, *PETITION, *more, *beside)
        self.reporters = Table(PetitionReporter, *REPORTER, "consent_way", "consent_notice", "words")
        self.events = Table(PetitionEvent, *EVENT, "round", "reporter_id", "session_id")
        self.images = Table(StoredImage, *IMAGE)
        self.evaluations = Table(Evaluation, *EVALUATION, "reminded_at", "comment", "recorded_by_id")
        self.walls = Table(WallPost, *WALL, "taken_down_at", "taken_down_reason")
        self.mergers = Table(PetitionMerger, "petition_id", "into_id", "stage", "merged_at", "merged_by_id")
        visits = ("petition_id", "round", "visited_by_id", "visited_at", "way", "holds", "words")
        self.visits = Table(ReturnVisit, *visits)
        sittings = ("petition_id", "held_on", "venue", "participants", "headcount", "decision")
        self.sittings = Table(
            Deliberation, *sittings, "supervisor_id", "recorded_by_id", "recorded_at", "session_id"
        )

    def write_lives(self, chunk: Sequence[Lived]) -> None:
        """All rows of these matters."""
        self.petitions.write(self._row(m) for m in chunk)
        self.reporters.write(row for m in chunk for row in self._askers(m))
        self.events.write(row for m in chunk for row in _lines(m))
        self.evaluations.write(self._judgement(m, one) for m in chunk for one in m.judgements)
        self.mergers.write(_merger(m) for m in chunk if m.stage == Stage.MERGED)
        self.visits.write(row for m in chunk for row in _visits(m))
        self.sittings.write(row for m in chunk for row in self._sittings(m))
        for m in chunk:
            if m.quarrel is not None:
                quarrel_rows(m, m.quarrel, self.heap, self.at)
        self.heap.write()
        self._photos_and_walls_of(chunk)

    def _row(self, m: Lived) -> tuple[Any, ...]:
        petition = m.running = self._running(m)
        entered = None if m.channel in OWN_WAY_IN or m.fate else m.lines[0].who[0]
        origin = Origin.PROACTIVE if m.is_proactive else Origin.REPORTED
        used, provisional = (petition.clock_used, petition.due_is_provisional) if petition else (0, False)
        more = (m.spot_words, entered, origin, m.is_approved, m.round, m.handed_on_to, used, provisional)
        mediation = m.quarrel.state(self.at) if m.quarrel else ""
        supervisor = m.town.secretary_id if m.supervised_at else None
        return (*self._petition(m), *more, mediation, supervisor, supervise_at(m, self.at))

    def _clock(self, m: Matter) -> tuple[Any, ...]:
        assert isinstance(m, Lived)
        petition = m.running
        if petition is None:
            return NO_CLOCK
        return (
            petition.clock,
            petition.clock_unit,
            petition.clock_minutes,
            petition.clock_serial,
            petition.clock_from,
            petition.due_at,
            None if m.is_spam else petition.sweep_at,
            petition.sweep_step,
        )

    def _running(self, m: Lived) -> Petition | None:
        """The clock of an open or merged matter, as if every reminder so far had been sent."""
        if m.stage in workflow.CLOSED and m.stage != Stage.MERGED:
            return None
        petition, running = Petition(), None
        for line in m.lines:
            limit = workflow.limit_at(m.profile, line.stage, m.severity)
            if line.event == Event.REOPENED:
                running = None
            if limit is None or limit == running:
                continue
            running = limit
            duration: Duration = m.profile.limits[limit]
            deadlines.clock_start(petition, Limit(limit), duration, at=line.at, clock=self.clock)
        reached = deadlines.steps_reached(petition, self.at, self.clock)
        deadlines.sweep_advance(petition, len(reached), self.clock)
        if m.stage == Stage.MERGED and m.closed_at is not None:
            deadlines.clock_hold(petition, at=m.closed_at, clock=self.clock)
        return petition

    def _askers(self, m: Lived) -> Iterator[tuple[Any, ...]]:
        own = m.channel in OWN_WAY_IN
        for n, asker in enumerate(m.askers):
            way = ConsentWay.FORM if own or n else ConsentWay.VOICE
            if m.is_proactive and n == 0:
                way = ConsentWay.NONE
            agreed = asker.joined_at if way == ConsentWay.FORM else None
            yield (
                *(asker.pk, m.pk, asker.key, n == 0, asker.user_id, asker.name, asker.phone),
                *(agreed, asker.joined_at, way, m.town.notice if agreed else "", asker.words),
            )

    def _judgement(self, m: Lived, one: Judgement) -> tuple[Any, ...]:
        halfway = one.invited_at + (one.closes_at - one.invited_at) / 2
        settled = one.answered_at or one.closed_at
        reminded = halfway if one.asker.is_reachable and halfway <= (settled or self.at) else None
        sweep_at = None
        if settled is None:
            sweep_at = halfway if one.asker.is_reachable and reminded is None else one.closes_at
        return (
            *(m.pk, one.asker.pk, one.round, one.invited_at, one.closes_at, sweep_at, one.is_satisfied),
            *(one.answered_at, one.closed_at, reminded, one.comment, one.recorded_by),
        )

    def _sittings(self, m: Lived) -> Iterator[tuple[Any, ...]]:
        town = m.town
        for held_on, decision, at, session in m.sittings:
            if session is not None:
                place = (m.pk, held_on, session.venue, session.title, session.headcount, decision)
                yield *place, town.secretary_id, town.clerk_id, at, session.pk
                continue
            supervisor = town.secretary_id if m.supervised_at else None
            people = "居民代表、物业、社区干部"
            place = (m.pk, held_on, f"{town.name}议事厅", people, self.random.randint(5, 24), decision)
            yield *place, supervisor, town.secretary_id, at, None

    def _photos_and_walls_of(self, chunk: Sequence[Lived]) -> None:
        images, photos, walls = [], [], []
        for m in chunk:
            pair: list[int | None] = [None, None]
            for n, kind in enumerate(self._kinds(m)):
                pk = pair[n] = self.photo
                self.photo += 1
                at = m.filed_at if kind == "before" else m.resolved_at or m.filed_at
                row = self.album.photo(m.case.picture, after=kind == "after", at=at, random=self.random)
                images.append(row)
                photos.append((pk, m.pk, row[0], kind, m.published_at is not None, at))
            walls += [self._on_wall(m, shown, taken, *pair) for shown, taken in m.walls]
        self.images.write(images)
        self.photos.write(photos)
        self.walls.write(walls)

    def _kinds(self, m: Lived) -> tuple[str, ...]:
        """Photos before and after, where the wall asks for them or somebody took some."""
        asked = bool(m.walls) and m.profile.has(Gate.TEXT_AND_PHOTO_TO_PUBLISH)
        if not (asked or self.random.random() < PHOTO_SHARE):
            return ()
        return ("before", "after") if m.fed_back_at is not None else ("before",)

    def _on_wall(
        self, m: Lived, shown: datetime, taken: datetime | None, before: int | None, after: int | None
    ) -> tuple[Any, ...]:
        words = (m.title, m.case.question, m.case.answer, m.spot.name, m.topic)
        down = (taken, TAKEN_DOWN if taken else "")
        return (m.pk, m.town.pk, *words, before, after, shown, m.town.clerk_id, *down)


def _lines(m: Lived) -> Iterator[tuple[Any, ...]]:
    for line in m.lines:
        yield (
            *(m.pk, line.at, line.event, line.stage, *line.who, line.audience, line.note),
            *(line.round, line.reporter_id, line.session_id),
        )


def _merger(m: Lived) -> tuple[Any, ...]:
    return m.pk, m.merged_into, m.lines[-2].stage, m.closed_at, m.town.clerk_id


def _visits(m: Lived) -> Iterator[tuple[Any, ...]]:
    for round_, by, at, words in m.visits:
        yield m.pk, round_, by, at, "at_home" if m.pk % 3 else "phone", True, words
