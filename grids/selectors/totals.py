"""The grids under some places at a glance: by tier, how far they have come, what is missing (G-01, G-04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from community.duties import CREW, IN_THE_FIELD, Duty, Employment
from grids.models.grid import Tier
from grids.models.norm import GridNorm

_THEIRS: Final = """
    WITH whole AS MATERIALIZED (
        SELECT community.place_id
        FROM community_community community JOIN community_place place ON place.id = community.place_id
        WHERE place.path LIKE ANY (%(prefixes)s)
    ),
    theirs AS (
        SELECT grid.place_id, grid.community_id, grid.tier, grid.is_active, grid.duty_list_id
        FROM grids_grid grid WHERE grid.community_id IN (SELECT place_id FROM whole)
        UNION ALL
        SELECT DISTINCT grid.place_id, grid.community_id, grid.tier, grid.is_active, grid.duty_list_id
        FROM community_place own
        JOIN community_place place ON place.path ~>=~ own.path AND place.path ~<~ (left(own.path, -1) || '0')
        JOIN grids_grid grid ON grid.place_id = place.id
        WHERE own.path = ANY (%(paths)s) AND own.kind = 'grid'
            AND grid.community_id NOT IN (SELECT place_id FROM whole)
    )
"""
"""Grids under these places. A grid never leaves its community, so that a community that lies there brings all
of its own; the tree is read for posts in a grid alone."""
_COUNTED: Final = f"""
    {_THEIRS},
    crewed AS (
        SELECT grid.place_id, count(*) FILTER (WHERE post.duty = %(leader)s) AS leaders,
            count(*) FILTER (WHERE post.duty = ANY (%(field)s)) AS hands,
            bool_or(post.duty = %(worker)s) AS has_worker, bool_or(post.duty = %(officer)s) AS has_officer,
            count(*) FILTER (WHERE post.duty = ANY (%(crew)s)) AS posts,
            count(*) FILTER (WHERE post.employment = %(full)s) AS full_time,
            count(*) FILTER (WHERE post.employment = %(part)s) AS part_time
        FROM theirs grid JOIN community_post post ON post.place_id = grid.place_id
        WHERE post.duty = ANY (%(duties)s) AND post.deputises_id IS NULL AND post.starts_on <= %(day)s
            AND (post.ends_on IS NULL OR post.ends_on >= %(day)s)
        GROUP BY grid.place_id
    ),
    known AS (
        SELECT grid.community_id, grid.tier, grid.is_active, crewed.posts, crewed.full_time, crewed.part_time,
            coalesce(crewed.has_worker, false) AS has_worker,
            coalesce(crewed.has_officer, false) AS has_officer,
            coalesce(crewed.leaders, 0) >= coalesce(norm.leaders, %(leaders)s)
                AND coalesce(crewed.hands, 0) >= coalesce(norm.workers, %(workers)s) AS is_whole,
            grid.place_id IN (SELECT grid_id FROM grids_gridbuilding)
                OR grid.place_id IN (SELECT grid_id FROM grids_gridboundary) AS has_ground,
            coalesce(grid.duty_list_id IN (SELECT duty_list_id FROM grids_dutyitem), false) AS has_duties,
            CASE WHEN grid.is_active THEN false
                ELSE (SELECT is_active FROM community_place WHERE id = grid.place_id) END AS is_begun
        FROM theirs grid LEFT JOIN crewed ON crewed.place_id = grid.place_id
        LEFT JOIN grids_gridnorm norm ON norm.community_id = grid.community_id AND norm.tier = grid.tier
    )
    SELECT community_id, tier, count(*) AS grids, count(*) FILTER (WHERE is_active) AS active,
        count(*) FILTER (WHERE has_ground) AS ground, count(*) FILTER (WHERE has_worker) AS workers,
        count(*) FILTER (WHERE has_duties) AS duties,
        count(*) FILTER (WHERE is_active AND NOT has_worker) AS vacant,
        count(*) FILTER (WHERE is_active AND NOT has_officer) AS officerless,
        count(*) FILTER (WHERE is_active AND is_whole) AS whole,
        count(*) FILTER (WHERE NOT is_active AND NOT is_begun) AS closed,
        count(*) FILTER (WHERE is_begun AND NOT has_ground) AS bare,
        count(*) FILTER (WHERE is_begun AND has_ground AND NOT has_worker) AS unstaffed,
        count(*) FILTER (WHERE is_begun AND has_ground AND has_worker AND NOT has_duties) AS untasked,
        count(*) FILTER (WHERE is_begun AND has_ground AND has_worker AND has_duties) AS ready,
        coalesce(sum(posts), 0)::int AS posts, coalesce(sum(full_time), 0)::int AS full_time,
        coalesce(sum(part_time), 0)::int AS part_time
    FROM known GROUP BY community_id, tier
"""  # noqa: S608  names of our own


@dataclass(frozen=True, slots=True)
class Totals:
    """The grids under some places: by tier, how far they have come, what is missing, and who is there.

    Every grid is counted once among `bare`, `unstaffed`, `untasked` (the first step of 四定 that it lacks),
    `ready` (nothing is lacking, but nobody has set it in force), `active` and `closed`.
    """

    tiers: Sequence[tuple[Tier, int]]
    grids: int = 0
    active: int = 0
    ground: int = 0
    workers: int = 0
    duties: int = 0
    vacant: int = 0
    officerless: int = 0
    whole: int = 0
    """Grids in force with at least the leaders and workers that the norm asks for (一长两员)."""
    closed: int = 0
    bare: int = 0
    unstaffed: int = 0
    untasked: int = 0
    ready: int = 0
    posts: int = 0
    """Posts of 一长两员: so many `full_time`, so many `part_time`, and of the rest nobody has said."""
    full_time: int = 0
    part_time: int = 0

    @property
    def steps(self) -> Mapping[str, int]:
        """How many grids have taken which step."""
        return {"ground": self.ground, "worker": self.workers, "duties": self.duties}

    @property
    def stuck(self) -> int:
        """Grids that were begun and are not in force."""
        return self.bare + self.unstaffed + self.untasked + self.ready

    @property
    def share(self) -> float:
        """Of a hundred grids in force, how many meet the norm."""
        return 100 * self.whole / self.active if self.active else 0.0

    @property
    def unsaid(self) -> int:
        """Posts of which nobody has said whether they are full-time."""
        return self.posts - self.full_time - self.part_time


def totals_under(paths: Collection[str], day: date) -> Totals:
    """Counts over every grid under these paths on a day; one statement, each table read once."""
    return _summed(row for rows in _counted(paths, day).values() for row in rows)


def communities_under(paths: Collection[str], day: date) -> dict[int, Totals]:
    """The same for each community that has a grid there; one statement."""
    return {pk: _summed(rows) for pk, rows in _counted(paths, day).items()}


Counted = tuple[str, Mapping[str, int]]
"""A tier of a community, and what was counted there by name."""


def _counted(paths: Collection[str], day: date) -> dict[int, list[Counted]]:
    usual = GridNorm()
    values: dict[str, Any] = {
        "paths": list(paths),
        "prefixes": [f"{path}%" for path in paths],
        "day": day,
        "worker": Duty.GRID_WORKER,
        "leader": Duty.GRID_LEADER,
        "officer": Duty.AREA_OFFICER,
        "field": sorted(IN_THE_FIELD),
        "crew": sorted(CREW),
        "duties": sorted(CREW | {Duty.AREA_OFFICER}),
        "full": Employment.FULL,
        "part": Employment.PART,
        "leaders": usual.leaders,
        "workers": usual.workers,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, values)
        _community, _tier, *names = (column.name for column in cursor.description)
        found: dict[int, list[Counted]] = {}
        for community_id, tier, *counts in cursor.fetchall():
            found.setdefault(community_id, []).append((tier, dict(zip(names, counts, strict=True))))
    return found


def _summed(rows: Iterable[Counted]) -> Totals:
    counts: Counter[str] = Counter()
    tiers: Counter[str] = Counter()
    for tier, found in rows:
        counts.update(found)
        tiers[tier] += found["grids"]
    return Totals(tiers=[(tier, tiers[tier]) for tier in Tier], **counts)
