"""Matters of a plain county as they are drawn, one after the other, from one seeded source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final
from uuid import UUID

from community.duties import Duty
from community.workflow import Channel, Mode, Severity, Stage, Topic
from petitions import workflow
from petitions.demo.county.places import County, Spot, Town

YEARS: Final = timedelta(days=4 * 365)
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
TEXTS: Final = (
    "三单元楼道灯坏了两周，晚上老人上下楼看不清，请尽快派人来修。",
    "楼下垃圾桶满了三天没人清运，天热味道很大，希望每天清一次。",
    "电动车在楼道里充电，很危险，希望装几个充电桩，大家方便又安全。",
    "小区门口路面坑洼，一下雨就积水，接送孩子的老人容易滑倒。",
    "顶楼漏水，找了物业几次都说在排队，家里墙皮已经掉了一大片。",
    "楼上装修早上六点就开始，周末也不停，影响家里老人和孩子休息。",
    "停车位划线看不清了，消防通道被占，请重新划线并管理。",
    "电梯经常停在两层之间，物业说等配件，已经一个月了，出入很不方便。",
)
TITLES: Final = (
    "楼道灯不亮",
    "垃圾清运不及时",
    "电动车充电难",
    "路面积水",
    "屋顶漏水",
    "装修噪音",
    "停车乱",
    "电梯故障",
)
OUTCOME: Final = "已派人到现场处理，更换了损坏的部件，并与居民一起验收。"
TOPICS: Final = ("lamp", "waste", "e_bike_charging", "road", "leak", "noise", "parking", "lift")
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
STAGE_WEIGHTS: Final = {
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
OPEN_SHARE: Final = ((3, 0.98), (10, 0.85), (20, 0.75), (40, 0.5), (90, 0.2))
"""Up to so many days after filing, this share is still open; later `LATE_SHARE`."""
LATE_SHARE: Final = 0.005
ENDS: Final = (Stage.ARCHIVED,) * 90 + (Stage.RETURNED,) * 5 + (Stage.WITHDRAWN,) * 3 + (Stage.MERGED,) * 2
SEVERITIES: Final = (Severity.BLUE,) * 75 + (Severity.YELLOW,) * 20 + (Severity.RED,) * 5


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

    @property
    def is_published(self) -> bool:
        """On the echo wall: where there is one, everything that was answered and is not private."""
        if self.is_private or self.is_spam or self.town.profile.mode(Stage.PUBLISHED) == Mode.OFF:
            return False
        return self.stage != Stage.FED_BACK and self.reached >= workflow.POSITION[Stage.PUBLISHED]

    @property
    def number(self) -> str:
        return f"{self.filed_at:%Y%m%d}-{self.pk:04d}"

    @property
    def filing_key(self) -> UUID:
        return UUID(int=self.pk)

    @property
    def text(self) -> str:
        return TEXTS[self.kind]

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    @property
    def outcome(self) -> str:
        return OUTCOME if self._has_come_to(Stage.RESOLVED) else ""

    @property
    def category(self) -> tuple[int | None, str]:
        """The community's own category and the county's."""
        known = self.town.categories
        return known[self.kind % len(known)] if self.severity else (None, "")

    @property
    def grade(self) -> tuple[int | None, int | None, int | None]:
        return (1, 1, 1) if self.severity else (None, None, None)

    @property
    def route(self) -> str:
        return "self_help" if self.severity else ""

    @property
    def tier(self) -> str:
        return Duty.GRID_WORKER if self.severity else Duty.DISPATCHER

    @property
    def assignee_id(self) -> int | None:
        return self.spot.patch.worker_id if self.severity else None

    @property
    def promise_at(self) -> datetime:
        return self.filed_at + 9 * DAY

    @property
    def triaged_at(self) -> datetime | None:
        return self.after(0.1) if self.severity else None

    @property
    def claimed_at(self) -> datetime | None:
        return self.after(0.2) if self.severity and self.stage != Stage.TRIAGED else None

    @property
    def resolved_at(self) -> datetime | None:
        return self.after(0.7) if self._has_come_to(Stage.RESOLVED) else None

    @property
    def resolved_by(self) -> int | None:
        return self.spot.patch.worker_id if self._has_come_to(Stage.RESOLVED) else None

    @property
    def fed_back_at(self) -> datetime | None:
        return self.after(0.8) if self._has_come_to(Stage.FED_BACK) else None

    @property
    def published_at(self) -> datetime | None:
        return self.after(0.9) if self.is_published else None

    @property
    def closed_at(self) -> datetime | None:
        return self.ended_at if self.stage in workflow.CLOSED else None

    @property
    def spam_marked_at(self) -> datetime | None:
        return self.filed_at + HOUR if self.is_spam else None

    def after(self, share: float) -> datetime:
        return self.filed_at + (self.ended_at - self.filed_at) * share

    def _has_come_to(self, stage: Stage) -> bool:
        return self.reached >= workflow.POSITION[stage]


class History:
    """Draws matters in the order of their filing."""

    def __init__(self, county: County, count: int, at: datetime) -> None:
        self.county, self.count, self.at = county, count, at
        self.random = Random(20261122)  # noqa: S311 - made-up life
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
