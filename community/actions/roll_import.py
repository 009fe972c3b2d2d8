"""A checked roll is kept for a look, and written in one go once somebody says yes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction

from community import permissions
from community.actions.place import hold_tree
from community.duties import Power
from community.models import Community, Household, Place, Resident, RollImport
from community.models.place import PlaceKind
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _

if TYPE_CHECKING:
    from core.models import User

BATCH: Final = 1000
KEPT_FOR: Final = timedelta(days=1)
NEXT_IDS: Final = (
    "SELECT nextval(pg_get_serial_sequence('community_place', 'id')) FROM generate_series(1, 256)"
)
Key = tuple[int, str, str]


@dataclass
class Plan:
    """What a roll would add to what is there. Places are new until they have a path."""

    community: Community
    places: dict[Key, Place] = field(default_factory=dict)
    households: dict[tuple[int, str], Household] = field(default_factory=dict)
    people: set[tuple[int, str, str]] = field(default_factory=set)
    new_places: list[Place] = field(default_factory=list)
    new_households: list[Household] = field(default_factory=list)
    new_residents: list[Resident] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        kinds = [place.kind for place in self.new_places]
        return {
            "estates": kinds.count(PlaceKind.ESTATE),
            "buildings": kinds.count(PlaceKind.BUILDING),
            "entrances": kinds.count(PlaceKind.ENTRANCE),
            "households": len(self.new_households),
            "residents": len(self.new_residents),
        }

    def place(self, kind: PlaceKind, name: str, above: Place, ids: Iterable[int], **details: Any) -> Place:
        """The place of this name under `above`, made up when there is none."""
        key = (above.pk, kind.value, name)
        if key not in self.places:
            pk = next(iter(ids))
            made = Place(pk=pk, kind=kind, name=name, parent=above, path=f"{above.path}{pk}/", **details)
            made.depth = above.depth + 1
            self.places[key] = made
            self.new_places.append(made)
        return self.places[key]

    def household(self, place: Place, room: str) -> Household:
        key = (place.pk, room)
        if key not in self.households:
            self.households[key] = Household(place=place, room=room)
            self.new_households.append(self.households[key])
        return self.households[key]

    def resident(self, household: Household, name: str, phone: str, is_tenant: bool) -> None:
        key = (household.pk or -id(household), name, phone)
        if key not in self.people:
            self.people.add(key)
            self.new_residents.append(
                Resident(household=household, name=name, phone=phone, is_tenant=is_tenant)
            )


def _existing(community: Community) -> Plan:
    """What the community has: three statements, whatever its size."""
    path = community.place.path
    plan = Plan(community)
    wanted = (PlaceKind.ESTATE, PlaceKind.BUILDING, PlaceKind.ENTRANCE)
    for place in Place.objects.under(path).filter(kind__in=wanted):
        plan.places[(place.parent_id or 0, place.kind, place.name)] = place
    for household in Household.objects.filter(place__path__startswith=path):
        plan.households[(household.place_id, household.room)] = household
    people = Resident.objects.filter(household__place__path__startswith=path)
    plan.people = set(people.values_list("household_id", "name", "phone"))
    return plan


def roll_plan(community: Community, rows: Sequence[Sequence[Any]]) -> Plan:
    """What these rows would add; ids of new places are taken from the table's own sequence."""
    plan = _existing(community)
    ids = _Ids()
    for estate, building, building_kind, entrance, room, name, phone, is_tenant in rows:
        place = plan.place(PlaceKind.ESTATE, estate, community.place, ids)
        if building:
            place = plan.place(PlaceKind.BUILDING, building, place, ids, building_kind=building_kind)
        if entrance:
            place = plan.place(PlaceKind.ENTRANCE, entrance, place, ids)
        if room:
            household = plan.household(place, room)
            if name:
                plan.resident(household, name, phone, is_tenant)
    return plan


class _Ids:
    """Ids for new places, fetched a few hundred at a time."""

    def __init__(self) -> None:
        self._left: list[int] = []

    def __iter__(self) -> _Ids:
        return self

    def __next__(self) -> int:
        if not self._left:
            with connection.cursor() as cursor:
                cursor.execute(NEXT_IDS)
                self._left = [row[0] for row in reversed(cursor.fetchall())]
        return self._left.pop()


@transaction.atomic
def roll_import_stage(
    *, community: Community, rows: Sequence[Sequence[Any]], actor: User, at: datetime
) -> RollImport:
    """Keep a checked roll for a look at what it would add. Nothing of the community changes.

    Raises:
        NotAllowedError: `actor` does not keep the community's roll.
    """
    path = community.place.path
    trace = permissions.authorise(actor, Power.ROLL_MANAGE, Scope(path), at=at)
    counts = roll_plan(community, rows).counts
    staged = RollImport.objects.create(
        community=community, rows=list(rows), counts=counts, created_by=actor, created_at=at
    )
    record(event="roll_import.staged", actor=actor, subject=staged, at=at, scope_path=path, post=trace)
    return staged


@transaction.atomic
def roll_import_confirm(*, import_id: int, actor: User | None, at: datetime) -> RollImport:
    """Write a staged roll: all of it or nothing. What came to be there since is left as it is.

    Raises:
        NotAllowedError: `actor` does not keep the roll, or the places when new ones are needed.
        ConflictError: it is written already.
        InvalidInputError: the rows are no longer kept.
    """
    staged = (
        RollImport.objects.select_related("community__place")
        .select_for_update(of=("self",))
        .get(pk=import_id)
    )
    scope = Scope(staged.community.place.path)
    trace = permissions.authorise(actor, Power.ROLL_MANAGE, scope, at=at)
    if staged.confirmed_at is not None:
        raise ConflictError(_("这份花名册已经导入过了。"))
    if not staged.rows:
        raise InvalidInputError(_("这份花名册已过期，请重新上传。"))
    hold_tree(moving=True)
    plan = roll_plan(staged.community, staged.rows)
    if plan.new_places:
        permissions.authorise(actor, Power.PLACE_MANAGE, scope, at=at)
    _check_open(plan)
    Place.objects.bulk_create(plan.new_places, batch_size=BATCH)
    Household.objects.bulk_create(plan.new_households, batch_size=BATCH)
    Resident.objects.bulk_create(plan.new_residents, batch_size=BATCH)
    staged.counts, staged.rows, staged.confirmed_at = plan.counts, [], at
    staged.save(update_fields=["counts", "rows", "confirmed_at"])
    record(
        event="roll_import.confirmed",
        actor=actor,
        subject=staged,
        at=at,
        scope_path=scope.place_path,
        post=trace,
    )
    return staged


def _check_open(plan: Plan) -> None:
    """Nothing is hung below a place that is closed."""
    closed = {place.pk: place for place in plan.places.values() if not place.is_active}
    for row in (*plan.new_places, *(household.place for household in plan.new_households)):
        blocked = closed.get(row.parent_id or 0) or closed.get(row.pk)
        if blocked is not None:
            raise ConflictError(_("“%s”已停用，请先恢复启用。") % blocked.name)


def roll_imports_sweep(*, at: datetime) -> int:
    """Empty rolls that nobody confirmed within a day: they hold names and numbers."""
    stale = RollImport.objects.filter(confirmed_at__isnull=True, created_at__lt=at - KEPT_FOR).exclude(
        rows=[]
    )
    return stale.update(rows=[])
