"""A grid is set up, and buildings are put into it (G-02, G-03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from community import permissions
from community.actions import place_activate, place_create, place_deactivate, place_update
from community.duties import Power
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from grids.models import Grid, GridBuilding
from grids.models.grid import Tier

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def grid_create(
    *,
    community: Community,
    name: str,
    at: datetime,
    actor: User | None = None,
    tier: str = Tier.LEVEL_1,
    buildings: Sequence[Place] = (),
) -> Grid:
    """Make a grid and its place under the community, with the buildings it holds.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        ConflictError: the name is taken, or a building belongs to another grid.
        InvalidInputError: a building is not of this community.
    """
    place = place_create(kind=PlaceKind.GRID, name=name, parent=community.place, at=at, actor=actor)
    grid = Grid.objects.create(place=place, community=community, tier=tier, name=name)
    grid_assign_buildings(grid_id=grid.pk, buildings=buildings, actor=actor, at=at)
    return grid


@transaction.atomic
def grid_assign_buildings(
    *, grid_id: int, buildings: Sequence[Place], actor: User | None, at: datetime
) -> None:
    """Make these the buildings (or whole estates) of a grid; others it held are free again.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        ConflictError: a building belongs to another grid.
        InvalidInputError: a place is no building or estate of this community.
    """
    grid = Grid.objects.select_related("place", "community__place").locked().get(pk=grid_id)
    path = grid.place.path
    trace = permissions.authorise(actor, Power.PLACE_MANAGE, Scope(path), at=at)
    wanted = {place.pk: place for place in buildings}
    home = grid.community.place.path
    if any(
        place.kind not in (PlaceKind.BUILDING, PlaceKind.ESTATE) or not place.path.startswith(home)
        for place in wanted.values()
    ):
        raise InvalidInputError(_("网格只能包含本社区的楼栋或小区。"))
    taken = (
        GridBuilding.objects.filter(place_id__in=wanted).exclude(grid=grid).select_related("grid", "place")
    )
    clash = taken.first()
    if clash is not None:
        raise ConflictError(
            _("“%(place)s”已属于%(grid)s。") % {"place": clash.place.name, "grid": clash.grid.name}
        )
    GridBuilding.objects.filter(grid=grid).exclude(place_id__in=wanted).delete()
    GridBuilding.objects.bulk_create(
        [GridBuilding(grid=grid, place=place) for place in wanted.values()], ignore_conflicts=True
    )
    record(
        event="grid.buildings_set",
        actor=actor,
        subject=grid,
        at=at,
        scope_path=path,
        post=trace,
        fields=["buildings"],
    )


@transaction.atomic
def grid_update(
    *, grid_id: int, name: str, tier: str, is_active: bool, actor: User | None, at: datetime
) -> Grid:
    """Rename, re-tier, open or close a grid together with its place.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        ConflictError: the name is taken.
    """
    grid = Grid.objects.select_related("place").locked().get(pk=grid_id)
    place_update(place_id=grid.pk, changes={"name": name}, actor=actor, at=at)
    if is_active != grid.is_active:
        (place_activate if is_active else place_deactivate)(place_id=grid.pk, actor=actor, at=at)
    grid.name, grid.tier, grid.is_active = name, tier, is_active
    grid.save(update_fields=["name", "tier", "is_active"])
    return grid
