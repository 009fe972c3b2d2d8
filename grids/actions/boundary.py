"""划网定格: a grid gets its outline, or loses it (G-01)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from core.audit import record
from grids import shapes
from grids.actions.grid import check_ground_left, grid_kept
from grids.models import GridBoundary

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def boundary_set(*, grid_id: int, geojson: str, actor: User | None, at: datetime) -> GridBoundary:
    """Draw a grid: one polygon, or several parts, as GeoJSON in WGS 84. Positions find it at once.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        InvalidInputError: it is no usable polygon; the sentence says why.
    """
    grid, trace = grid_kept(grid_id, actor, at)
    outline = shapes.outline_of(geojson)
    boundary, _is_new = GridBoundary.objects.update_or_create(
        grid=grid,
        defaults={"shape": outline.shape, "square_metres": outline.square_metres, "changed_at": at},
    )
    record(
        event="grid.boundary_set",
        actor=actor,
        subject=grid,
        at=at,
        scope_path=grid.place.path,
        post=trace,
        fields=["boundary"],
    )
    return boundary


@transaction.atomic
def boundary_remove(*, grid_id: int, actor: User | None, at: datetime) -> None:
    """Take a grid's outline away; its buildings say then where it is.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        ConflictError: the grid is in force and holds no building.
    """
    grid, trace = grid_kept(grid_id, actor, at)
    check_ground_left(grid, grid.buildings.exists())
    GridBoundary.objects.filter(grid=grid).delete()
    record(
        event="grid.boundary_removed",
        actor=actor,
        subject=grid,
        at=at,
        scope_path=grid.place.path,
        post=trace,
        fields=["boundary"],
    )
