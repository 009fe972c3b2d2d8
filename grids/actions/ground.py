"""Buildings change grids: what is open behind their doors goes along, to whoever is there now (G-03)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet

from community.actions.place import hold_tree
from community.models import Place
from community.models.place import PlaceKind
from community.querysets import below
from core.audit import Trace, record_each
from core.batches import rows_update
from core.language import gettext as _
from core.models import User
from grids.actions.charges_following import charges_follow_ground
from grids.models import (
    ApplicationStep,
    AssistedApplication,
    Errand,
    GroundChange,
    Hazard,
    HazardEvent,
    HazardEventKind,
    MeterReading,
    Need,
    OpinionDiaryEntry,
    SafetyVisit,
)
from grids.registries import ground_changed
from grids.selectors.buildings import grids_of

AT_DOOR: Final = "household__place"
SETTLES: Final = timedelta(minutes=5)
"""Longer than entering anything takes."""
ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class _Open:
    """What is open of one kind: `field` is where it is booked, `at` where it lies, and `home` where it goes
    when no grid holds that."""

    rows: Callable[[], QuerySet[Any]]
    field: str
    at: str
    home: Callable[[Any], Place]

    def under(self, paths: Sequence[str]) -> list[Any]:
        """These rows below the places, locked."""
        rows = self.rows().filter(below(paths, f"{self.at}__path"))
        return list(rows.select_for_update(of=("self",)).order_by("pk"))

    def spot(self, row: Any) -> Place:
        return _door(row) if self.at == AT_DOOR else row.place


def _door(row: Any) -> Place:
    place: Place = row.household.place
    return place


def _community(row: Any) -> Place:
    place: Place = row.community.place
    return place


def _at_door(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("household__place")


def _walked() -> QuerySet[AssistedApplication]:
    """Applications that are not at their end, and those whose resident has not heard of a step."""
    unheard = ApplicationStep.objects.filter(done_at__isnull=False, told_at=None).values("application")
    return AssistedApplication.objects.filter(Q(ended_at=None) | Q(pk__in=unheard))


OPEN: Final = (
    _Open(lambda: _at_door(Need.objects.open()), "place", AT_DOOR, _door),
    _Open(lambda: _at_door(Errand.objects.open()), "place", AT_DOOR, _door),
    _Open(lambda: _at_door(_walked()), "place", AT_DOOR, _door),
    _Open(
        lambda: _at_door(SafetyVisit.objects.filter(done_at=None)),
        "scope",
        AT_DOOR,
        _door,
    ),
    _Open(
        lambda: _at_door(MeterReading.objects.filter(cycle__shared_at=None)).select_related("cycle__scope"),
        "place",
        AT_DOOR,
        lambda row: row.cycle.scope,
    ),
    _Open(
        lambda: Hazard.objects.unsafe().select_related("place", "community__place"),
        "scope",
        "place",
        _community,
    ),
    _Open(
        lambda: OpinionDiaryEntry.objects.waiting().select_related("place", "community__place"),
        "scope",
        "place",
        _community,
    ),
)


def work_follow_ground(places: Iterable[Place], *, actor: User | None, post: str, at: datetime) -> None:
    """Book what is open under these places to the grids that hold them now, in the transaction that changed
    that, and that holds the tree alone (`hold_tree`); each row that moves leaves a line on the trail. Doors
    change hands at once, the rest in the morning, where whoever has it holds no post over it any more
    (`leaving.work_passed_on`). What is being entered at this moment follows in `ground_settle`.
    """
    held = list(places)
    paths = [place.path for place in held]
    if not paths:
        return
    _open_work_follows(held, actor, post, at)
    charges_follow_ground(held, actor=actor, post=post, at=at)
    GroundChange.objects.bulk_create(GroundChange(place=place, at=at) for place in held)


@transaction.atomic
def ground_settle(*, at: datetime) -> int:
    """Look once more, a few minutes later, for what was being entered while a place changed grids: it read
    the old grid before, and was not there yet when the rest moved. How many places were looked at.
    """
    due = GroundChange.objects.filter(at__lte=at - SETTLES)
    if not due.exists():
        return 0
    hold_tree(moving=True)
    rows = due.select_related("place").select_for_update(of=("self",), skip_locked=True)
    changes = list(rows.order_by("pk")[:ROWS])
    held = list({change.place_id: change.place for change in changes}.values())
    if held:
        _open_work_follows(held, None, "", at)
        GroundChange.objects.filter(pk__in=[change.pk for change in changes]).delete()
    return len(held)


def _open_work_follows(held: Sequence[Place], actor: User | None, post: str, at: datetime) -> None:
    paths = [place.path for place in held]
    found = [(one, row) for one in OPEN for row in one.under(paths)]
    grids = grids_of({one.spot(row).pk: one.spot(row) for one, row in found}.values())
    moved: list[tuple[_Open, Any]] = []
    for one, row in found:
        spot = one.spot(row)
        grid = grids.get(spot.pk)
        if grid is None and spot.kind == PlaceKind.ESTATE:
            continue  # of an estate in several grids it stays with whoever found it
        home = grid.place if grid else one.home(row)
        if getattr(row, f"{one.field}_id") != home.pk:
            setattr(row, one.field, home)
            moved.append((one, row))
    for kind in OPEN:
        rows_update([row for one, row in moved if one is kind], (kind.field,))
    _kept(moved, actor, post, at)
    for listener in ground_changed:
        listener(held, actor, post, at)


def ground_follows_place(place: Place, actor: User | None, post: str, at: datetime) -> None:
    """A building that moves to another estate may lie in another grid from then on, and so may what is above
    it and below it."""
    if place.kind in (PlaceKind.ESTATE, PlaceKind.BUILDING, PlaceKind.ENTRANCE):
        work_follow_ground([place], actor=actor, post=post, at=at)


def _kept(moved: Sequence[tuple[_Open, Any]], actor: User | None, post: str, at: datetime) -> None:
    """A line of the trail for each row, and one of its own history for a hazard."""
    for kind in OPEN:
        rows = [row for one, row in moved if one is kind]
        if rows:
            record_each(
                event=f"{rows[0]._meta.model_name}.moved",
                actor=actor,
                traces=[Trace(row, getattr(row, kind.field).path, post) for row in rows],
                at=at,
                fields=[kind.field],
            )
    HazardEvent.objects.bulk_create(
        HazardEvent(
            hazard=row, kind=HazardEventKind.MOVED, at=at, by=actor, note=_("楼栋划归%s。") % row.scope.name
        )
        for _one, row in moved
        if isinstance(row, Hazard)
    )
