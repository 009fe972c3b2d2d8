"""What became of each window: met, missed, or met after all, each counted once (G-11)."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import connection
from django.db.models import F

from grids.models import Patrol, PatrolTally, Window

_MET: Final = """
    INSERT INTO grids_patrolround AS known (grid_id, day, part, patrol_id) VALUES (%s, %s, %s, %s)
    ON CONFLICT (grid_id, day, part) DO UPDATE SET patrol_id = excluded.patrol_id
    WHERE known.patrol_id IS NULL
    RETURNING xmax = 0
"""
"""Nothing comes back where another patrol has met it; else whether nobody had counted it as missed."""


def round_meet(patrol: Patrol, window: Window) -> bool:
    """Let a patrol meet a window, also one that was counted as missed; whether it is the first to do so.

    In the caller's transaction. A sweep that counts the same window as missed waits, or is waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MET, [patrol.grid_id, window.day, window.part.value, patrol.pk])
        row = cursor.fetchone()
    if row is None:
        return False
    tally_add(community_id=patrol.grid.community_id, day=window.day, met=1, missed=0 if row[0] else -1)
    return True


def tally_add(*, community_id: int, day: date, **numbers: int) -> None:
    """Add to a community's numbers of a day; the row is locked until the caller's transaction ends."""
    rows = PatrolTally.objects.filter(community=community_id, day=day)
    PatrolTally.objects.bulk_create(
        [PatrolTally(community_id=community_id, day=day)],
        ignore_conflicts=True,
    )
    rows.update(**{name: F(name) + number for name, number in numbers.items()})
