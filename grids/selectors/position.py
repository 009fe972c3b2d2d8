"""Which grid a position lies in: an index of all boundaries in this process, read anew when one changes."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Final
from uuid import UUID

import numpy as np
import shapely
from django.db import connection

from community.models import Community
from core.prepared import Prepared
from grids.models import BoundaryMark, Grid
from grids.models.grid import Tier
from grids.selectors.buildings import RANK

_VERSION: Final = Prepared(lambda mark: BoundaryMark.objects.filter(pk=mark).values_list("version"), mark=-1)
_SHAPES: Final = """
    SELECT grid.place_id, grid.tier, grid.community_id, boundary.shape::text, boundary.square_metres
    FROM grids_gridboundary boundary JOIN grids_grid grid ON grid.place_id = boundary.grid_id
    WHERE grid.is_active ORDER BY grid.place_id
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """A grid whose boundary holds a position."""

    grid_id: int
    tier: Tier
    community_id: int
    square_metres: float

    @property
    def rank(self) -> tuple[int, float]:
        """Whose matter it is: the lowest tier, and of two that overlap the smaller."""
        return RANK[self.tier], self.square_metres


@dataclass(frozen=True, slots=True)
class _Index:
    version: UUID | None
    tree: shapely.STRtree
    grounds: list[Ground]

    def at(self, longitude: float, latitude: float) -> list[Ground]:
        hits = self.tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return sorted((self.grounds[hit] for hit in hits), key=lambda ground: ground.rank)


class _Kept:
    """The index of this process; threads share it, and one at a time reads it anew."""

    def __init__(self) -> None:
        self.index: _Index | None = None
        self.lock = Lock()

    def fresh(self) -> _Index:
        """The index of now: one small statement as long as nothing changed."""
        version = _version()
        index = self.index
        if index is not None and index.version == version:
            return index
        with self.lock:
            if self.index is None or self.index.version != version:
                self.index = _read(version)
            return self.index


_KEPT: Final = _Kept()


def _version() -> UUID | None:
    rows = _VERSION.rows(mark=1)
    return rows[0][0] if rows else None


def _read(version: UUID | None) -> _Index:
    """Every boundary in force. Read after its mark: what changes in between is only read once more."""
    with connection.cursor() as cursor:
        cursor.execute(_SHAPES)
        rows = cursor.fetchall()
    shapes = shapely.from_geojson(np.array([row[3] for row in rows], dtype=object))
    shapely.prepare(shapes)
    grounds = [Ground(row[0], Tier(row[1]), row[2], row[4]) for row in rows]
    return _Index(version, shapely.STRtree(shapes), grounds)


def grounds_at(*, longitude: float, latitude: float, community: Community | None = None) -> list[Ground]:
    """Every grid in force whose boundary holds a position (WGS 84), the one it belongs to first."""
    found = _KEPT.fresh().at(longitude, latitude)
    return [ground for ground in found if community is None or ground.community_id == community.pk]


def grid_at(*, longitude: float, latitude: float, community: Community | None = None) -> Grid | None:
    """The grid that a position belongs to, with its place; at most two statements."""
    found = grounds_at(longitude=longitude, latitude=latitude, community=community)
    return Grid.objects.select_related("place").filter(pk=found[0].grid_id).first() if found else None
