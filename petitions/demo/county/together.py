"""What the communities of the county do together, and the service guide: after the matters are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Final

from community.models import Community, Resident, ServiceItem, ServiceItemUse
from petitions.demo.county import ballots, quarrels, sessions, works
from petitions.demo.county.copying import Heap
from petitions.demo.county.diary import Diary
from petitions.demo.county.folk import Folk
from petitions.demo.county.history import DAY
from petitions.demo.county.pictures import Album
from petitions.demo.county.places import County
from petitions.demo.guide import items_create, own_items_create
from petitions.demo.plan import RESIDENT_PHONE
from petitions.models import Participant

MODELS: Final = (
    *(*sessions.MODELS, *ballots.MODELS, *works.MODELS, *quarrels.MODELS),
    *(Participant, ServiceItem, ServiceItemUse),
)
OPENED: Final = 40
"""So many times less than in the whole county an item is opened in one community, about."""


class Together:
    """Everything but the matters themselves. `matters` hears of each one that was told."""

    def __init__(self, county: County, people: Folk, diary: Diary, album: Album) -> None:
        self.county, self.people, self.diary, self.album = county, people, diary, album
        self.heap: Heap = diary.heap
        self.matters = works.Matters()

    def write(self, told: Callable[[int, int], None]) -> None:
        """Sessions, polls and projects of one community after the other."""
        at, heap = self.diary.at, self.heap
        waits = Resident.objects.filter(phone=RESIDENT_PHONE).values_list("household_id", flat=True).first()
        sitting = sessions.SessionWriter(self.diary, self.people, heap)
        asking = ballots.PollWriter(heap, at, waits)
        building = works.ProjectWriter(heap, self.album, self.matters, at)
        for number, town in enumerate(self.county.towns, start=1):
            sitting.write(town)
            polls = asking.write(town)
            building.write(town, self.diary.sittings[town.pk], polls)
            heap.write()
            told(number, len(self.county.towns))


def guide_fill(county: County, at: datetime) -> None:
    """The portal's catalogue, some items of each community's own, and how often each was opened."""
    random = Random(41)  # noqa: S311 - made-up life
    items = items_create(random, at=at)
    for town in county.towns:
        community = Community.objects.select_related("place").get(pk=town.pk)
        own = own_items_create(community, at=at - (10 + town.number % 120) * DAY)
        ServiceItemUse.objects.bulk_create(
            ServiceItemUse(item=item, community=community, hits=random.randint(0, 2 + hits // OPENED))
            for item, hits in [*items, *((item, 800) for item in own)]
        )
