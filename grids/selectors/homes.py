"""Which grid a household lives in, for many at once: counts of households, and doors without a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db import connection

from grids.models.grid import NEAREST_FIRST

_HOMES: Final = f"""
    SELECT household.id AS household_id, place.path, home.grid_id
    FROM community_household household
    JOIN community_place place ON place.id = household.place_id
    LEFT JOIN LATERAL (
        SELECT link.grid_id
        FROM grids_gridbuilding link JOIN community_place held ON held.id = link.place_id
        WHERE link.is_active AND link.place_id = ANY (string_to_array(btrim(place.path, '/'), '/')::bigint[])
        ORDER BY array_position(ARRAY{[tier.value for tier in NEAREST_FIRST]}::varchar[], link.tier),
            held.depth DESC
        LIMIT 1
    ) home ON true
    WHERE household.is_active AND place.path LIKE %(path)s
"""
"""Every household under a path with the grid that its matters go to; without one the grid is NULL."""
_LEFT: Final = """
    (
        EXISTS (SELECT FROM community_resident one WHERE one.household_id = homes.household_id)
        AND NOT EXISTS (
            SELECT FROM community_resident one
            WHERE one.household_id = homes.household_id AND one.standing = 'present'
        )
    )
"""
"""Nobody is left behind a door: everybody on its roll has died or moved away."""
_CHARGED: Final = """
    EXISTS (
        SELECT FROM grids_householdcharge charge JOIN community_post post ON post.id = charge.post_id
        WHERE charge.household_id = homes.household_id
            AND charge.starts_on <= %(day)s AND (charge.ends_on IS NULL OR charge.ends_on >= %(day)s)
            AND post.starts_on <= %(day)s AND (post.ends_on IS NULL OR post.ends_on >= %(day)s)
    )
"""


def households_by_grid(path: str) -> dict[int | None, int]:
    """How many households each grid answers for under a place; None counts those without a grid. A door that
    everybody on its roll has left counts nowhere (G-36)."""
    sql = f"SELECT homes.grid_id, count(*) FROM ({_HOMES}) homes WHERE NOT {_LEFT} GROUP BY homes.grid_id"
    return dict(_rows(sql, path=path))


def uncharged_by_grid(path: str, day: date) -> dict[int | None, int]:
    """How many households of each grid are in nobody's hands on a day (G-17)."""
    sql = f"SELECT homes.grid_id, count(*) FROM ({_HOMES}) homes WHERE NOT {_CHARGED} GROUP BY homes.grid_id"
    return dict(_rows(sql, path=path, day=day))


def uncharged(path: str, day: date) -> list[tuple[int, int | None]]:
    """Households in nobody's hands on a day, each with its grid."""
    sql = f"SELECT homes.household_id, homes.grid_id FROM ({_HOMES}) homes WHERE NOT {_CHARGED} ORDER BY 1"
    return [(row[0], row[1]) for row in _rows(sql, path=path, day=day)]


def uncharged_since(path: str, day: date) -> list[tuple[int, int | None, date | None]]:
    """The same, and the last day on which somebody had each; None where nobody ever had it."""
    sql = f"""
        SELECT homes.household_id, homes.grid_id, (
            SELECT max(least(charge.ends_on, post.ends_on))
            FROM grids_householdcharge charge JOIN community_post post ON post.id = charge.post_id
            WHERE charge.household_id = homes.household_id
                AND least(charge.ends_on, post.ends_on) < %(day)s
        )
        FROM ({_HOMES}) homes WHERE NOT {_CHARGED} ORDER BY 1
    """
    return [(row[0], row[1], row[2]) for row in _rows(sql, path=path, day=day)]


def households_in(grid_id: int, path: str) -> list[int]:
    """The households that a grid answers for, among those under a place."""
    sql = f"SELECT homes.household_id FROM ({_HOMES}) homes WHERE homes.grid_id = %(grid)s ORDER BY 1"
    return [row[0] for row in _rows(sql, path=path, grid=grid_id)]


def _rows(sql: str, *, path: str, **values: Any) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"path": f"{path}%", **values})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
