"""Drawn matters of a plain county as rows of every table, written by COPY."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from community.duties import Duty
from community.workflow import Clock, Stage
from core.models import StoredImage
from petitions import workflow
from petitions.demo.county.copying import Table, next_id
from petitions.demo.county.history import DAY, OUTCOME, Matter
from petitions.models import Evaluation, Petition, PetitionEvent, PetitionPhoto, PetitionReporter, WallPost
from petitions.workflow import Audience, Event

STEPS: Final = (
    (Event.FILED, Stage.RECEIVED),
    (Event.TRIAGED, Stage.TRIAGED),
    (Event.CLAIMED, Stage.IN_PROGRESS),
    (Event.RESOLVED, Stage.RESOLVED),
    (Event.FED_BACK, Stage.FED_BACK),
    (Event.PUBLISHED, Stage.PUBLISHED),
    (Event.ARCHIVED, Stage.ARCHIVED),
)
"""The lines of a history, as far as the matter has come; side states end with a line of their own."""
END_EVENTS: Final = {
    Stage.RETURNED: Event.RETURNED,
    Stage.WITHDRAWN: Event.WITHDRAWN,
    Stage.MERGED: Event.MERGED,
}
PETITION: Final = (
    *("id", "number", "filing_key", "community_id", "place_id", "place_path", "grid_id", "grid_path"),
    *("channel", "text", "is_private", "topic", "category_id", "canonical_category", "public_title"),
    *("stage", "severity", "scale", "difficulty", "social_impact", "route", "tier", "assignee_id"),
    *("clock", "clock_unit", "clock_minutes", "clock_serial", "clock_from", "due_at", "sweep_at"),
    "sweep_step",
    *("promise_at", "reporters_count", "satisfied_count", "dissatisfied_count", "outcome", "merged_into_id"),
    *("filed_at", "triaged_at", "claimed_at", "resolved_at", "resolved_by_id", "fed_back_at"),
    *("published_at", "closed_at", "changed_at", "spam_marked_at"),
)
REPORTER: Final = (
    *("id", "petition_id", "joining_key", "is_first", "user_id", "name", "phone", "consented_at"),
    "joined_at",
)
EVENT: Final = ("petition_id", "at", "event", "stage", "actor_id", "duty", "post_place", "audience", "note")
IMAGE: Final = ("id", "file", "thumbnail", "sha256", "created_at", "width", "height", "size_bytes")
EVALUATION: Final = (
    *("petition_id", "reporter_id", "round", "invited_at", "closes_at", "sweep_at", "is_satisfied"),
    *("answered_at", "closed_at"),
)
WALL: Final = (
    *("petition_id", "community_id", "title", "question", "answer", "place_name", "topic"),
    *("before_id", "after_id", "published_at", "published_by_id"),
)


class Writer:
    """Turns a chunk of matters into rows of every table."""

    def __init__(self, at: datetime, *, brief: bool = False) -> None:
        self.at, self.brief = at, brief
        self.random = Random(1122)  # noqa: S311
        self.reporter = next_id(PetitionReporter)
        self.photo = next_id(PetitionPhoto)
        self.petitions = Table(Petition, *PETITION)
        self.reporters = Table(PetitionReporter, *REPORTER)
        self.events = Table(PetitionEvent, *EVENT)
        self.images = Table(StoredImage, *IMAGE)
        self.photos = Table(PetitionPhoto, "id", "petition_id", "image_id", "kind", "is_public", "added_at")
        self.evaluations = Table(Evaluation, *EVALUATION)
        self.walls = Table(WallPost, *WALL)

    def write(self, chunk: Sequence[Matter]) -> None:
        """All rows of these matters. Judgements come first: they count into the petition's row."""
        reporters, evaluations = [], []
        for matter in chunk:
            mine = self._reporters(matter)
            reporters += mine
            evaluations += self._evaluations(matter, [row[0] for row in mine])
        self.petitions.write(self._petition(matter) for matter in chunk)
        self.reporters.write(reporters)
        self.evaluations.write(evaluations)
        if not self.brief:
            self.events.write(row for matter in chunk for row in self._events(matter))
            self._photos_and_walls(chunk)

    def _petition(self, m: Matter) -> tuple[Any, ...]:
        return (
            m.pk,
            m.number,
            m.filing_key,
            m.town.pk,
            m.spot.place_id,
            m.spot.path,
            m.spot.patch.place_id,
            m.spot.patch.path,
            m.channel,
            m.text,
            m.is_private,
            m.topic,
            *m.category,
            m.title if m.severity else "",
            m.stage,
            m.severity,
            *m.grade,
            m.route,
            m.tier,
            m.assignee_id,
            *self._clock(m),
            m.promise_at,
            m.reporters,
            m.satisfied,
            m.dissatisfied,
            m.outcome,
            m.merged_into,
            m.filed_at,
            m.triaged_at,
            m.claimed_at,
            m.resolved_at,
            m.resolved_by,
            m.fed_back_at,
            m.published_at,
            m.closed_at,
            m.ended_at,
            m.spam_marked_at,
        )

    def _clock(self, m: Matter) -> tuple[Any, ...]:
        """The running clock: most of it lies ahead, some of it is overdue."""
        limit = workflow.limit_at(m.town.profile, m.stage, m.severity)
        if limit is None:
            return ("", Clock.WORKING, 0, 0, None, None, None, 0)
        duration = m.town.profile.limits[limit]
        share = self.random.uniform(-0.1, 1.0)
        length = timedelta(minutes=duration.minutes * (3.4 if duration.clock == Clock.WORKING else 1))
        due = self.at + length * share
        ahead = self.at + (due - self.at) * self.random.uniform(0.3, 1) if due > self.at else None
        late = None if self.random.random() < 0.5 else self.at + DAY * self.random.uniform(0.1, 3)
        sweep_at = None if m.is_spam or not workflow.NUDGES[limit] else ahead or late
        return (limit, duration.clock, duration.minutes, 1, due - length, due, sweep_at, 1)

    def _reporters(self, m: Matter) -> list[tuple[Any, ...]]:
        rows = []
        for n in range(m.reporters):
            pk = self.reporter
            self.reporter += 1
            known = self.random.random()
            user = self.random.choice(m.town.residents) if known < 0.04 and n == 0 else None
            phone = f"138{pk % 100_000_000:08d}" if known < 0.85 else ""
            rows.append(
                (pk, m.pk, UUID(int=pk), n == 0, user, "林阿姨", phone, m.filed_at, m.after(0.05 * n))
            )
        return rows

    def _events(self, m: Matter) -> list[tuple[Any, ...]]:
        begun = (m.pk, m.filed_at, Event.FILED, Stage.RECEIVED)
        rows: list[tuple[Any, ...]] = [(*begun, None, "", "", Audience.PUBLIC, "")]
        if m.stage in END_EVENTS:
            post = (m.town.clerk_id, Duty.CLERK, "社区")
            if m.stage != Stage.WITHDRAWN:
                rows.append(
                    (m.pk, m.after(0.5), Event.PROGRESSED, Stage.RECEIVED, *post, Audience.STAFF, "已联系。")
                )
            end = (m.pk, m.ended_at, END_EVENTS[m.stage], m.stage)
            return [*rows, (*end, *post, Audience.REPORTER, "不属于本社区事项。")]
        worker = (m.spot.patch.worker_id, Duty.GRID_WORKER, "网格")
        for n, (event, stage) in enumerate(STEPS[1:], start=1):
            if workflow.POSITION[stage] > m.reached:
                break
            if event != Event.PUBLISHED or m.is_published:
                note = OUTCOME if event in {Event.RESOLVED, Event.FED_BACK} else ""
                rows.append((m.pk, m.after(n / 6), event, stage, *worker, Audience.PUBLIC, note))
        return rows

    def _evaluations(self, m: Matter, reporters: Sequence[int]) -> list[tuple[Any, ...]]:
        if m.stage != Stage.ARCHIVED and (not m.is_open or m.reached < workflow.POSITION[Stage.FED_BACK]):
            return []
        rows, invited = [], m.after(0.85)
        closes = invited + 14 * DAY
        for pk in reporters:
            luck = self.random.random()
            answer = None if luck > 0.4 else luck > 0.06
            m.satisfied += answer is True
            m.dissatisfied += answer is False
            answered = m.after(0.95) if answer is not None else None
            over = answer is None and not m.is_open
            sweep_at = self.at + DAY * (1 + luck) if answer is None and m.is_open else None
            rows.append(
                (m.pk, pk, 1, invited, closes, sweep_at, answer, answered, m.ended_at if over else None)
            )
        return rows

    def _photos_and_walls(self, chunk: Sequence[Matter]) -> None:
        images, photos, walls = [], [], []
        for m in chunk:
            pair: list[int | None] = [None, None]
            for n, kind in enumerate(("before", "after") if m.has_photos else ()):
                pk = pair[n] = self.photo
                self.photo += 1
                image = UUID(int=pk)
                files = (f"images/{image}.jpg", f"thumbs/{image}.jpg", "0" * 64)
                images.append((image, *files, m.filed_at, 1600, 1200, 300_000))
                photos.append((pk, m.pk, image, kind, m.is_published, m.filed_at))
            if m.is_published:
                walls.append(self._wall(m, *pair))
        self.images.write(images)
        self.photos.write(photos)
        self.walls.write(walls)

    def _wall(self, m: Matter, before: int | None, after: int | None) -> tuple[Any, ...]:
        words = (m.title, m.text, m.outcome, m.spot.name, m.topic)
        return (m.pk, m.town.pk, *words, before, after, m.after(0.9), m.town.secretary_id)
