"""Matters of the demo's county: what each is about, what becomes of it, and how quickly."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import datetime
from itertools import accumulate
from math import log
from random import Random
from typing import Any, Final
from uuid import UUID

from community.workflow import Channel, Profile, Severity, Stage
from petitions import workflow
from petitions.demo.county.folk import Folk
from petitions.demo.county.history import DAY, HOUR, YEARS
from petitions.demo.county.lived import Asker, Lived, Pace
from petitions.demo.county.places import County
from petitions.demo.county.wording import Wording

SEED: Final = 20211201
GROWTH: Final = 0.8
"""More is raised as the portal becomes known."""
WAYS_IN: Final = {
    Channel.WEB_FORM: 45,
    Channel.QR_CODE: 18,
    Channel.HOTLINE: 12,
    Channel.CHAT_GROUP: 12,
    Channel.PATROL: 10,
}
OTHER_WAY_IN: Final = 2
NOT_HERE: Final = frozenset({Channel.SESSION, Channel.PARTNER_API})
"""These come with a session or a partner, which the county does without."""
FATES: Final = {"": 914, "returned": 25, "handed_on": 20, "withdrawn": 30, "spam": 6}
"""How many of a thousand leave the loop early; of the rest, some are merged."""
MERGED_SHARE: Final = 0.05
MERGED_WITH: Final = 12
"""A matter is merged into one of the last so many of its community."""
WORK_DAYS: Final = {Severity.RED: 0.4, Severity.YELLOW: 1.6, Severity.BLUE: 3.2}
STALLED_SHARE: Final = 0.015
PRIVATE_SHARE: Final = 0.04
RESIDENTS_OWN: Final = 15
"""About so many matters are the printed resident's."""


class Drawing:
    """Draws matters in the order of their filing, a chunk at a time; merged ones within their chunk."""

    def __init__(self, county: County, folk: Folk, count: int, at: datetime) -> None:
        self.county, self.folk, self.count, self.at = county, folk, count, at
        self.random = Random(SEED)  # noqa: S311 - made-up life, not secrets
        self.wording = Wording(self.random)
        self.day = Daytime(at)
        towns = county.towns
        self.town_weights = list(accumulate(3 if n % 10 == 0 else 1 for n in range(len(towns))))
        self.residents_share = RESIDENTS_OWN * self.town_weights[-1] / self.town_weights[0] / count
        self.ways_in = {town.pk: _ways_in(town.profile) for town in towns}
        self.profiles = {
            (town.pk, private): workflow.for_matter(town.profile, private=private)
            for town in towns
            for private in (False, True)
        }
        self.fates, self.fate_weights = list(FATES), list(accumulate(FATES.values()))

    def chunk(self, start: int, end: int, first: int, next_asker: int) -> list[Lived]:
        """Matters from key `start` up to `end`, with everybody who asks; `first` is the very first key."""
        recent: dict[int, deque[Lived]] = defaultdict(lambda: deque(maxlen=MERGED_WITH))
        drawn = []
        for n in range(start, end):
            matter = self._draw(n, n - first + 1)
            self._merge(matter, recent[matter.town.pk])
            next_asker = self._ask(matter, next_asker)
            if matter.fate == "" and not matter.is_private:
                recent[matter.town.pk].append(matter)
            drawn.append(matter)
        return drawn

    def _draw(self, pk: int, n: int) -> Lived:
        random = self.random
        raw = self.at - YEARS * (1 - ((n - 0.5) / self.count) ** GROWTH)
        town = random.choices(self.county.towns, cum_weights=self.town_weights)[0]
        fate = random.choices(self.fates, cum_weights=self.fate_weights)[0]
        aside, said = self.wording.aside(fate) if fate else (None, self.wording.matter())
        private = not fate and (said.case.private or random.random() < PRIVATE_SHARE)
        channels, weights = self.ways_in[town.pk]
        filed_at = self.day(raw)
        matter = Lived(
            pk=pk,
            town=town,
            spot=random.choice(town.spots),
            kind=0,
            topic=said.case.topic,
            channel=random.choices(channels, cum_weights=weights)[0],
            stage=Stage.RECEIVED,
            severity="",
            is_private=private,
            is_spam=fate == "spam",
            filed_at=filed_at,
            ended_at=filed_at,
            raw=raw,
            case=said.case,
            aside=aside,
            fate=fate,
            profile=self.profiles[town.pk, private],
            text=said.text,
            spot_words=said.spot,
            filing_key=UUID(int=random.getrandbits(128), version=4),
        )
        if fate == "withdrawn" or (fate and matter.is_proactive):
            matter.channel = Channel.WEB_FORM
        matter.pace = self._pace(workflow.colour_of(*said.case.grade))
        return matter

    def _pace(self, severity: Severity) -> Pace:
        random = self.random
        work = DAY * random.lognormvariate(log(WORK_DAYS[severity]), 0.7)
        if random.random() < STALLED_SHARE:
            work *= random.uniform(3, 10)
        return Pace(
            triage=HOUR * (0.2 + random.expovariate(1 / 5)),
            talk=DAY * random.uniform(0.5, 5),
            claim=HOUR * (0.1 + random.expovariate(1 / 7)),
            work=work,
            answer=HOUR * (0.2 + random.expovariate(1 / 6)),
            publish=HOUR * (1 + random.expovariate(1 / 18)),
        )

    def _merge(self, matter: Lived, recent: deque[Lived]) -> None:
        """Some are the same as one that is not answered yet, put in other words."""
        if matter.fate or matter.is_private or matter.is_proactive or self.random.random() > MERGED_SHARE:
            return
        merged_at = matter.raw + matter.pace.triage
        running = [one for one in recent if one.raw + one.pace.until_resolved > merged_at + HOUR]
        if not running or self.day(merged_at) > self.at:
            return
        matter.target = target = self.random.choice(running)
        said = self.wording.again(target.case)
        matter.fate, matter.case, matter.topic = "merged", target.case, target.topic
        matter.text, matter.spot_words, matter.spot = said.text, said.spot, target.spot
        target.sources.append(matter)

    def _ask(self, matter: Lived, pk: int) -> int:
        """Who is behind it: mostly one, now and then neighbours who joined; the next free key."""
        random, town = self.random, matter.town
        number = 1 if matter.fate or matter.is_private or random.random() < 0.88 else random.randint(2, 5)
        number = min(number, len(town.people))
        folk = random.sample(town.people, number)
        if town.number == 0 and random.random() < self.residents_share:
            folk = [0, *[one for one in folk[1:] if one]]
        until = matter.pace.until_resolved
        for place, who in enumerate(folk):
            joined = (
                matter.filed_at if place == 0 else self.day(matter.raw + until * random.uniform(0.05, 0.95))
            )
            if joined > self.at:
                continue
            known = not (matter.is_proactive and place == 0)
            matter.askers.append(
                Asker(
                    pk=pk,
                    key=matter.filing_key if place == 0 else UUID(int=random.getrandbits(128), version=4),
                    name=self.folk.name(who) if known else "",
                    phone=self.folk.phone(who) if known else "",
                    user_id=self.folk.account(who) if known else None,
                    joined_at=joined,
                    words=self.wording.pick("joined") if place else "",
                )
            )
            pk += 1
        return pk


class Daytime:
    """Moments of the night moved into the day, in the same order; those of today stay as they are."""

    def __init__(self, at: datetime) -> None:
        self.today = at.replace(hour=0, minute=0, second=0, microsecond=0)

    def __call__(self, raw: datetime) -> datetime:
        if raw >= self.today:
            return raw
        since_midnight = (raw - self.today) % DAY
        return raw - since_midnight + 7 * HOUR + since_midnight * 0.625


def _ways_in(profile: Profile) -> tuple[list[Any], list[int]]:
    channels = sorted(profile.channels - NOT_HERE)
    return channels, list(accumulate(WAYS_IN.get(channel, OTHER_WAY_IN) for channel in channels))
