"""The grids under some places at a glance: by tier, how far they have come, and what is missing (G-01)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from community.duties import Duty
from grids.models.grid import Tier

_THEIRS: Final = """
    WITH whole AS MATERIALIZED (
        SELECT community.place_id
        FROM community_community community JOIN community_place place ON place.id = community.place_id
        WHERE place.path LIKE ANY (%(prefixes)s)
    ),
    theirs AS (
        SELECT grid.place_id, grid.tier, grid.is_active, grid.duty_list_id
        FROM grids_grid grid WHERE grid.community_id IN (SELECT place_id FROM whole)
        UNION ALL
        SELECT DISTINCT grid.place_id, grid.tier, grid.is_active, grid.duty_list_id
        FROM community_place own
        JOIN community_place place ON place.path ~>=~ own.path AND place.path ~<~ (left(own.path, -1) || '0')
        JOIN grids_grid grid ON grid.place_id = place.id
        WHERE own.path = ANY (%(paths)s) AND own.kind = 'grid'
            AND grid.community_id NOT IN (SELECT place_id FROM whole)
    )
"""
"""Grids under these places. A grid never leaves its community, so that a community that lies there brings all
of its own; the tree is read for posts in a grid alone."""
_HELD: Final = """
    LEFT JOIN community_post {name} ON {name}.place_id = grid.place_id AND {name}.duty = %({name})s
        AND {name}.deputises_id IS NULL AND {name}.starts_on <= %(day)s
        AND ({name}.ends_on IS NULL OR {name}.ends_on >= %(day)s)
"""
"""At most one of a day: `post_one_holder_per_grid`."""
_TOTALS: Final = f"""
    {_THEIRS}
    SELECT grid.tier, count(*) AS grids, count(*) FILTER (WHERE grid.is_active) AS active,
        count(worker.id) AS workers,
        count(*) FILTER (WHERE grid.is_active AND worker.id IS NULL) AS vacant,
        count(*) FILTER (WHERE grid.is_active AND officer.id IS NULL) AS officerless,
        count(*) FILTER (
            WHERE grid.place_id IN (SELECT grid_id FROM grids_gridbuilding)
                OR grid.place_id IN (SELECT grid_id FROM grids_gridboundary)
        ) AS ground,
        count(*) FILTER (WHERE grid.duty_list_id IN (SELECT duty_list_id FROM grids_dutyitem)) AS duties
    FROM theirs grid {_HELD.format(name="worker")} {_HELD.format(name="officer")}
    GROUP BY grid.tier
"""  # noqa: S608  names of our own


@dataclass(frozen=True, slots=True)
class Totals:
    """The grids under some places by tier, how far they have come, and what is missing."""

    tiers: Sequence[tuple[Tier, int]]
    steps: Mapping[str, int]
    grids: int
    active: int
    workers: int
    vacant: int
    officerless: int


def totals_under(paths: Collection[str], day: date) -> Totals:
    """Counts over every grid under these paths on a day; one statement, each table read once."""
    values: dict[str, Any] = {
        "paths": list(paths),
        "prefixes": [f"{path}%" for path in paths],
        "day": day,
        "worker": Duty.GRID_WORKER,
        "officer": Duty.AREA_OFFICER,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, values)
        _tier, *names = (column.name for column in cursor.description)
        found: dict[str, list[int]] = {tier: counts for tier, *counts in cursor.fetchall()}
    counts = dict.fromkeys(names, 0)
    for row in found.values():
        for name, count in zip(names, row, strict=True):
            counts[name] += count
    return Totals(
        tiers=[(tier, found[tier][0] if tier in found else 0) for tier in Tier],
        steps={"ground": counts["ground"], "worker": counts["workers"], "duties": counts["duties"]},
        **{name: counts[name] for name in ("grids", "active", "workers", "vacant", "officerless")},
    )
