"""Which grid a building belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db.models import Case, IntegerField, QuerySet, Value, When

from community.models import Place
from community.models.place import PlaceKind
from core.prepared import Prepared, PreparedModel
from grids.models import Grid, GridBuilding
from grids.models.grid import NEAREST_FIRST

DEPTH: Final = 8
"""More levels than the tree of places has (C-06)."""
RANK: Final[Mapping[str, int]] = {tier.value: rank for rank, tier in enumerate(NEAREST_FIRST)}
_RANKED: Final = Case(
    *(When(tier=tier, then=Value(rank)) for tier, rank in RANK.items()), output_field=IntegerField()
)
SLOTS: Final = {f"p{at}": -1 - at for at in range(DEPTH)}
"""Samples of the keys of a place and all that it lies in, for a statement that is written once."""
_OWN: Final = Prepared(
    lambda pk: Grid.objects.active().filter(pk=pk).order_by().values_list("pk", "place__path"), pk=-1
)


def _nearest(**ids: int) -> QuerySet[GridBuilding]:
    links = GridBuilding.objects.active().filter(place_id__in=list(ids.values()))
    return links.order_by(_RANKED, "-place__depth", "pk")[:1]


_NEAREST: Final = PreparedModel(lambda **ids: _nearest(**ids).select_related("grid__place"), **SLOTS)
_NEAREST_KEY: Final = Prepared(
    lambda **ids: _nearest(**ids).values_list("grid_id", "grid__place__path"), **SLOTS
)


def grid_of(place: Place) -> Grid | None:
    """The grid in force that matters at a place belong to: the lowest tier that holds its building or estate.

    Of a grid's own place, that grid. One statement; the grid comes with its place.
    """
    if place.kind == PlaceKind.GRID:
        return Grid.objects.active().select_related("place").filter(pk=place.pk).first()
    link = _NEAREST.first(**of_slots(_upwards(place.path)))
    return link.grid if link else None


def grid_key_of(kind: str, path: str) -> tuple[int, str] | None:
    """Key and path of that grid alone, of a place of this kind at this path; one statement."""
    upwards = _upwards(path)
    own = kind == PlaceKind.GRID
    rows = _OWN.rows(pk=upwards[0]) if own else _NEAREST_KEY.rows(**of_slots(upwards))
    return next(((pk, grid_path) for pk, grid_path in rows), None)


def _upwards(path: str) -> list[int]:
    return [int(part) for part in reversed(path.strip("/").split("/"))][:DEPTH]


def of_slots(ids: Sequence[int]) -> dict[str, int]:
    """These keys, `DEPTH` at most, in the places of `SLOTS`."""
    return dict(zip(SLOTS, [*ids[:DEPTH], *[0] * DEPTH], strict=False))


def grids_of(places: Iterable[Place]) -> dict[int, Grid]:
    """The same for many places, by place id, in one statement; places without a grid are left out."""
    return {pk: held[0] for pk, held in grids_of_all_tiers(places).items()}


def grids_of_all_tiers(places: Iterable[Place]) -> dict[int, list[Grid]]:
    """Every grid in force that holds a place, the lowest tier first, one of each tier; one statement."""
    known = list(places)
    ids = {pk for place in known for pk in (*place.ancestor_ids, place.pk)}
    links = GridBuilding.objects.active().filter(place_id__in=ids).select_related("grid__place")
    by_place: dict[int, dict[str, Grid]] = {}
    for link in links:
        by_place.setdefault(link.place_id, {})[link.tier] = link.grid
    found: dict[int, list[Grid]] = {}
    for place in known:
        held: dict[str, Grid] = {}
        for pk in (*place.ancestor_ids, place.pk):  # what lies nearer speaks last
            held.update(by_place.get(pk, {}))
        if held:
            found[place.pk] = [held[tier] for tier in sorted(held, key=RANK.__getitem__)]
    return found
