"""Estates, buildings, doors and people of a roll, many at a time: what is there stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from community.actions.place import hold_tree
from community.duties import Power
from community.models import Household, Place, Resident
from community.models.place import PlaceKind
from community.permissions import Scope, has_power
from community.sheet_kinds import Outcome, Writer
from core.language import gettext as _

NEXT_IDS: Final = (
    "SELECT nextval(pg_get_serial_sequence('community_place', 'id')) FROM generate_series(1, 64)"
)
Key = tuple[int, str, str]
Door = tuple[int, str]


def roll_add(writer: Writer, rows: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """Add what these rows name and the roll lacks, in seven statements, whatever their number.

    Call it in a transaction, for an actor who keeps the roll.
    """
    hold_tree(moving=True)
    plan = _Plan(writer)
    placed = [plan.placed(row) for row in rows]
    plan.read_doors([place for place in placed if isinstance(place, Place)], rows)
    outcomes = [
        Outcome(problem=place) if isinstance(place, str) else plan.outcome(place, row, at)
        for at, (place, row) in enumerate(zip(placed, rows, strict=True))
    ]
    Place.objects.bulk_create(plan.new_places)
    Household.objects.bulk_create(plan.new_doors)
    Resident.objects.bulk_create(plan.new_people)
    return outcomes


@dataclass
class _Plan:
    writer: Writer
    places: dict[Key, Place] = field(default_factory=dict)
    doors: dict[Door, Household] = field(default_factory=dict)
    people: set[tuple[int, str, str]] = field(default_factory=set)
    new_places: list[Place] = field(default_factory=list)
    new_doors: list[Household] = field(default_factory=list)
    new_people: list[Resident] = field(default_factory=list)
    made_by: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        home = self.writer.community.place
        self.ids = _next_ids()
        self.rows_seen = 0
        self.may_place = has_power(self.writer.actor, Power.PLACE_MANAGE, Scope(home.path), at=self.writer.at)
        wanted = (PlaceKind.ESTATE, PlaceKind.BUILDING, PlaceKind.ENTRANCE)
        for place in Place.objects.under(home.path).filter(kind__in=wanted):
            self.places[place.parent_id or 0, place.kind, place.name] = place

    def placed(self, row: Mapping[str, Any]) -> Place | str:
        """The lowest place that a row names, made up where there is none; or why it may not be."""
        self.rows_seen += 1
        steps: tuple[tuple[PlaceKind, str, dict[str, Any]], ...] = (
            (PlaceKind.ESTATE, row["estate"], {}),
            (PlaceKind.BUILDING, row["building"], {"building_kind": row["building_kind"]}),
            (PlaceKind.ENTRANCE, row["entrance"], {}),
        )
        place: Place = self.writer.community.place
        for kind, name, details in steps:
            if not name:
                continue
            found = self.places.get((place.pk, kind, name))
            if found is not None and not found.is_active:
                return str(_("“%s”已停用，请先恢复启用。") % name)
            if found is None and not self.may_place:
                return str(_("没有“%s”，您的任职不能新增地点。") % name)
            place = found or self.made(kind, name, place, details)
        return place

    def made(self, kind: PlaceKind, name: str, above: Place, details: Mapping[str, Any]) -> Place:
        pk = next(self.ids)
        place = Place(pk=pk, kind=kind, name=name, parent=above, path=f"{above.path}{pk}/", **details)
        place.depth = above.depth + 1
        self.places[above.pk, kind.value, name] = place
        self.new_places.append(place)
        self.made_by[pk] = self.rows_seen - 1
        return place

    def read_doors(self, places: Sequence[Place], rows: Sequence[Mapping[str, Any]]) -> None:
        """The doors that these rows name, and who lives there: two statements."""
        rooms = {row["room"] for row in rows}
        named = Household.objects.filter(place_id__in={place.pk for place in places}, room__in=rooms)
        self.doors = {(door.place_id, door.room): door for door in named}
        there = Resident.objects.filter(household_id__in=[door.pk for door in self.doors.values()])
        self.people = set(there.values_list("household_id", "name", "phone"))

    def outcome(self, place: Place, row: Mapping[str, Any], at: int) -> Outcome:
        """What the row adds: a place that it is the first to name, a door, a person."""
        added = any(self.made_by.get(pk) == at for pk in [*place.ancestor_ids, place.pk])
        if row["room"]:
            door = self.doors.get((place.pk, row["room"]))
            if door is None:
                door = self.doors[place.pk, row["room"]] = Household(place=place, room=row["room"])
                self.new_doors.append(door)
                added = True
            added = self.person(door, row) or added
        return Outcome(added=added)

    def person(self, door: Household, row: Mapping[str, Any]) -> bool:
        key = (door.pk or -id(door), row["name"], row["phone"])
        if not row["name"] or key in self.people:
            return False
        self.people.add(key)
        self.new_people.append(
            Resident(household=door, name=row["name"], phone=row["phone"], is_tenant=row["is_tenant"])
        )
        return True


def _next_ids() -> Iterator[int]:
    """Ids for new places from the table's own sequence, some at a time."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEXT_IDS)
            yield from [row[0] for row in cursor.fetchall()]
