"""Which households have a voice in a poll, who lives there, and what they may still do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from community.models import Household, Place, Resident
from community.querysets import below, nobody_left, place_ids
from core.models import User
from petitions.models import Poll, PollHousehold, PollTick


def households_in(paths: Sequence[str]) -> QuerySet[Household]:
    """The active households of the roll under these places, without those that everybody has left."""
    homes = Household.objects.filter(below(paths, "place__path"), is_active=True)
    return homes.exclude(nobody_left(Resident.objects.all()))


def home_of(user: User) -> int | None:
    """The household that an account is verified to live in; one statement."""
    at_home = Resident.objects.present().filter(user=user)
    return at_home.values_list("household_id", flat=True).first()


@dataclass(frozen=True, slots=True)
class Voice:
    """What one visitor may do in a poll. `tick` is that their household has voted."""

    household_id: int | None
    elector: PollHousehold | None
    tick: PollTick | None

    @property
    def may_vote(self) -> bool:
        return self.elector is not None and self.tick is None


def voice_of(poll: Poll, user: User | None) -> Voice:
    """Whether this person's household is asked, and whether it has voted: two statements at most."""
    home = home_of(user) if user is not None else None
    if home is None:
        return Voice(None, None, None)
    rows = PollHousehold.objects.filter(poll=poll, household_id=home).select_related("tick")
    elector = rows.first()
    return Voice(home, elector, getattr(elector, "tick", None))


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody who may hear of a poll: an account, or a phone where the household has no account."""

    resident_id: int
    user_id: int | None
    phone: str


def silent_people(poll: Poll) -> list[Reached]:
    """Who to remind: in each household that has not voted every account, or else the first phone."""
    silent = PollHousehold.objects.filter(poll=poll, tick__isnull=True).values("household_id")
    there = Resident.objects.present().filter(household_id__in=silent, refuses_messages=False)
    people = there.order_by("household_id", "pk")
    by_home: dict[int, list[Reached]] = {}
    for pk, home, user_id, phone in people.values_list("pk", "household_id", "user_id", "phone"):
        by_home.setdefault(home, []).append(Reached(pk, user_id, phone))
    return [one for members in by_home.values() for one in _chosen(members)]


def _chosen(members: Sequence[Reached]) -> Sequence[Reached]:
    accounts = [one for one in members if one.user_id is not None]
    return accounts or [one for one in members if one.phone][:1]


@dataclass(frozen=True, slots=True)
class Door:
    """One household as the desk picks it from a list."""

    household_id: int
    name: str
    way: str


def buildings_asked(poll: Poll) -> list[tuple[int, str]]:
    """The buildings in which households are asked, by name; two statements."""
    homes = (
        PollHousehold.objects.filter(poll=poll).values_list("household__place__path", flat=True).distinct()
    )
    ids = place_ids(homes)
    rows = Place.objects.filter(pk__in=ids, kind="building").select_related("parent")
    return [
        (place.pk, place.long_name) for place in rows.order_by("parent__order", "parent_id", "order", "pk")
    ]


def doors_of(poll: Poll, building: Place) -> list[Door]:
    """The asked households of one building with whether they have voted; one statement."""
    rows = PollHousehold.objects.filter(poll=poll, household__place__path__startswith=building.path)
    named = rows.select_related("household__place", "tick").order_by("household__place__order", "household")
    return [
        Door(
            one.household_id,
            one.household.room
            if one.household.place_id == building.pk
            else f"{one.household.place.name} {one.household.room}",
            tick.get_way_display() if (tick := getattr(one, "tick", None)) else "",
        )
        for one in named
    ]
