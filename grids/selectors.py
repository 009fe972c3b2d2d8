"""Which grid a place belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

from community.models import Place
from community.models.place import PlaceKind
from core.prepared import PreparedModel
from grids.models import Grid, GridBuilding

DEPTH: Final = 8
"""More levels than the tree of places has (C-06)."""
_NEAREST: Final = PreparedModel(
    lambda **ids: (
        GridBuilding.objects.filter(place_id__in=list(ids.values()), grid__is_active=True)
        .select_related("grid__place")
        .order_by("-place__depth", "pk")[:1]
    ),
    **{f"p{at}": -1 - at for at in range(DEPTH)},
)


def grid_of(place: Place) -> Grid | None:
    """The active grid of a place: its building's, else its estate's; of a grid's own place, that grid.

    One statement; the grid comes with its place.
    """
    if place.kind == PlaceKind.GRID:
        return Grid.objects.active().select_related("place").filter(pk=place.pk).first()
    nearest = [place.pk, *reversed(place.ancestor_ids)][:DEPTH]
    link = _NEAREST.first(**{f"p{at}": pk for at, pk in zip_longest(range(DEPTH), nearest, fillvalue=0)})
    return link.grid if link else None


def grids_of(places: Iterable[Place]) -> dict[int, Grid]:
    """The grids of many places, by place id, in one statement; places without a grid are left out."""
    known = list(places)
    ids = {pk for place in known for pk in (*place.ancestor_ids, place.pk)}
    links = GridBuilding.objects.filter(place_id__in=ids, grid__is_active=True).select_related("grid__place")
    by_place = {link.place_id: link.grid for link in links}
    found: dict[int, Grid] = {}
    for place in known:
        nearest = next(
            (by_place[pk] for pk in (place.pk, *reversed(place.ancestor_ids)) if pk in by_place), None
        )
        if nearest is not None:
            found[place.pk] = nearest
    return found
