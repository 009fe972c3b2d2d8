"""The doors of grids: which households a person may visit, and the condition that says so in a statement."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from community.duties import Power
from community.models import Community, Household, Place
from community.permissions import Scope, has_power, paths_with
from community.querysets import below
from core.errors import NotFoundError
from core.language import gettext as _
from core.models import User
from core.prepared import Prepared, PreparedModel
from core.querysets import NO_KEYS, Among, keys_text
from grids.models import Grid
from grids.models.grid import NEAREST_FIRST
from grids.selectors.buildings import SLOTS, grid_of, of_slots

GRIDS: Final = 200
"""More grids than these nobody chooses from on a phone; the desk has its own pages."""
_DOORS: Final = f"""
    SELECT household.id, own.grid_id
    FROM grids_gridbuilding own
    JOIN community_place held ON held.id = own.place_id
    JOIN community_place door ON door.path ~>=~ held.path AND door.path ~<~ (left(held.path, -1) || '0')
    CROSS JOIN LATERAL (SELECT id FROM community_household WHERE place_id = door.id OFFSET 0) household
    CROSS JOIN LATERAL (
        SELECT link.grid_id
        FROM grids_gridbuilding link JOIN community_place nearest ON nearest.id = link.place_id
        WHERE link.is_active AND link.place_id = ANY (string_to_array(btrim(door.path, '/'), '/')::bigint[])
        ORDER BY array_position(ARRAY{[tier.value for tier in NEAREST_FIRST]}::varchar[], link.tier),
            nearest.depth DESC
        LIMIT 1
    ) home
    WHERE own.is_active AND own.grid_id = ANY (%s) AND home.grid_id = own.grid_id
"""
"""The households that some grids answer for, by the prefix of each building's path. How many places a prefix
holds the planner cannot know: OFFSET keeps it from reading every household of a county for a few doors."""


def doors_of(grid_ids: Collection[int] | str) -> RawSQL:
    """For `household__in`: the households whose matters go to these grids, keys or their `keys_text`."""
    given = grid_ids if isinstance(grid_ids, str) else sorted(grid_ids)
    return RawSQL(f"SELECT door.id FROM ({_DOORS}) door", [given])


class CountByGrid(Prepared):
    """How many rows of a queryset fall to each grid; `door` leads from a row to its household.

    The doors are found first: rows are looked for behind them alone.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], door: str, **samples: Any) -> None:
        behind = Among(F(door), RawSQL("SELECT door.id FROM door", ()))
        super().__init__(
            lambda **given: build(**given).filter(behind).order_by().values_list(door),
            (),
            grids=NO_KEYS,
            **samples,
        )

    def of(self, grid_ids: Collection[int], **values: Any) -> dict[int, int]:
        """The counts of these grids, none for a grid without; one statement."""
        return dict(self.rows(grids=keys_text(sorted(grid_ids)), **values)) if grid_ids else {}

    def written(self) -> tuple[str, Sequence[Any]]:
        given = {name: value for name, value in self.samples.items() if name != "grids"}
        found, parameters = self.build(**given).query.sql_with_params()
        sql = (
            f"WITH door(id, grid_id) AS MATERIALIZED ({_DOORS}) SELECT door.grid_id, count(*)"
            f" FROM door JOIN ({found}) found(door) ON found.door = door.id GROUP BY 1"
        )
        return sql, [NO_KEYS, *parameters]


def visited_grids(user: User | AnonymousUser, *, at: datetime) -> QuerySet[Grid]:
    """The grids in force in which this person goes from door to door, or answers for those who do."""
    within = below(paths_with(user, Power.HOME_VISIT, at=at), "place__path")
    return Grid.objects.active().filter(within).select_related("place", "community__place").order_by("pk")


def visited_grid(user: User, chosen: str, *, at: datetime) -> tuple[Grid | None, Sequence[Grid]]:
    """The grid that was chosen, else the first, and all that there are to choose from.

    Raises:
        NotFoundError: the chosen one is none of the person's.
    """
    known = list(visited_grids(user, at=at)[:GRIDS])
    found = next((grid for grid in known if not chosen or str(grid.pk) == chosen), None)
    if chosen and found is None:
        raise NotFoundError(_("您的任职范围里没有这个网格。"))
    return found, known


def scope_of(household: Household) -> tuple[Scope, Place]:
    """Where a door lies, and the place to which what happens there is booked: its grid's, else its own."""
    grid = grid_of(household.place)
    return Scope(
        household.place.path, grid.place.path if grid else ""
    ), grid.place if grid else household.place


_DOOR: Final = PreparedModel(
    lambda pk: Household.objects.filter(is_active=True, pk=pk).select_related("place__parent__parent"), pk=-1
)


_COMMUNITY: Final = PreparedModel(
    lambda **ids: Community.objects.filter(pk__in=list(ids.values())).select_related("profile", "place"),
    **SLOTS,
)


def door_at(household_id: int) -> Household | None:
    """A household in use, with its place and what that lies in; one statement."""
    return _DOOR.first(pk=household_id)


def door_for(user: User, household_id: int, *, at: datetime, scope: Scope | None = None) -> Household:
    """A household that this person may visit, with its place; `scope` is where it lies, if that is known.

    Raises:
        NotFoundError: there is none, or it is not theirs to know.
    """
    household = door_at(household_id)
    if household is not None and has_power(user, Power.HOME_VISIT, scope or scope_of(household)[0], at=at):
        return household
    raise NotFoundError(_("没有找到这一户。"))


def community_at(household: Household) -> Community:
    """The community of a door; one statement.

    Raises:
        NotFoundError: the door lies in none.
    """
    found = _COMMUNITY.first(**of_slots(household.place.ancestor_ids))
    if found is None:
        raise NotFoundError(_("没有找到这一户。"))
    return found
