"""What a map shows, where the portal has tiles to draw it on; without them the page stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from grids.models import Checkpoint, GridBoundary


@dataclass(frozen=True, slots=True)
class Map:
    """An outline and points by name, as the script reads them: GeoJSON, and [name, latitude, longitude]."""

    tiles: str
    attribution: str
    shape: str
    points: str


def map_of(shape: Mapping[str, Any] | None, points: Iterable[Checkpoint]) -> Map | None:
    """A map of an outline and of the points that have a position; none without tiles or anything to draw."""
    if not settings.TILE_URL:
        return None
    placed = [
        [one.name, one.latitude, one.longitude]
        for one in points
        if one.latitude is not None and one.longitude is not None
    ]
    if not shape and not placed:
        return None
    drawn = json.dumps(shape, ensure_ascii=False) if shape else ""
    return Map(settings.TILE_URL, settings.TILE_ATTRIBUTION, drawn, json.dumps(placed, ensure_ascii=False))


def maps_of(walked: Sequence[tuple[int, Sequence[Checkpoint]]]) -> list[Map | None]:
    """A map for each of these grids with its points; one statement, and none without tiles."""
    if not settings.TILE_URL:
        return [None for _one in walked]
    rows = GridBoundary.objects.filter(grid__in=[pk for pk, _points in walked])
    shapes = {boundary.grid_id: boundary.shape for boundary in rows}
    return [map_of(shapes.get(pk), points) for pk, points in walked]
