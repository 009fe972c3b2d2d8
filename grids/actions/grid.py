"""A grid is made, put under another, given buildings, and set in force once 四定 is done (G-01, G-02)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy

from community import permissions
from community.actions import place_activate, place_create, place_deactivate, place_move, place_update
from community.actions.place import hold_tree
from community.duties import Power
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from grids.actions.ground import work_follow_ground
from grids.models import Grid, GridBoundary, GridBuilding
from grids.models.grid import ABOVE, Tier
from grids.selectors.setup import WANTED, missing_steps

if TYPE_CHECKING:
    from core.models import User


def grid_kept(grid_id: int, actor: User | None, at: datetime) -> tuple[Grid, str]:
    """A locked grid with its places, and the post by which the actor may set it up.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
    """
    grid = Grid.objects.select_related("place", "community__place").locked().get(pk=grid_id)
    return grid, permissions.authorise(actor, Power.PLACE_MANAGE, Scope(grid.place.path), at=at)


def _check_parent(tier: str, parent: Grid | None, community_id: int) -> None:
    """The database holds the same by constraints; here the sentence says what to do."""
    above = ABOVE.get(tier)
    if above is None and parent is not None:
        raise InvalidInputError(_("一级网格和专属网格直接属于社区，没有上级网格。"))
    if tier == Tier.LEVEL_3 and parent is None:
        raise InvalidInputError(_("三级网格必须有一个二级网格作上级。"))
    if above is None or parent is None:
        return
    if parent.tier != above:
        words = {"tier": Tier(tier).label, "above": Tier(above).label}
        raise InvalidInputError(_("%(tier)s的上级只能是%(above)s。") % words)
    if parent.community_id != community_id:
        raise InvalidInputError(_("上级网格必须属于同一个社区。"))


@transaction.atomic
def grid_create(
    *,
    community: Community,
    name: str,
    at: datetime,
    actor: User | None = None,
    tier: str = Tier.LEVEL_1,
    parent: Grid | None = None,
    buildings: Sequence[Place] = (),
) -> Grid:
    """Make a grid and its place under the community or the parent; it is in force once it is activated.

    Raises:
        NotAllowedError: `actor` does not keep the community's places.
        ConflictError: the name is taken.
        InvalidInputError: a building is not of this community, or the parent does not fit the tier.
    """
    hold_tree(moving=bool(buildings))
    _check_parent(tier, parent, community.pk)
    above = parent.place if parent else community.place
    place = place_create(kind=PlaceKind.GRID, name=name, parent=above, at=at, actor=actor)
    grid = Grid.objects.create(place=place, community=community, tier=tier, parent=parent, name=name)
    if buildings:
        grid_assign_buildings(grid_id=grid.pk, buildings=buildings, actor=actor, at=at)
    return grid


@transaction.atomic
def grid_update(
    *, grid_id: int, name: str, tier: str, parent: Grid | None, actor: User | None, at: datetime
) -> Grid:
    """Rename a grid, give it another tier or another parent; its place moves along.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        InvalidInputError: the parent does not fit the tier, or lies in another community.
        ConflictError: the name is taken, grids hang below it, or a building has its grid of that tier.
    """
    hold_tree(moving=True)
    grid, trace = grid_kept(grid_id, actor, at)
    if tier != grid.tier and grid.children.exists():
        raise ConflictError(_("下面还有网格，请先给它们另选上级，再改级别。"))
    _check_parent(tier, parent, grid.community_id)
    held = set(grid.buildings.values_list("place_id", flat=True))
    _check_free(grid, tier, held, is_active=grid.is_active)
    fields = [
        name for name, old, new in (("tier", grid.tier, tier), ("parent", grid.parent, parent)) if old != new
    ]
    grid.name, grid.tier, grid.parent = name, tier, parent
    grid.save(update_fields=["name", "tier", "parent"])
    place_update(place_id=grid.pk, changes={"name": name}, actor=actor, at=at)
    if "parent" in fields:
        above = parent.pk if parent else grid.community_id
        place_move(place_id=grid.pk, parent_id=above, actor=actor, at=at)
    if "tier" in fields and grid.is_active:
        work_follow_ground(Place.objects.filter(pk__in=held), actor=actor, post=trace, at=at)
    if fields:
        record(
            event="grid.changed",
            actor=actor,
            subject=grid,
            at=at,
            scope_path=grid.place.path,
            post=trace,
            fields=fields,
        )
    return grid


def grids_follow_place(_old: str, new: str) -> None:
    """A grid's place was moved in the tree: its parent is the grid that it hangs under now, if any."""
    moved, above = ([0, 0, *(int(part) for part in new.strip("/").split("/"))][at] for at in (-1, -2))
    if Grid.objects.filter(pk=moved).exists():
        parent = Grid.objects.filter(pk=above).values_list("pk", flat=True).first()
        Grid.objects.filter(pk=moved).update(parent=parent)


@transaction.atomic
def grid_assign_buildings(
    *, grid_id: int, buildings: Sequence[Place], actor: User | None, at: datetime
) -> None:
    """Make these the buildings (or whole estates) of a grid; others it held are free again.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        ConflictError: a building has an active grid of this tier, or nothing is left to a grid in force.
        InvalidInputError: a place is no building or estate of this community.
    """
    hold_tree(moving=True)
    grid, trace = grid_kept(grid_id, actor, at)
    wanted = {place.pk: place for place in buildings}
    home = grid.community.place.path
    if any(
        place.kind not in (PlaceKind.BUILDING, PlaceKind.ESTATE) or not place.path.startswith(home)
        for place in wanted.values()
    ):
        raise InvalidInputError(_("网格只能包含本社区的楼栋或小区。"))
    _check_free(grid, grid.tier, wanted, is_active=grid.is_active)
    if not wanted:
        check_ground_left(grid, GridBoundary.objects.filter(grid=grid).exists())
    before = set(grid.buildings.values_list("place_id", flat=True))
    grid.buildings.exclude(place_id__in=wanted).delete()
    GridBuilding.objects.bulk_create(
        GridBuilding(grid=grid, place_id=pk, tier=grid.tier, is_active=grid.is_active)
        for pk in wanted
        if pk not in before
    )
    if grid.is_active:
        changed = Place.objects.filter(pk__in=before ^ set(wanted))
        work_follow_ground(changed, actor=actor, post=trace, at=at)
    record(
        event="grid.buildings_set",
        actor=actor,
        subject=grid,
        at=at,
        scope_path=grid.place.path,
        post=trace,
        fields=["buildings"],
    )


def check_ground_left(grid: Grid, is_left: bool) -> None:
    """Refuse to take the last of boundary and buildings from a grid in force.

    Raises:
        ConflictError: nothing would be left of it.
    """
    if grid.is_active and not is_left:
        raise ConflictError(_("启用的网格要有边界，或者楼栋、小区。请先停用网格。"))


def _check_free(grid: Grid, tier: str, place_ids: Collection[int], *, is_active: bool) -> None:
    """Of each tier one active grid a building; the database holds the same rule for races."""
    if not is_active:
        return
    others = GridBuilding.objects.active().filter(place_id__in=place_ids, tier=tier).exclude(grid=grid)
    clash = others.select_related("grid", "place__parent").first()
    if clash is not None:
        words = {"place": clash.place.long_name, "grid": clash.grid.name, "tier": Tier(tier).label}
        raise ConflictError(_("“%(place)s”已属于%(tier)s“%(grid)s”。") % words)


@transaction.atomic
def grid_activate(*, grid_id: int, actor: User | None, at: datetime) -> Grid:
    """Set a grid in force: from now on matters of its buildings go to its people.

    Source: G-01.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        ConflictError: a step of 四定 is missing, or a building has an active grid of this tier.
    """
    hold_tree(moving=True)
    grid, trace = grid_kept(grid_id, actor, at)
    if grid.is_active:
        return grid
    missing = missing_steps(grid, timezone.localdate(at))
    if missing:
        words = format_lazy("；".join(["{}"] * len(missing)), *(WANTED[step] for step in missing))
        raise ConflictError(_("还不能启用，还缺：%s。") % words, extra={"missing": [*map(str, missing)]})
    _check_free(grid, grid.tier, set(grid.buildings.values_list("place_id", flat=True)), is_active=True)
    return _switch(grid, trace, on=True, actor=actor, at=at)


@transaction.atomic
def grid_deactivate(*, grid_id: int, actor: User | None, at: datetime) -> Grid:
    """Take a grid out of force: its buildings are free for another of its tier, its history stays.

    Raises:
        NotAllowedError: `actor` does not keep the grid's place.
        ConflictError: grids below it are still open.
    """
    hold_tree(moving=True)
    grid, trace = grid_kept(grid_id, actor, at)
    return _switch(grid, trace, on=False, actor=actor, at=at) if grid.is_active else grid


def _switch(grid: Grid, trace: str, *, on: bool, actor: User | None, at: datetime) -> Grid:
    (place_activate if on else place_deactivate)(place_id=grid.pk, actor=actor, at=at)
    grid.is_active = on
    grid.save(update_fields=["is_active"])
    held = Place.objects.filter(in_grids__grid=grid)
    work_follow_ground(held, actor=actor, post=trace, at=at)
    record(
        event="grid.activated" if on else "grid.deactivated",
        actor=actor,
        subject=grid,
        at=at,
        scope_path=grid.place.path,
        post=trace,
        fields=["is_active"],
    )
    return grid
