"""隐患台账 of the county: two hazards a year in each grid, with photos; most closed by a second look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from community.models import Organisation
from community.models.people import OrganisationKind
from core.models import StoredImage
from grids.models import Hazard, HazardEvent, HazardEventKind, HazardPhoto, HazardState, HazardType
from grids.selectors.hazard_days import first_on
from petitions.demo.county.copying import Heap
from petitions.demo.county.history import DAY, HOUR
from petitions.demo.county.pictures import Album
from petitions.demo.county.places import County, Patch, Spot, Town
from petitions.demo.county.rows import IMAGE

MODELS: Final = (Hazard, HazardEvent, HazardPhoto)
PER_GRID: Final = 2
SEEN: Final = (
    ("楼道杂物堆积", "clutter", "楼梯转角堆着旧家具，只剩半条路。"),
    ("飞线充电", "e_bike_charging", "一楼窗口拉线给电动车充电。"),
    ("消防通道堵塞", "parking", "消防通道上停了车。"),
    ("电气线路老化", "stair_lamp", "楼道电表箱线路老化，外皮开裂。"),
)
FIXED_ONE_IN: Final = 5
OPEN_ONE_IN: Final = 25


def fill(county: County, album: Album, heap: Heap, at: datetime, told: Callable[[int, int], None]) -> None:
    """Every community's ledger, one after the other."""
    writer = _Ledger(album, heap, at)
    for number, town in enumerate(county.towns, start=1):
        writer.town(town)
        heap.write()
        told(number, len(county.towns))


class _Ledger:
    """Draws hazards and keeps their rows."""

    def __init__(self, album: Album, heap: Heap, at: datetime) -> None:
        self.album, self.heap, self.at = album, heap, at
        self.random = Random(119)  # noqa: S311 - made-up dangers
        self.types = dict(HazardType.objects.filter(community=None).values_list("name", "pk"))
        firms = Organisation.objects.filter(kind=OrganisationKind.PROPERTY_COMPANY)
        self.companies: Mapping[int, int] = dict(firms.values_list("community_id", "pk"))

    def town(self, town: Town) -> None:
        spots: dict[int, list[Spot]] = {}
        for spot in town.spots:
            if spot.is_building:
                spots.setdefault(spot.patch.place_id, []).append(spot)
        for patch in town.patches:
            for _turn in range(PER_GRID if patch.place_id in spots else 0):
                self._hazard(town, patch, self.random.choice(spots[patch.place_id]))

    def _hazard(self, town: Town, patch: Patch, spot: Spot) -> None:
        random, luck = self.random, self.random.random()
        is_open, is_fixed = luck < 1 / OPEN_ONE_IN, luck > 1 - 1 / FIXED_ONE_IN
        name, scene, text = random.choice(SEEN)
        ago = random.uniform(0.2, 14) if is_open else random.uniform(12, 364)
        found = (self.at - ago * DAY).replace(hour=9 + random.randrange(8), minute=random.randrange(60))
        found = min(found, self.at - HOUR)
        row: dict[str, Any] = {"state": HazardState.FIXED, "closed_at": found}
        lines: list[tuple[str, datetime, int, str]] = [
            (HazardEventKind.FILED, found, patch.worker_id, "当场清走了。" if is_fixed else "")
        ]
        photos = [(HazardEventKind.FILED, self._photo(scene, found, after=False))]
        if not is_fixed:
            row = self._in_hand(town, found)
        if not is_fixed and not is_open:
            done, closed = found + random.uniform(0.5, 3) * DAY, found + random.uniform(3.5, 6) * DAY
            photos.append((HazardEventKind.CLOSED, self._photo(scene, closed, after=True)))
            row.update(state=HazardState.CLOSED, done_at=done, closed_at=closed, sweep_on=None)
            row.update(rechecked_by_id=patch.worker_id, recheck_photo_id=photos[-1][1])
            lines.append((HazardEventKind.DONE, done, patch.leader_id, "已按要求整改，请复查。"))
            lines.append((HazardEventKind.CLOSED, closed, patch.worker_id, "到现场看过，已消除。"))
        pk = self.heap.add(
            Hazard,
            community_id=town.pk,
            scope_id=patch.place_id,
            place_id=spot.place_id,
            type_id=self.types[name],
            text=text,
            is_public_area=not is_fixed,
            photo_id=photos[0][1],
            found_by_id=patch.worker_id,
            found_at=found,
            filed_at=found,
            key=UUID(int=random.getrandbits(128), version=4),
            **row,
        )
        for kind, moment, by, note in lines:
            self.heap.add(HazardEvent, hazard_id=pk, kind=kind, at=moment, by_id=by, note=note)
        for kind, image in photos:
            self.heap.add(HazardPhoto, hazard_id=pk, kind=kind, image_id=image)

    def _in_hand(self, town: Town, found: datetime) -> dict[str, Any]:
        """Open, in the hands of the property company, within a week."""
        day = (found + timedelta(days=7)).date()
        return {
            "state": HazardState.OPEN,
            "responsible_body_id": self.companies[town.pk],
            "rectify_by": day,
            "sweep_on": first_on(day, self.at.date()),
        }

    def _photo(self, scene: str, at: datetime, *, after: bool) -> UUID:
        row = self.album.photo(scene, after=after, at=at, random=self.random)
        self.heap.add(StoredImage, **dict(zip(IMAGE, row, strict=True)))
        key: UUID = row[0]
        return key
