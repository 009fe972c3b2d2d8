"""Where an entry from a phone is about, told by its own fields: each takes them and whose phone it was.

None where they name nothing that is there; its form then says what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

from django.http import QueryDict

from community.models import Household, Place
from community.permissions import Scope
from core.models import User
from core.prepared import Prepared
from grids.models import Checkpoint, Errand, GiftPack, Hazard, MeterReading, Patrol, SafetyVisit, SweepStop
from grids.selectors.buildings import grid_key_of
from grids.selectors.position import grid_at

_PLACE: Final = Prepared(lambda pk: Place.objects.filter(pk=pk).order_by().values_list("kind", "path"), pk=-1)


_DOOR_PLACE: Final = Prepared(
    lambda pk: (
        Household.objects.filter(is_active=True, pk=pk).order_by().values_list("place__kind", "place__path")
    ),
    pk=-1,
)


def about_door(fields: QueryDict, _worker: User) -> Scope | None:
    """The household that was chosen."""
    return _door(key_of(fields, "household"))


def about_pack(fields: QueryDict, _worker: User) -> Scope | None:
    """The household of a gift pack."""
    rows = GiftPack.objects.filter(pk=key_of(fields, "pack"))
    return _door(rows.values_list("household", flat=True).first())


def about_errand(fields: QueryDict, _worker: User) -> Scope | None:
    """The household of an errand."""
    return _door(
        Errand.objects.filter(pk=key_of(fields, "errand")).values_list("household", flat=True).first()
    )


def about_reading(fields: QueryDict, _worker: User) -> Scope | None:
    """The household whose meter is read."""
    rows = MeterReading.objects.filter(pk=key_of(fields, "reading"))
    return _door(rows.values_list("household", flat=True).first())


def about_place(fields: QueryDict, _worker: User) -> Scope | None:
    """The place that was chosen, with the grid that answers for it."""
    return _within(_PLACE.rows(pk=key_of(fields, "place")))


def about_spot(fields: QueryDict, worker: User) -> Scope | None:
    """The place that was chosen, else the grid that the phone's position lies in."""
    try:
        east, north = float(fields.get("longitude", "")), float(fields.get("latitude", ""))
    except ValueError:
        return about_place(fields, worker)
    if fields.get("place") or not (isfinite(east) and isfinite(north)):
        return about_place(fields, worker)
    grid = grid_at(longitude=east, latitude=north)
    return _at(grid.place.path) if grid else None


def about_grid(fields: QueryDict, _worker: User) -> Scope | None:
    """The grid that was chosen."""
    path = Place.objects.filter(pk=key_of(fields, "grid"), grid__isnull=False).values_list("path", flat=True)
    return _at(path.first())


def about_checkpoint(fields: QueryDict, _worker: User) -> Scope | None:
    """The grid of the point whose code was read."""
    code = "".join(fields.get("code", "").split()).upper()[:8]
    return _at(Checkpoint.objects.filter(code=code).values_list("grid__place__path", flat=True).first())


def about_patrol(_fields: QueryDict, worker: User) -> Scope | None:
    """The grid in which this person's last patrol still goes on."""
    rows = Patrol.objects.filter(worker=worker, ended_at=None).order_by("-started_at")
    return _at(rows.values_list("grid__place__path", flat=True).first())


def about_walk(_fields: QueryDict, worker: User) -> Scope | None:
    """The grid of this person's last patrol, whether it still goes on or not."""
    rows = Patrol.objects.filter(worker=worker).order_by("-started_at")
    return _at(rows.values_list("grid__place__path", flat=True).first())


def about_safety_visit(fields: QueryDict, _worker: User) -> Scope | None:
    """Where the door lies that was to be visited this winter."""
    rows = SafetyVisit.objects.filter(pk=key_of(fields, "visit"))
    return _at(rows.values_list("scope__path", flat=True).first())


def about_hazard(fields: QueryDict, worker: User) -> Scope | None:
    """Where a hazard is; of no place for whoever has to put it right, wherever they are in post."""
    rows = Hazard.objects.filter(pk=key_of(fields, "hazard")).exclude(responsible=worker.pk)
    return _at(rows.values_list("scope__path", flat=True).first())


def about_stop(fields: QueryDict, worker: User) -> Scope | None:
    """What is swept; of no place for those who take part, for they record wherever they are in post."""
    rows = SweepStop.objects.filter(pk=key_of(fields, "stop")).exclude(sweep__participants=worker.pk)
    return _at(rows.values_list("sweep__scope__path", flat=True).first())


def _at(path: str | None) -> Scope | None:
    return Scope(path) if path else None


def _door(pk: int | None) -> Scope | None:
    return _within(_DOOR_PLACE.rows(pk=pk)) if pk else None


def _within(places: Sequence[tuple[Any, ...]]) -> Scope | None:
    """The first of these places (kind, path), with the grid that answers for it."""
    for kind, path in places:
        grid = grid_key_of(kind, path)
        return Scope(path, grid[1] if grid else "")
    return None


def key_of(fields: QueryDict, name: str) -> int:
    """The key in a field, 0 for what is none."""
    word = fields.get(name, "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else 0
