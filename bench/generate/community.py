"""Places, grids, people in post. Communities come from the portal's own action, the many rows by COPY."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bench.generate.copying import Table, next_id
from community import actions
from community.duties import Duty
from community.models import CategorySetting, Community, Place, Post, TalkPoint
from community.models.place import PlaceKind, TalkPointKind
from community.profiles import profile_from_row
from community.shipped import SHIPPED
from community.workflow import Profile
from core.models import User
from grids.models import Grid, GridBuilding

MODELS = [User, Place, Post, TalkPoint, Grid, GridBuilding]
PETITIONS_PER_COMMUNITY = 16_000
MOST_COMMUNITIES = 60
SUBDISTRICTS = 6
ESTATES, BUILDINGS, ENTRANCES, GRIDS = 9, 14, 3, 18
RESIDENTS_PER_COMMUNITY = 40
SINCE = date(2020, 1, 1)
NO_PASSWORD = "!bench"


@dataclass(slots=True)
class Patch:
    """A grid with its leader and worker."""

    place_id: int
    path: str
    worker_id: int = 0
    leader_id: int = 0


@dataclass(slots=True)
class Spot:
    """Where a matter may lie: a building or an entrance, its path, and its grid."""

    place_id: int
    path: str
    name: str
    patch: Patch


@dataclass(slots=True)
class Town:
    """One community as the other modules need it."""

    pk: int
    slug: str
    path: str
    profile: Profile
    categories: list[tuple[int, str]]
    patches: list[Patch] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    residents: list[int] = field(default_factory=list)
    secretary_id: int = 0
    clerk_id: int = 0


@dataclass(slots=True)
class County:
    """What was made, for the modules that build on it."""

    towns: list[Town]
    place_path: str


def fill(petitions_count: int, at: datetime) -> County:
    """One county of subdistricts, up to sixty communities, their tree, grids and everybody in post."""
    count = max(6, min(MOST_COMMUNITIES, petitions_count // PETITIONS_PER_COMMUNITY))
    county = actions.place_create(kind=PlaceKind.COUNTY, name="河津市", parent=None, at=at)
    subdistricts = [
        actions.place_create(kind=PlaceKind.SUBDISTRICT, name=f"第{n}街道", parent=county, at=at)
        for n in range(1, SUBDISTRICTS + 1)
    ]
    shipped = list(SHIPPED)
    towns = [
        _town(n, subdistricts[n * SUBDISTRICTS // count], shipped[n % len(shipped)], at) for n in range(count)
    ]
    trees = _Trees()
    for town in towns:
        trees.grow(town)
    trees.write()
    people = _People()
    for town in towns:
        people.appoint(town)
    people.post("county-supervisor", Duty.SUPERVISOR, county.pk)
    for n, subdistrict in enumerate(subdistricts):
        people.post(f"supervisor-{n}", Duty.SUPERVISOR, subdistrict.pk)
    people.write(at)
    return County(towns, county.path)


def _town(n: int, parent: Place, shipped: str, at: datetime) -> Town:
    slug = f"c{n:03d}"
    community = actions.community_create(
        name=f"{n + 1}号社区", slug=slug, parent=parent, shipped=shipped, at=at
    )
    made = Community.objects.select_related("place", "profile__community").get(pk=community.pk)
    categories = list(
        CategorySetting.objects.filter(profile_id=made.pk).order_by("pk").values_list("pk", "canonical")
    )
    return Town(made.pk, slug, made.place.path, profile_from_row(made.profile), categories)


class _Trees:
    """The places below every community, and which building belongs to which grid."""

    def __init__(self) -> None:
        self.places: list[tuple[object, ...]] = []
        self.grids: list[tuple[object, ...]] = []
        self.links: list[tuple[object, ...]] = []
        self.next = next_id(Place)

    def place(self, kind: str, name: str, parent: tuple[int, str], order: int) -> tuple[int, str]:
        pk = self.next
        self.next += 1
        path = f"{parent[1]}{pk}/"
        self.places.append((pk, kind, name, parent[0], path, path.count("/") - 2, order))
        return pk, path

    def grow(self, town: Town) -> None:
        home = (town.pk, town.path)
        for n in range(1, GRIDS + 1):
            pk, path = self.place(PlaceKind.GRID, f"第{n}网格", home, n)
            self.grids.append((pk, town.pk, f"第{n}网格"))
            town.patches.append(Patch(pk, path))
        building_count = 0
        for e in range(1, ESTATES + 1):
            estate = self.place(PlaceKind.ESTATE, f"{e}号小区", home, e)
            for b in range(1, BUILDINGS + 1):
                building = self.place(PlaceKind.BUILDING, f"{b}号楼", estate, b)
                patch = town.patches[building_count * GRIDS // (ESTATES * BUILDINGS)]
                building_count += 1
                self.links.append((len(self.links) + 1, patch.place_id, building[0]))
                name = f"{e}号小区 {b}号楼"
                town.spots.append(Spot(*building, name, patch))
                for x in range(1, ENTRANCES + 1):
                    entrance = self.place(PlaceKind.ENTRANCE, f"{x}单元", building, x)
                    town.spots.append(Spot(*entrance, name, patch))

    def write(self) -> None:
        Table(Place, "id", "kind", "name", "parent_id", "path", "depth", "order").write(self.places)
        Table(Grid, "place_id", "community_id", "name").write(self.grids)
        Table(GridBuilding, "id", "grid_id", "place_id").write(self.links)


class _People:
    """Accounts, and posts since 2020 without end."""

    def __init__(self) -> None:
        self.users: list[tuple[object, ...]] = []
        self.posts: list[tuple[object, ...]] = []
        self.points: list[tuple[object, ...]] = []
        self.next = next_id(User)

    def user(self, username: str | None, phone: str, name: str) -> int:
        pk = self.next
        self.next += 1
        self.users.append((pk, username, phone, username is None, name, username is not None))
        return pk

    def post(self, username: str, duty: str, place_id: int) -> int:
        pk = self.user(username, f"1390{self.next:07d}", username)
        self.posts.append((len(self.posts) + 1, pk, duty, place_id))
        return pk

    def appoint(self, town: Town) -> None:
        for n, patch in enumerate(town.patches, start=1):
            patch.worker_id = self.post(f"{town.slug}-worker-{n}", Duty.GRID_WORKER, patch.place_id)
            patch.leader_id = self.post(f"{town.slug}-leader-{n}", Duty.GRID_LEADER, patch.place_id)
        town.secretary_id = self.post(f"{town.slug}-secretary", Duty.SECRETARY, town.pk)
        town.clerk_id = self.post(f"{town.slug}-clerk", Duty.CLERK, town.pk)
        self.post(f"{town.slug}-dispatcher", Duty.DISPATCHER, town.pk)
        for _ in range(RESIDENTS_PER_COMMUNITY):
            town.residents.append(self.user(None, f"1370{self.next:07d}", "居民"))
        for n, spot in enumerate(town.spots[:: ENTRANCES + 1]):
            self.points.append(
                (town.pk, spot.place_id, TalkPointKind.BUILDING, spot.name, f"{town.slug}-{n}")
            )

    def write(self, at: datetime) -> None:
        users = Table(
            User,
            *("id", "username", "phone", "phone_verified", "display_name", "is_staff"),
            *("password", "date_joined"),
        )
        users.write((*row, NO_PASSWORD, at) for row in self.users)
        posts = Table(Post, "id", "user_id", "duty", "place_id", "starts_on")
        posts.write((*row, SINCE) for row in self.posts)
        talk_points = Table(TalkPoint, "community_id", "place_id", "kind", "name", "token")
        talk_points.write(self.points)
