"""The people and places that tests share, as fixtures. Made by the same actions as everything else.

One county with one subdistrict; 叠翠 (`diecui`) and 府西 (`fuxi`) with an estate, buildings, entrances and
households each, and two grids with leader and worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from community import actions
from community.duties import Duty
from community.models import Community, Household, Place, Post, Resident
from community.models.place import PlaceKind
from core.models import User
from grids.actions import grid_create
from grids.models import Grid

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Friday morning within office hours."""
SINCE = date(2026, 1, 1)
PASSWORD = "Sunny-Courtyard-2026"
_phones = count(13800000001)


@dataclass
class Town:
    """One community of the cast with everything under it."""

    community: Community
    estate: Place
    buildings: list[Place] = field(default_factory=list)
    entrances: list[Place] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)

    @property
    def place(self) -> Place:
        return self.community.place


@pytest.fixture
def at() -> datetime:
    """The moment at which a test happens, passed in like everywhere."""
    return NOW


def make_user(username: str, name: str = "", *, staff: bool = True, **fields: object) -> User:
    """An account without a post, with a phone of its own and no usable password."""
    phone = fields.pop("phone", str(next(_phones)))
    return User.objects.create_user(
        username=username, display_name=name or username, is_staff=staff, phone=phone, **fields
    )


def put_in_post(user: User, duty: Duty, place: Place, **days: date) -> Post:
    """A current post since the start of the year, unless `days` say otherwise."""
    return actions.post_give(
        user=user,
        duty=duty,
        place=place,
        starts_on=days.get("starts_on", SINCE),
        ends_on=days.get("ends_on"),
        at=NOW,
    )


def make_staff(username: str, name: str, duty: Duty, place: Place) -> User:
    user = make_user(username, name)
    put_in_post(user, duty, place)
    return user


def make_town(slug: str, name: str, parent: Place) -> Town:
    """A community with one estate of two buildings, an entrance each, two households each, two grids."""
    community = actions.community_create(
        name=name, slug=slug, parent=parent, shipped=slug, hotline="0359-5020001", at=NOW
    )
    estate = actions.place_create(kind=PlaceKind.ESTATE, name="一号小区", parent=community.place, at=NOW)
    town = Town(community, estate)
    for number in (1, 2):
        building = actions.place_create(
            kind=PlaceKind.BUILDING, name=f"{number}号楼", parent=estate, building_kind="apartment", at=NOW
        )
        entrance = actions.place_create(kind=PlaceKind.ENTRANCE, name="1单元", parent=building, at=NOW)
        town.buildings.append(building)
        town.entrances.append(entrance)
        town.households += [Household.objects.create(place=entrance, room=room) for room in ("101", "102")]
        town.grids.append(grid_in_force(community, f"第{number}网格", [building]))
    return town


def grid_in_force(community: Community, name: str, buildings: Sequence[Place], **details: Any) -> Grid:
    """A grid that was set in force once and whose worker may have left since."""
    grid = grid_create(community=community, name=name, buildings=buildings, at=NOW, **details)
    Grid.objects.filter(pk=grid.pk).update(is_active=True)
    grid.is_active = True
    return grid


@pytest.fixture
def county(db: None) -> Place:
    return actions.place_create(kind=PlaceKind.COUNTY, name="河津市", parent=None, at=NOW)


@pytest.fixture
def subdistrict(county: Place) -> Place:
    return actions.place_create(kind=PlaceKind.SUBDISTRICT, name="清涧街道", parent=county, at=NOW)


@pytest.fixture
def diecui(subdistrict: Place) -> Town:
    return make_town("diecui", "叠翠社区", subdistrict)


@pytest.fixture
def fuxi(subdistrict: Place) -> Town:
    return make_town("fuxi", "府西社区", subdistrict)


@pytest.fixture
def community(diecui: Town) -> Community:
    return diecui.community


@pytest.fixture
def estate(diecui: Town) -> Place:
    return diecui.estate


@pytest.fixture
def building(diecui: Town) -> Place:
    """The building of the first grid; `other_building` is the second grid's."""
    return diecui.buildings[0]


@pytest.fixture
def other_building(diecui: Town) -> Place:
    return diecui.buildings[1]


@pytest.fixture
def grid(diecui: Town) -> Grid:
    return diecui.grids[0]


@pytest.fixture
def other_grid(diecui: Town) -> Grid:
    return diecui.grids[1]


@pytest.fixture
def grid_worker(grid: Grid) -> User:
    return make_staff("worker", "王网格", Duty.GRID_WORKER, grid.place)


@pytest.fixture
def grid_leader(grid: Grid) -> User:
    return make_staff("leader", "李网格长", Duty.GRID_LEADER, grid.place)


@pytest.fixture
def worker_of_another_grid(other_grid: Grid) -> User:
    return make_staff("worker2", "赵网格", Duty.GRID_WORKER, other_grid.place)


@pytest.fixture
def leader_of_another_grid(other_grid: Grid) -> User:
    return make_staff("leader2", "孙网格长", Duty.GRID_LEADER, other_grid.place)


@pytest.fixture
def clerk(diecui: Town) -> User:
    return make_staff("clerk", "周干事", Duty.CLERK, diecui.place)


@pytest.fixture
def dispatcher(diecui: Town) -> User:
    return make_staff("dispatcher", "吴管理", Duty.DISPATCHER, diecui.place)


@pytest.fixture
def secretary(diecui: Town) -> User:
    return make_staff("secretary", "郑书记", Duty.SECRETARY, diecui.place)


@pytest.fixture
def supervisor(subdistrict: Place) -> User:
    return make_staff("supervisor", "冯督办", Duty.SUPERVISOR, subdistrict)


@pytest.fixture
def administrator(county: Place) -> User:
    return make_staff("administrator", "陈管理员", Duty.ADMINISTRATOR, county)


@pytest.fixture
def secretary_of_another_community(fuxi: Town) -> User:
    return make_staff("secretary2", "褚书记", Duty.SECRETARY, fuxi.place)


@pytest.fixture
def outsider(db: None) -> User:
    """An account of staff without any post."""
    return make_user("outsider", "外人")


@pytest.fixture
def resident(diecui: Town) -> User:
    """Lives behind the first door; signs in by phone."""
    return make_resident(diecui.households[0], "居民张", "13900000001").user


@pytest.fixture
def neighbour(diecui: Town) -> User:
    """Lives next door to `resident`."""
    return make_resident(diecui.households[1], "邻居刘", "13900000002").user


def make_resident(household: Household, name: str, phone: str) -> Resident:
    """A resident on the roll with a verified account."""
    user = User.objects.create_user(display_name=name, phone=phone, phone_verified=True)
    return Resident.objects.create(household=household, name=name, phone=phone, user=user)
