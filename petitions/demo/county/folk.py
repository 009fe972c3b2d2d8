"""Who lives and works in the county of the demo: households, people on the roll, accounts, posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import make_password

from community import actions
from community.duties import Duty, Employment
from community.models import Community, Household, Organisation, Resident
from community.models.people import OrganisationKind, Standing
from grids.models.grid import Tier
from petitions.demo.county.copying import Table, next_id
from petitions.demo.county.places import County, Patch, Town
from petitions.demo.county.scale import Scale, share
from petitions.demo.county.staff import Staff
from petitions.demo.people import ACCOUNT_EVERY, GIVEN, SURNAMES
from petitions.demo.plan import PASSWORD, RESIDENT_PHONE

MODELS: Final = (Household, Resident, Organisation)
GRIDS_PER_LEADER: Final = 8
GRIDS_PER_AUXILIARY: Final = 5
DOORS: Final = 2
FIRST_STAFF_PHONE: Final = 13800000001
STRIDE: Final = 601
"""Neighbours in number are so many names apart."""
UNUSABLE: Final = "!demo"
BODIES: Final = (
    (OrganisationKind.RESIDENTS_COMMITTEE, "居委会"),
    (OrganisationKind.PROPERTY_COMPANY, "物业服务中心"),
    (OrganisationKind.OWNERS_COMMITTEE, "业主委员会"),
    (OrganisationKind.JUDICIAL_OFFICE, "司法所"),
    (OrganisationKind.DEPARTMENT, "综合执法中队"),
)


class Folk:
    """The people on the roll by number, from 0. All that is known of one follows from the number."""

    def __init__(self, first_account: int) -> None:
        self.first_account = first_account

    @staticmethod
    def name(number: int) -> str:
        return name_of(number)

    @staticmethod
    def phone(number: int) -> str:
        """The very first has the printed number; one in ten has none."""
        return "" if number % 10 == 7 and not _has_account(number) else str(int(RESIDENT_PHONE) + number)

    def account(self, number: int) -> int | None:
        return self.first_account + number // ACCOUNT_EVERY if _has_account(number) else None


def name_of(number: int) -> str:
    """A made-up name; neighbours in number have different ones."""
    place = number * STRIDE % (len(SURNAMES) * len(GIVEN))
    return SURNAMES[place % len(SURNAMES)] + GIVEN[place // len(SURNAMES)]


def _has_account(number: int) -> bool:
    return number % ACCOUNT_EVERY == 0


def people_below(households: int) -> int:
    """How many people live in the first so many households: one, one and two, again and again."""
    return households + households // 3


def fill(county: County, scale: Scale, at: datetime) -> Folk:
    """Everybody in post, everybody behind a door, and bodies that take part."""
    staff = _CountyStaff()
    staff.appoint(county)
    count = _settle(county, scale)
    folk = Folk(first_account=staff.next)
    for number in range(0, count, ACCOUNT_EVERY):
        staff.user(None, folk.phone(number), folk.name(number), UNUSABLE)
    staff.write(at, at.date())
    _households(county, scale, folk)
    Organisation.objects.bulk_create(
        Organisation(community_id=town.pk, kind=kind, name=f"{town.name.removesuffix('社区')}{name}")
        for town in county.towns
        for kind, name in BODIES
    )
    return folk


class _CountyStaff(Staff):
    """All share the demo's password; the names of the small demo are in the first community."""

    def __init__(self) -> None:
        super().__init__()
        self.password = make_password(PASSWORD)
        self.phone = FIRST_STAFF_PHONE

    def person(self, username: str) -> int:
        self.phone += 1
        name = name_of(self.phone * 5)
        return self.user(username, str(self.phone - 1), name, self.password)

    def appoint(self, county: County) -> None:
        self.give(self.person("admin"), Duty.ADMINISTRATOR, county.place_id)
        self.give(self.person("county"), Duty.SUPERVISOR, county.place_id)
        for n, subdistrict in enumerate(county.subdistricts):
            username = "supervisor" if n == 0 else f"supervisor{n + 1}"
            self.give(self.person(username), Duty.SUPERVISOR, subdistrict.pk)
        for town in county.towns:
            self._community(town)

    def _community(self, town: Town) -> None:
        own = "" if town.number == 0 else f"{town.slug}-"
        town.secretary_id = self.give(self.person(f"{own}secretary"), Duty.SECRETARY, town.pk)
        town.clerk_id = self.give(self.person(f"{own}clerk"), Duty.CLERK, town.pk)
        town.dispatcher_id = self.give(self.person(f"{own}dispatcher"), Duty.DISPATCHER, town.pk)
        for n, patch in enumerate(town.patches):
            number = "" if n == 0 and not own else str(n + 1)
            worker = self.person(f"{own}worker{number}")
            patch.worker_id = self.give(worker, Duty.GRID_WORKER, patch.place_id, Employment.FULL)
            if n % GRIDS_PER_LEADER == 0:
                leads = n // GRIDS_PER_LEADER
                number = "" if leads == 0 and not own else str(leads + 1)
                leader = self.person(f"{own}leader{number}")
            patch.leader_id = self.give(leader, Duty.GRID_LEADER, patch.place_id, Employment.PART)
        self._auxiliaries(town, own)
        self.points_of(town)

    def _auxiliaries(self, town: Town, own: str) -> None:
        """Somebody beside other work for every few grids, which meet the norm then; the last do without."""
        for n in range(len(town.patches) // GRIDS_PER_AUXILIARY):
            helper = self.person(f"{own}aux{n + 1}")
            for patch in town.patches[n * GRIDS_PER_AUXILIARY : (n + 1) * GRIDS_PER_AUXILIARY]:
                self.give(helper, Duty.GRID_AUXILIARY, patch.place_id, Employment.PART)


def _lived_in(county: County, scale: Scale) -> list[tuple[Town, Patch]]:
    """The grids that people live in: not the dedicated ones, which are markets, schools and the like."""
    patches = [(town, patch) for town in county.towns for patch in town.patches]
    return [pair for n, pair in enumerate(patches) if scale.tier(n) != Tier.DEDICATED]


def _settle(county: County, scale: Scale) -> int:
    """Say which people live in which community; how many there are."""
    homes, below = _lived_in(county, scale), 0
    for n, (town, _patch) in enumerate(homes):
        first, below = below, below + share(scale.households, len(homes), n)
        start = town.people.start if town.people else people_below(first)
        town.people = range(start, people_below(below))
    everybody = range(people_below(scale.households))
    for town in county.towns:
        town.people = town.people or everybody
    return len(everybody)


def _households(county: County, scale: Scale, folk: Folk) -> None:
    """Doors of every entrance, and who lives behind each."""
    first = next_id(Household)
    doors = Table(Household, "id", "place_id", "room")
    doors.write((first + n, place, room) for n, (place, room) in enumerate(_doors(county, scale)))
    roll = Table(Resident, "household_id", "name", "phone", "user_id", "is_tenant", "standing")
    roll.write(_roll(first, scale.households, folk))


def _doors(county: County, scale: Scale) -> Iterator[tuple[int, str]]:
    homes = _lived_in(county, scale)
    entrances: dict[int, list[int]] = {}
    for town in county.towns:
        for spot in town.spots:
            if not spot.is_building:
                entrances.setdefault(spot.patch.place_id, []).append(spot.place_id)
    for n, (_town, patch) in enumerate(homes):
        households, here = share(scale.households, len(homes), n), entrances[patch.place_id]
        for e, entrance in enumerate(here):
            for door in range(share(households, len(here), e)):
                yield entrance, f"{door // DOORS + 1}0{door % DOORS + 1}"


def _roll(first: int, households: int, folk: Folk) -> Iterator[tuple[object, ...]]:
    for household in range(households):
        for number in range(people_below(household), people_below(household + 1)):
            standing = Standing.MOVED_OUT if number % 37 == 5 else Standing.PRESENT
            phone, account = folk.phone(number), folk.account(number)
            yield first + household, folk.name(number), phone, account, number % 8 == 3, standing


def facts_record(county: County, scale: Scale, at: datetime) -> None:
    """What each community publishes about itself."""
    for town in county.towns:
        numbers = (
            ("grids", "网格", len(town.patches), "个"),
            ("people", "在册居民", len(town.people) if scale.households else 0, "人"),
        )
        for order, (code, label, value, unit) in enumerate(numbers, start=1):
            actions.fact_record(
                community=Community.objects.select_related("place").get(pk=town.pk),
                code=code,
                label=label,
                value=value,
                unit=unit,
                qualifier="exact",
                as_of=at.date(),
                source="演示数据，虚构",
                order=order,
                at=at,
            )
