"""Petitions with everything that hangs on them, filed evenly over four years; three in a hundred are open.

Drawn from one seeded source, written in chunks, so that memory stays flat and a run can be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from bench.generate.community import County, Spot, Town
from bench.generate.copying import Table, next_id
from community.duties import Duty
from community.workflow import Channel, Clock, Mode, Severity, Stage, Topic
from core.models import StoredImage
from petitions import workflow
from petitions.models import Evaluation, Petition, PetitionEvent, PetitionPhoto, PetitionReporter, WallPost
from petitions.workflow import Audience, Event

MODELS = [Petition, PetitionReporter, PetitionEvent, PetitionPhoto, Evaluation, WallPost, StoredImage]
CHUNK = 10_000
YEARS = timedelta(days=4 * 365)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
SUNRISE = timedelta(hours=7)
TEXTS = (
    "三单元楼道灯坏了两周,晚上老人上下楼看不清,请尽快派人来修。",
    "楼下垃圾桶满了三天没人清运,天热味道很大,希望每天清一次。",
    "电动车在楼道里充电,很危险,希望装几个充电桩,大家方便又安全。",
    "小区门口路面坑洼,一下雨就积水,接送孩子的老人容易滑倒。",
    "顶楼漏水,找了物业几次都说在排队,家里墙皮已经掉了一大片。",
    "楼上装修早上六点就开始,周末也不停,影响家里老人和孩子休息。",
    "停车位划线看不清了,消防通道被占,请重新划线并管理。",
    "电梯经常停在两层之间,物业说等配件,已经一个月了,出入很不方便。",
)
TITLES = (
    "楼道灯不亮",
    "垃圾清运不及时",
    "电动车充电难",
    "路面积水",
    "屋顶漏水",
    "装修噪音",
    "停车乱",
    "电梯故障",
)
TOPICS = ("lamp", "waste", "e_bike_charging", "road", "leak", "noise", "parking", "lift")
CHANNELS, CHANNEL_WEIGHTS = zip(
    *{
        Channel.WEB_FORM: 45,
        Channel.QR_CODE: 18,
        Channel.HOTLINE: 12,
        Channel.CHAT_GROUP: 12,
        Channel.PATROL: 10,
        Channel.SUGGESTION_BOX: 2,
        Channel.STATION: 1,
    }.items(),
    strict=True,
)
OUTCOME = "已派人到现场处理,更换了损坏的部件,并与居民一起验收。"
STAGE_WEIGHTS = {
    Stage.RECEIVED: 12,
    Stage.TRIAGED: 14,
    Stage.DELIBERATING: 4,
    Stage.DISPATCHED: 5,
    Stage.ACCEPTED: 3,
    Stage.IN_PROGRESS: 34,
    Stage.RESOLVED: 8,
    Stage.FED_BACK: 7,
    Stage.PUBLISHED: 12,
    Stage.FOLLOWED_UP: 3,
    Stage.EVALUATED: 2,
}
OPEN_SHARE = ((3, 0.98), (10, 0.85), (20, 0.75), (40, 0.5), (90, 0.2))
"""Up to so many days after filing, this share is still open; later `LATE_SHARE`."""
LATE_SHARE = 0.005
ENDS = (Stage.ARCHIVED,) * 90 + (Stage.RETURNED,) * 5 + (Stage.WITHDRAWN,) * 3 + (Stage.MERGED,) * 2
SEVERITIES = (Severity.BLUE,) * 75 + (Severity.YELLOW,) * 20 + (Severity.RED,) * 5
STEPS = (
    (Event.FILED, Stage.RECEIVED),
    (Event.TRIAGED, Stage.TRIAGED),
    (Event.CLAIMED, Stage.IN_PROGRESS),
    (Event.RESOLVED, Stage.RESOLVED),
    (Event.FED_BACK, Stage.FED_BACK),
    (Event.PUBLISHED, Stage.PUBLISHED),
    (Event.ARCHIVED, Stage.ARCHIVED),
)
"""The lines of a history, as far as the matter has come; side states end with a line of their own."""
END_EVENTS = {
    Stage.RETURNED: Event.RETURNED,
    Stage.WITHDRAWN: Event.WITHDRAWN,
    Stage.MERGED: Event.MERGED,
}


@dataclass(slots=True)
class Matter:
    """One petition while its rows are written."""

    pk: int
    town: Town
    spot: Spot
    kind: int
    topic: str
    channel: str
    stage: Stage
    severity: str
    is_private: bool
    is_spam: bool
    filed_at: datetime
    ended_at: datetime
    reporters: int = 1
    satisfied: int = 0
    dissatisfied: int = 0
    has_photos: bool = False
    merged_into: int | None = None

    @property
    def is_open(self) -> bool:
        return self.stage in workflow.OPEN

    @property
    def reached(self) -> int:
        """How far along the loop it stands; a side state has got no further than 理事."""
        return workflow.POSITION.get(self.stage, 0)

    def after(self, share: float) -> datetime:
        return self.filed_at + (self.ended_at - self.filed_at) * share


def fill(county: County, count: int, at: datetime) -> None:
    """`count` petitions, most of them archived, with history, reporters, judgements and wall posts."""
    history = History(county, count, at)
    _write_chunks(history.draw, count, Writer(at))


def fill_open(county: County, count: int, at: datetime) -> None:
    """`count` petitions, all open: nine in ten in 办事 with a running clock, the rest wait to be judged."""
    history = History(county, count, at)
    _write_chunks(history.draw_open, count, Writer(at, brief=True))


def _write_chunks(draw: Any, count: int, writer: Writer) -> None:
    for start in range(1, count + 1, CHUNK):
        writer.write([draw(n) for n in range(start, min(start + CHUNK, count + 1))])
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('petitions_number', %s)", [count])


class History:
    """Draws matters in the order of their filing."""

    def __init__(self, county: County, count: int, at: datetime) -> None:
        self.county, self.count, self.at = county, count, at
        self.random = Random(20261122)
        self.latest: dict[int, int] = {}
        towns = county.towns
        self.town_weights = list(accumulate(3 if n % 10 == 0 else 1 for n in range(len(towns))))
        self.stages = {
            town.pk: [
                (stage, weight)
                for stage, weight in STAGE_WEIGHTS.items()
                if town.profile.mode(stage) not in {Mode.OFF, Mode.AUTO}
            ]
            for town in towns
        }

    def _begin(self, n: int) -> Matter:
        random = self.random
        filed_at = self.at - YEARS * (1 - (n - 0.5) / self.count)
        town = random.choices(self.county.towns, cum_weights=self.town_weights)[0]
        return Matter(
            pk=n,
            town=town,
            spot=random.choice(town.spots),
            kind=(kind := random.randrange(len(TEXTS))),
            topic=TOPICS[kind] if random.random() < 0.7 else random.choice(Topic.values),
            channel=random.choices(CHANNELS, CHANNEL_WEIGHTS)[0],
            stage=Stage.IN_PROGRESS,
            severity=random.choice(SEVERITIES),
            is_private=random.random() < 0.1,
            is_spam=random.random() < 0.01,
            filed_at=filed_at,
            ended_at=min(self.at, filed_at + DAY * random.uniform(2, 25)),
        )

    def draw_open(self, n: int) -> Matter:
        matter = self._begin(n)
        if n % 10 == 0:
            shown = matter.town.profile.mode(Stage.PUBLISHED) != Mode.OFF and not matter.is_private
            matter.stage = Stage.PUBLISHED if shown else Stage.FED_BACK
        matter.is_spam, matter.ended_at = False, self.at
        return matter

    def draw(self, n: int) -> Matter:
        """The n-th petition of the county."""
        random, matter = self.random, self._begin(n)
        matter.reporters = 1 if random.random() < 0.9 else random.randint(2, 4)
        matter.has_photos = random.random() < 0.03
        if random.random() < self._open_share(matter):
            stages = self.stages[matter.town.pk]
            names, weights = zip(*stages, strict=True)
            matter.stage = random.choices(names, weights)[0]
            matter.ended_at = self.at
        else:
            matter.stage = random.choice(ENDS)
        if matter.is_private and matter.stage == Stage.PUBLISHED:
            matter.stage = Stage.FED_BACK
        if matter.stage == Stage.MERGED:
            matter.merged_into = self.latest.get(matter.town.pk)
            matter.stage = Stage.MERGED if matter.merged_into else Stage.WITHDRAWN
        if matter.stage not in {Stage.MERGED, Stage.RETURNED, Stage.WITHDRAWN}:
            self.latest[matter.town.pk] = n
        if matter.stage == Stage.RECEIVED or matter.stage in workflow.SIDE:
            matter.severity = ""
        return matter

    def _open_share(self, matter: Matter) -> float:
        days = (self.at - matter.filed_at) / DAY
        return next((share for limit, share in OPEN_SHARE if days < limit), LATE_SHARE)


class Writer:
    """Turns a chunk of matters into rows of every table."""

    def __init__(self, at: datetime, *, brief: bool = False) -> None:
        self.at, self.brief = at, brief
        self.random = Random(1122)
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
        town, patch, stage = m.town, m.spot.patch, m.stage
        category, canonical = town.categories[m.kind % len(town.categories)] if m.severity else (None, "")
        handled = m.severity and stage != Stage.TRIAGED
        answered = m.reached >= workflow.POSITION[Stage.FED_BACK]
        resolved = m.reached >= workflow.POSITION[Stage.RESOLVED]
        closed = stage in workflow.CLOSED
        return (
            m.pk,
            f"{m.filed_at:%Y%m%d}-{m.pk:04d}",
            UUID(int=m.pk),
            town.pk,
            m.spot.place_id,
            m.spot.path,
            patch.place_id,
            patch.path,
            m.channel,
            TEXTS[m.kind],
            m.is_private,
            m.topic,
            category,
            canonical,
            TITLES[m.kind] if m.severity else "",
            stage,
            m.severity,
            *((1, 1, 1) if m.severity else (None, None, None)),
            "self_help" if m.severity else "",
            Duty.GRID_WORKER if m.severity else Duty.DISPATCHER,
            patch.worker_id if m.severity else None,
            *self._clock(m),
            m.filed_at + 9 * DAY,
            m.reporters,
            m.satisfied,
            m.dissatisfied,
            OUTCOME if resolved else "",
            m.merged_into,
            m.filed_at,
            m.after(0.1) if m.severity else None,
            m.after(0.2) if handled else None,
            m.after(0.7) if resolved else None,
            patch.worker_id if resolved else None,
            m.after(0.8) if answered else None,
            m.after(0.9) if _is_published(m) else None,
            m.ended_at if closed else None,
            m.ended_at,
            m.filed_at + HOUR if m.is_spam else None,
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
        filed = (m.pk, m.filed_at, Event.FILED, Stage.RECEIVED, None, "", "", Audience.PUBLIC, "")
        rows = [filed]
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
            if event != Event.PUBLISHED or _is_published(m):
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
                photos.append((pk, m.pk, image, kind, _is_published(m), m.filed_at))
            if _is_published(m):
                walls.append(self._wall(m, *pair))
        self.images.write(images)
        self.photos.write(photos)
        self.walls.write(walls)

    def _wall(self, m: Matter, before: int | None, after: int | None) -> tuple[Any, ...]:
        words = (TITLES[m.kind], TEXTS[m.kind], OUTCOME, m.spot.name, m.topic)
        return (m.pk, m.town.pk, *words, before, after, m.after(0.9), m.town.secretary_id)


def _is_published(m: Matter) -> bool:
    """On the echo wall: where the community has one, everything that was answered and is not private."""
    if m.is_private or m.is_spam or m.town.profile.mode(Stage.PUBLISHED) == Mode.OFF:
        return False
    return m.stage != Stage.FED_BACK and m.reached >= workflow.POSITION[Stage.PUBLISHED]


PETITION = (
    *("id", "number", "filing_key", "community_id", "place_id", "place_path", "grid_id", "grid_path"),
    *("channel", "text", "is_private", "topic", "category_id", "canonical_category", "public_title"),
    *("stage", "severity", "scale", "difficulty", "social_impact", "route", "tier", "assignee_id"),
    *("clock", "clock_unit", "clock_minutes", "clock_serial", "clock_from", "due_at", "sweep_at"),
    "sweep_step",
    *("promise_at", "reporters_count", "satisfied_count", "dissatisfied_count", "outcome", "merged_into_id"),
    *("filed_at", "triaged_at", "claimed_at", "resolved_at", "resolved_by_id", "fed_back_at"),
    *("published_at", "closed_at", "changed_at", "spam_marked_at"),
)
REPORTER = (
    *(
        "id",
        "petition_id",
        "joining_key",
        "is_first",
        "user_id",
        "name",
        "phone",
        "consented_at",
        "joined_at",
    ),
)
EVENT = (*("petition_id", "at", "event", "stage", "actor_id", "duty", "post_place", "audience", "note"),)
IMAGE = ("id", "file", "thumbnail", "sha256", "created_at", "width", "height", "size_bytes")
EVALUATION = (
    *("petition_id", "reporter_id", "round", "invited_at", "closes_at", "sweep_at", "is_satisfied"),
    *("answered_at", "closed_at"),
)
WALL = (
    *("petition_id", "community_id", "title", "question", "answer", "place_name", "topic"),
    *("before_id", "after_id", "published_at", "published_by_id"),
)
