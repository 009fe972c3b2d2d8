"""The grids under some places at a glance: by tier, how far they have come, what is missing (G-01, G-04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from community.duties import CREW, Duty, Employment
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
_CREWED: Final = """
    packed AS MATERIALIZED (
        SELECT post.place_id, sum(
            CASE post.duty WHEN %(worker)s THEN 1 WHEN %(officer)s THEN 2 WHEN %(leader)s THEN 4 ELSE 8 END
            + CASE post.employment WHEN %(full)s THEN 1024 WHEN %(part)s THEN 1048576 ELSE 0 END
        )::int AS code
        FROM {posts}
        WHERE post.duty = ANY (%(duties)s) AND post.deputises_id IS NULL AND post.starts_on <= %(day)s
            AND (post.ends_on IS NULL OR post.ends_on >= %(day)s)
        GROUP BY post.place_id
    ),
    crewed AS (
        SELECT place_id, code & 1 AS workers, (code >> 1) & 1 AS officers, (code >> 2) & 1 AS leaders,
            (code >> 3) & 127 AS auxiliaries, (code >> 10) & 1023 AS full_time, code >> 20 AS part_time
        FROM packed
    )
"""
"""Who is there, by grid. Of every duty but 辅助网格员 one at most (`post_one_holder_per_grid`), so that one
sum of bits says it all: seven counts of each grid take three times as long."""
_OF_FEW: Final = "theirs grid JOIN community_post post ON post.place_id = grid.place_id"
_OF_ALL: Final = "community_post post"
WIDE: Final = 2
"""A county lies at the root of the tree, its subdistricts below it, and their communities below them."""
_IS_WHOLE: Final = """
    coalesce(crewed.leaders, 0) >= coalesce(norm.leaders, %(leaders)s)
        AND coalesce(crewed.workers + crewed.auxiliaries, 0) >= coalesce(norm.workers, %(workers)s)
"""
_HAS_GROUND: Final = """
    grid.place_id IN (SELECT grid_id FROM grids_gridbuilding)
        OR grid.place_id IN (SELECT grid_id FROM grids_gridboundary)
"""
_HAS_DUTIES: Final = "grid.duty_list_id IN (SELECT duty_list_id FROM grids_dutyitem)"
_NORMED: Final = """
    theirs grid LEFT JOIN crewed ON crewed.place_id = grid.place_id
    LEFT JOIN grids_gridnorm norm ON norm.community_id = grid.community_id AND norm.tier = grid.tier
"""
_GLANCE: Final = f"""
    {_THEIRS},
    {_CREWED}
    SELECT grid.tier, count(*) AS grids, count(*) FILTER (WHERE grid.is_active) AS active,
        count(*) FILTER (WHERE crewed.workers = 1) AS workers,
        count(*) FILTER (WHERE grid.is_active AND coalesce(crewed.workers, 0) = 0) AS vacant,
        count(*) FILTER (WHERE grid.is_active AND coalesce(crewed.officers, 0) = 0) AS officerless,
        count(*) FILTER (WHERE {_HAS_GROUND}) AS ground, count(*) FILTER (WHERE {_HAS_DUTIES}) AS duties,
        count(*) FILTER (WHERE grid.is_active AND {_IS_WHOLE}) AS whole,
        coalesce(sum(crewed.leaders + crewed.workers + crewed.auxiliaries), 0)::int AS posts,
        coalesce(sum(crewed.full_time), 0)::int AS full_time,
        coalesce(sum(crewed.part_time), 0)::int AS part_time
    FROM {_NORMED} GROUP BY grid.tier
"""  # noqa: S608  names of our own
_BY_COMMUNITY: Final = f"""
    {_THEIRS},
    {_CREWED},
    known AS MATERIALIZED (
        SELECT grid.community_id, grid.tier, grid.is_active, crewed.full_time, crewed.part_time,
            crewed.leaders + crewed.workers + crewed.auxiliaries AS posts,
            coalesce(crewed.workers, 0) > 0 AS has_worker, coalesce(crewed.officers, 0) > 0 AS has_officer,
            {_IS_WHOLE} AS is_whole, {_HAS_GROUND} AS has_ground,
            coalesce({_HAS_DUTIES}, false) AS has_duties,
            CASE WHEN grid.is_active THEN false
                ELSE (SELECT is_active FROM community_place WHERE id = grid.place_id) END AS is_begun
        FROM {_NORMED}
    )
    SELECT tier, community_id, count(*) AS grids, count(*) FILTER (WHERE is_active) AS active,
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
    """The grids under some places: by tier, how far they have come, what is missing, and who is there."""

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
    posts: int = 0
    """Posts of 一长两员: so many `full_time`, so many `part_time`, and of the rest nobody has said."""
    full_time: int = 0
    part_time: int = 0

    @property
    def steps(self) -> Mapping[str, int]:
        """How many grids have taken which step."""
        return {"ground": self.ground, "worker": self.workers, "duties": self.duties}

    @property
    def share(self) -> float:
        """Of a hundred grids in force, how many meet the norm."""
        return 100 * self.whole / self.active if self.active else 0.0

    @property
    def unsaid(self) -> int:
        """Posts of which nobody has said whether they are full-time."""
        return self.posts - self.full_time - self.part_time


@dataclass(frozen=True, slots=True)
class Standing(Totals):
    """The grids of one community, each counted once: `active`, `closed`, or where it is stuck, at the first
    step of 四定 that it lacks (`bare`, `unstaffed`, `untasked`), or `ready` to be set in force."""

    closed: int = 0
    bare: int = 0
    unstaffed: int = 0
    untasked: int = 0
    ready: int = 0

    @property
    def stuck(self) -> int:
        """Grids that were begun and are not in force."""
        return self.bare + self.unstaffed + self.untasked + self.ready


def totals_under(paths: Collection[str], day: date) -> Totals:
    """Counts over every grid under these paths on a day; one statement, each table read once."""
    tiers, counts = _summed(_rows(_GLANCE, paths, day))
    return Totals(tiers, **counts)


def communities_under(paths: Collection[str], day: date) -> dict[int, Standing]:
    """Where the grids stand of each community that has some there; one statement, each table read once."""
    found: dict[int, list[Counted]] = {}
    for tier, counts in _rows(_BY_COMMUNITY, paths, day):
        found.setdefault(counts.pop("community_id"), []).append((tier, counts))
    summed = {pk: _summed(rows) for pk, rows in found.items()}
    return {pk: Standing(tiers, **counts) for pk, (tiers, counts) in summed.items()}


Counted = tuple[str, dict[str, int]]
"""A tier, and what was counted of it by name."""


def _rows(sql: str, paths: Collection[str], day: date) -> list[Counted]:
    usual = GridNorm()
    values: dict[str, Any] = {
        "paths": list(paths),
        "prefixes": [f"{path}%" for path in paths],
        "day": day,
        "worker": Duty.GRID_WORKER,
        "leader": Duty.GRID_LEADER,
        "officer": Duty.AREA_OFFICER,
        "duties": sorted(CREW | {Duty.AREA_OFFICER}),
        "full": Employment.FULL,
        "part": Employment.PART,
        "leaders": usual.leaders,
        "workers": usual.workers,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.format(posts=_OF_ALL if _is_wide(paths) else _OF_FEW), values)
        _tier, *names = (column.name for column in cursor.description)
        return [(tier, dict(zip(names, counts, strict=True))) for tier, *counts in cursor.fetchall()]


def _is_wide(paths: Collection[str]) -> bool:
    """Whether one of these is a county or a subdistrict: then every post is read in one go, rather than those
    of each grid."""
    return any(path.strip("/").count("/") < WIDE for path in paths)


def _summed(rows: Iterable[Counted]) -> tuple[list[tuple[Tier, int]], Mapping[str, int]]:
    """The grids of each tier, and all counts together."""
    counts: Counter[str] = Counter()
    tiers: Counter[str] = Counter()
    for tier, found in rows:
        counts.update(found)
        tiers[tier] += found["grids"]
    return [(tier, tiers[tier]) for tier in Tier], counts
