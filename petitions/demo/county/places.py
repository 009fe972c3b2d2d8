"""Places and grids. Communities come from the portal's own action, the many places below by COPY."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from community import actions
from community.models import CategorySetting, Community, Place
from community.models.place import PlaceKind
from community.profiles import profile_from_row
from community.workflow import Profile
from grids.models import Grid, GridBuilding
from grids.models.grid import ABOVE, Tier
from petitions.demo.county.copying import Table, next_id
from petitions.demo.county.scale import Layout, Scale, share

MODELS: Final = (Place, Grid, GridBuilding)
TIER_ORDER: Final = tuple(Tier)
"""A parent is written before what hangs below it."""


@dataclass(slots=True)
class Patch:
    """A grid with its leader and worker."""

    place_id: int
    path: str
    name: str
    worker_id: int = 0
    leader_id: int = 0


@dataclass(slots=True)
class Spot:
    """Where a matter may lie: a building or an entrance, its path, and its grid."""

    place_id: int
    path: str
    name: str
    patch: Patch
    is_building: bool


@dataclass(slots=True)
class Estate:
    """An estate of a community."""

    place_id: int
    path: str
    name: str


@dataclass(slots=True)
class Town:
    """One community as the other modules need it."""

    number: int
    pk: int
    slug: str
    name: str
    path: str
    parent_id: int
    profile: Profile
    notice: str
    categories: list[tuple[int, str]]
    patches: list[Patch] = field(default_factory=list)
    estates: list[Estate] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    residents: list[int] = field(default_factory=list)
    people: range = range(0)
    """The numbers of the people on its roll, where there is one."""
    secretary_id: int = 0
    clerk_id: int = 0
    dispatcher_id: int = 0


@dataclass(slots=True)
class County:
    """What was made, for the modules that build on it."""

    towns: list[Town]
    place_id: int
    place_path: str
    subdistricts: list[Place]


def fill(scale: Scale, at: datetime, **details: Any) -> County:
    """One county of subdistricts and communities, their tree and grids. `details` go to every community."""
    names = scale.names
    county = actions.place_create(kind=PlaceKind.COUNTY, name=names.county, parent=None, at=at)
    subdistricts = [
        actions.place_create(kind=PlaceKind.SUBDISTRICT, name=names.subdistrict(n), parent=county, at=at)
        for n in range(scale.subdistricts)
    ]
    towns = [
        _town(n, subdistricts[n * scale.subdistricts // scale.communities], scale, at, details)
        for n in range(scale.communities)
    ]
    trees = _Trees()
    for n, town in enumerate(towns):
        trees.grow(town, scale.layout(n), scale)
    trees.write()
    return County(towns, county.pk, county.path, subdistricts)


def _town(n: int, parent: Place, scale: Scale, at: datetime, details: dict[str, Any]) -> Town:
    slug = f"c{n:03d}"
    community = actions.community_create(
        name=scale.names.community(n),
        slug=slug,
        parent=parent,
        shipped=scale.brands[n % len(scale.brands)],
        at=at,
        **details,
    )
    made = Community.objects.select_related("place", "profile__community").get(pk=community.pk)
    categories = CategorySetting.objects.filter(profile_id=made.pk).order_by("pk")
    return Town(
        number=n,
        pk=made.pk,
        slug=slug,
        name=made.name,
        path=made.place.path,
        parent_id=parent.pk,
        profile=profile_from_row(made.profile),
        notice=made.privacy_notice,
        categories=list(categories.values_list("pk", "canonical")),
    )


class _Trees:
    """The places below every community, and which building belongs to which grid."""

    def __init__(self) -> None:
        self.places: list[tuple[object, ...]] = []
        self.grids: list[tuple[object, ...]] = []
        self.tiers: dict[int, str] = {}
        self.links: list[tuple[object, ...]] = []
        self.next, self.next_link = next_id(Place), next_id(GridBuilding)

    def place(self, kind: str, name: str, parent: tuple[int, str], order: int) -> tuple[int, str]:
        pk = self.next
        self.next += 1
        path = f"{parent[1]}{pk}/"
        self.places.append((pk, kind, name, parent[0], path, path.count("/") - 2, order))
        return pk, path

    def grow(self, town: Town, layout: Layout, scale: Scale) -> None:
        home = (town.pk, town.path)
        self.net(town, layout, scale)
        building_count = 0
        for e in range(layout.estates):
            estate_name = scale.names.estate(town.number, e)
            estate = self.place(PlaceKind.ESTATE, estate_name, home, e + 1)
            town.estates.append(Estate(*estate, estate_name))
            for b in range(1, share(layout.buildings, layout.estates, e) + 1):
                patch = town.patches[building_count * layout.grids // layout.buildings]
                building_count += 1
                self.building(town, (estate_name, *estate), b, patch, layout.entrances)

    def net(self, town: Town, layout: Layout, scale: Scale) -> None:
        """A community's grids, each under one of the tier above; where there is none, it takes that tier."""
        first = len(self.grids)
        wanted = [scale.tier(first + n) for n in range(layout.grids)]
        by_tier: dict[str, list[Patch]] = {}
        patches: dict[int, Patch] = {}
        for n in sorted(range(layout.grids), key=lambda n: TIER_ORDER.index(wanted[n])):
            above = ABOVE.get(wanted[n])
            alone = wanted[n] == Tier.LEVEL_3 and above not in by_tier
            tier = above if alone and above else wanted[n]
            parents = by_tier.get(ABOVE[tier], []) if tier in ABOVE else []
            parent = parents[n % len(parents)] if parents else None
            name = f"第{n + 1}网格"
            over = (parent.place_id, parent.path) if parent else (town.pk, town.path)
            pk, path = self.place(PlaceKind.GRID, name, over, n + 1)
            self.grids.append((pk, town.pk, name, tier, parent and parent.place_id, True))
            self.tiers[pk] = tier
            patches[n] = Patch(pk, path, name)
            by_tier.setdefault(tier, []).append(patches[n])
        town.patches += [patches[n] for n in range(layout.grids)]

    def building(
        self, town: Town, estate: tuple[str, int, str], number: int, patch: Patch, entrances: int
    ) -> None:
        building = self.place(PlaceKind.BUILDING, f"{number}号楼", estate[1:], number)
        self.links.append((self.next_link, patch.place_id, building[0], self.tiers[patch.place_id], True))
        self.next_link += 1
        name = f"{estate[0]} {number}号楼"
        town.spots.append(Spot(*building, name, patch, is_building=True))
        for x in range(1, entrances + 1):
            entrance = self.place(PlaceKind.ENTRANCE, f"{x}单元", building, x)
            town.spots.append(Spot(*entrance, name, patch, is_building=False))

    def write(self) -> None:
        Table(Place, "id", "kind", "name", "parent_id", "path", "depth", "order").write(self.places)
        Table(Grid, "place_id", "community_id", "name", "tier", "parent_id", "is_active").write(self.grids)
        Table(GridBuilding, "id", "grid_id", "place_id", "tier", "is_active").write(self.links)
