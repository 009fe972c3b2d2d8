"""Polls of the county: households asked, ticks on the web and on paper, and the counts beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from random import Random
from typing import Any, Final

from community.models import Household, Resident
from community.models.people import Standing
from community.querysets import nobody_left
from core.models import ReminderClaim
from petitions import timetable
from petitions.demo.county.copying import Heap
from petitions.demo.county.history import DAY, HOUR
from petitions.demo.county.places import Estate, Town
from petitions.models import Majority, Poll, PollHousehold, PollState, PollTally, PollTick, VoteWay

MODELS: Final = (Poll, Poll.places.through, PollHousehold, PollTick, PollTally)
ESTATE: Final = 3
"""The estate's place in the path of a door."""
YES: Final = ("同意", "不同意")
ASKED: Final[tuple[tuple[str, str, tuple[str, ...], Majority], ...]] = (
    ("是否加装休息座椅", "座椅由共建单位出钱，不动用维修资金。", YES, Majority.TWO_THIRDS),
    ("晾晒区设在哪里", "", ("东侧绿地旁", "车棚顶", "不设"), Majority.MOST),
    (
        "车棚充电插座几点断电",
        "夜里充电有隐患，消防建议断电；上夜班的住户希望晚一些。",
        ("22:00", "23:30", "不断电"),
        Majority.HALF,
    ),
    (
        "是否动用维修资金更换水泵",
        "水泵用了十五年，常停水；费用按面积分摊。",
        YES,
        Majority.TWO_THIRDS,
    ),
    ("门禁用哪一种", "", ("刷卡", "手机", "刷卡和手机都行"), Majority.MOST),
    ("是否更换物业服务企业", "现合同年底到期，三家报价已公示。", YES, Majority.HALF),
    ("外来车辆夜间能否停放", "", ("可以", "只到晚上十点", "不可以"), Majority.HALF),
)
CANCELLED_FOR: Final = "说明里的费用有误，核对后重新发起"
OPENS: Final = time(9)
CLOSES: Final = time(18)
ENDED_DAYS: Final = (600, 380, 210, 60)
"""So many days ago, more or less, polls of the past were closed."""
LASTS: Final = 9
"""Days from opening to close."""


@dataclass(slots=True)
class Asking:
    """One poll while its rows are written."""

    town: Town
    estate: Estate
    kind: int
    opens_at: datetime
    closes_at: datetime
    is_cancelled: bool = False
    pk: int = 0


class PollWriter:
    """Writes the polls of one community after the other. `waits` is a household that has not voted yet."""

    def __init__(self, heap: Heap, at: datetime, waits: int | None) -> None:
        self.heap, self.at, self.waits = heap, at, waits
        self.random = Random(45)  # noqa: S311 - made-up life
        self.homes: dict[int, list[int]] = {}
        asked = Household.objects.exclude(nobody_left(Resident.objects.all())).order_by("pk")
        for pk, path in asked.values_list("pk", "place__path").iterator():
            self.homes.setdefault(int(path.strip("/").split("/")[ESTATE]), []).append(pk)
        people = Resident.objects.filter(user__isnull=False, standing=Standing.PRESENT)
        self.online = set(people.values_list("household_id", flat=True))

    def write(self, town: Town) -> list[Asking]:
        """Its polls; the closed ones can be linked to projects."""
        asked = list(self._askings(town))
        for one in asked:
            one.pk = self.heap.key(Poll)
            self._poll(one)
        return [one for one in asked if one.closes_at <= self.at and not one.is_cancelled]

    def _askings(self, town: Town) -> Iterator[Asking]:
        estates = [estate for estate in town.estates if estate.place_id in self.homes]
        if not estates:
            return
        for n, ago in enumerate(ENDED_DAYS):
            day = (self.at - (ago + town.number % 40) * DAY).date()
            yield self._asking(town, estates[(town.number + n) % len(estates)], town.number + n, day)
        if town.number % 2 == 0:
            day = (self.at + (2 + town.number % 5) * DAY).date()
            yield self._asking(town, estates[0], town.number + 4, day)
        if town.number % 8 == 3:
            day = (self.at - 120 * DAY).date()
            one = self._asking(town, estates[-1], town.number + 5, day)
            one.is_cancelled = True
            yield one

    def _asking(self, town: Town, estate: Estate, kind: int, closes_on: Any) -> Asking:
        opens_at = timetable.begins(closes_on - LASTS * DAY, OPENS)
        return Asking(town, estate, kind % len(ASKED), opens_at, timetable.begins(closes_on, CLOSES))

    def _poll(self, one: Asking) -> None:
        question, explanation, options, majority = ASKED[one.kind]
        homes = self.homes[one.estate.place_id]
        over = one.closes_at <= self.at
        ticks = self._ticks(one, homes, majority)
        poll = Poll(opens_at=one.opens_at, closes_at=one.closes_at)
        reminded = poll.remind_at <= self.at
        state = PollState.CANCELLED if one.is_cancelled else PollState.CLOSED if over else PollState.OPEN
        sweep_at = one.closes_at if reminded else poll.remind_at
        self.heap.add(
            Poll,
            id=one.pk,
            community_id=one.town.pk,
            question=f"{one.estate.name}{question}",
            explanation=explanation,
            options=list(options),
            opens_at=one.opens_at,
            closes_at=one.closes_at,
            majority=majority,
            state=state,
            opened_at=one.opens_at,
            closed_at=one.closes_at if state == PollState.CLOSED else None,
            cancelled_reason=CANCELLED_FOR if one.is_cancelled else "",
            eligible=len(homes),
            cast_online=ticks.count(VoteWay.ONLINE),
            cast_paper=ticks.count(VoteWay.PAPER),
            sweep_at=sweep_at if state == PollState.OPEN else None,
            created_at=one.opens_at - HOUR / 2,
            created_by_id=one.town.clerk_id,
        )
        self.heap.add(Poll.places.through, poll_id=one.pk, place_id=one.estate.place_id)
        if reminded and not one.is_cancelled:
            claim = {"kind": "poll.reminder", "stage": "once", "subject_id": one.pk}
            self.heap.add(ReminderClaim, **claim, claimed_at=poll.remind_at)
        self._count(one.pk, len(options), len(ticks))

    def _ticks(self, one: Asking, homes: list[int], majority: Majority) -> list[VoteWay]:
        """Households that have voted so far, and how; what they chose is counted apart."""
        random, until = self.random, min(one.closes_at, self.at)
        if one.is_cancelled:
            until = one.opens_at + DAY
        share = (until - one.opens_at) / (one.closes_at - one.opens_at)
        turnout = random.uniform(0.66 if majority == Majority.TWO_THIRDS else 0.4, 0.9) * share
        ways = []
        for home in homes:
            elector = self.heap.add(PollHousehold, poll_id=one.pk, household_id=home)
            if random.random() > turnout or (home == self.waits and until == self.at):
                continue
            online = home in self.online and random.random() < 0.9
            way = VoteWay.ONLINE if online else VoteWay.PAPER
            ways.append(way)
            self.heap.add(
                PollTick,
                elector_id=elector,
                way=way,
                voted_at=one.opens_at + (until - one.opens_at) * random.uniform(0.01, 0.99),
                entered_by_id=None if online else one.town.clerk_id,
            )
        return ways

    def _count(self, poll: int, options: int, cast: int) -> None:
        """The votes of each option; the first is liked best, mostly."""
        likes = [self.random.uniform(0.3, 1) * (3 if n == 0 else 1) for n in range(options)]
        chosen = self.random.choices(range(options), likes, k=cast)
        for position in range(options):
            self.heap.add(PollTally, poll_id=poll, position=position, votes=chosen.count(position))
