"""Windows that end without a patrol are counted and told of once, and reminded of before (G-11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from community.duties import Duty
from core import outbox, reminders
from core.outbox import Message
from grids import patrol_notices
from grids.actions.patrol import LONGEST
from grids.actions.sweeping import LED_BY
from grids.models import Grid, Part, Patrol
from grids.selectors.holders import first_held, held_above

WALKED_BY: Final = (Duty.GRID_WORKER, Duty.GRID_LEADER)
BEFORE: Final = timedelta(minutes=30)
TRACK_DAYS: Final = 30
BATCH: Final = 1000

_DUE: Final = """
    SELECT plan.grid_id, grid.community_id, days.day, part.part, part.closes
    FROM grids_patrolplan plan
    JOIN grids_grid grid ON grid.place_id = plan.grid_id AND grid.is_active
    JOIN community_community community ON community.place_id = grid.community_id AND community.is_active
    CROSS JOIN (VALUES (%(today)s::date), (%(today)s::date - 1)) AS days (day)
    CROSS JOIN LATERAL (VALUES
        ('early', plan.early_opens, plan.early_closes), ('late', plan.late_opens, plan.late_closes)
    ) AS part (part, opens, closes)
    WHERE plan.is_active AND days.day + part.closes > %(after)s AND days.day + part.closes <= %(until)s
        AND days.day + part.opens >= plan.since AT TIME ZONE %(zone)s
        AND NOT EXISTS (
            SELECT FROM grids_patrolround known
            WHERE known.grid_id = plan.grid_id AND known.day = days.day AND known.part = part.part
        )
"""
"""Windows of today and yesterday that end within a span of local time, of which nothing is known yet."""
_MISSED: Final = f"""
    WITH counted AS (
        INSERT INTO grids_patrolround (grid_id, day, part)
        SELECT due.grid_id, due.day, due.part FROM ({_DUE}) due ORDER BY due.grid_id, due.day, due.part
        ON CONFLICT (grid_id, day, part) DO NOTHING
        RETURNING grid_id, day, part
    ), tallied AS (
        INSERT INTO grids_patroltally AS known (community_id, day, met, missed, check_ins, verified)
        SELECT grid.community_id, counted.day, 0, count(*), 0, 0
        FROM counted JOIN grids_grid grid ON grid.place_id = counted.grid_id
        GROUP BY grid.community_id, counted.day ORDER BY grid.community_id, counted.day
        ON CONFLICT (community_id, day) DO UPDATE SET missed = known.missed + excluded.missed
    )
    SELECT grid_id, day, part FROM counted
"""


def patrols_sweep(*, at: datetime) -> int:
    """Give up walks that nobody ended, remind of what is due, count what was missed; how many were."""
    patrols_forget(at)
    patrols_remind(at)
    return missed_count(at)


@transaction.atomic
def missed_count(at: datetime) -> int:
    """Count windows that have ended as missed and tell their leaders, each once, in one transaction.

    Of two sweeps at once the second waits for the rows of the first, and finds nothing left.
    """
    local = _local(at)
    rows = _rows(_MISSED, local, after=local - timedelta(days=2), until=local)
    told: dict[tuple[date, str], list[int]] = defaultdict(list)
    for grid_id, day, part in rows:
        told[day, part].append(grid_id)
    for (day, part), grid_ids in sorted(told.items()):
        _tell(grid_ids, LED_BY, at, _missed_of(day, Part(part), at))
    return len(rows)


@transaction.atomic
def patrols_remind(at: datetime) -> int:
    """Half an hour before a window ends without a patrol, remind whoever walks the grid, once."""
    local = _local(at)
    rows = _rows(_DUE, local, after=local, until=local + BEFORE)
    ending: dict[tuple[date, str, str], list[int]] = defaultdict(list)
    for grid_id, _community_id, day, part, closes in rows:
        ending[day, part, f"{closes:%H:%M}"].append(grid_id)
    count = 0
    for (day, part, closes), grid_ids in sorted(ending.items()):
        new = reminders.claim("patrol.due", f"{day}-{part}", sorted(grid_ids), at)
        _tell(sorted(new), WALKED_BY, at, _due_of(day, Part(part), closes, at))
        count += len(new)
    return count


def patrols_forget(at: datetime) -> int:
    """Give up walks that nobody has ended for twelve hours, so that the next one may begin."""
    return Patrol.objects.going_on().filter(started_at__lt=at - LONGEST).update(is_forgotten=True)


@transaction.atomic
def tracks_forget(at: datetime) -> int:
    """Throw away where people walked longer than thirty days ago, up to a thousand at once."""
    old = Patrol.objects.exclude(track=[]).filter(started_at__lt=at - timedelta(days=TRACK_DAYS))
    ids = old.order_by("started_at").select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH]
    return Patrol.objects.filter(pk__in=list(ids)).update(track=[])


def _missed_of(day: date, part: Part, at: datetime) -> Callable[[int, list[str]], Message]:
    return lambda pk, names: patrol_notices.missed(pk, names, part, day=day, at=at)


def _due_of(day: date, part: Part, closes: str, at: datetime) -> Callable[[int, list[str]], Message]:
    return lambda pk, names: patrol_notices.due(pk, names, part, day=day, closes=closes, at=at)


def _tell(
    grid_ids: Sequence[int], duties: Sequence[Duty], at: datetime, say: Callable[[int, list[str]], Message]
) -> None:
    grids = list(Grid.objects.filter(pk__in=grid_ids).select_related("place", "community").order_by("pk"))
    posts = held_above(grids, duties, timezone.localdate(at))
    names: dict[int, list[str]] = defaultdict(list)
    for grid in grids:
        user_id = first_held(posts, grid, duties)
        if user_id is not None:
            names[user_id].append(f"{grid.community}{grid.name}")
    outbox.send([say(pk, own) for pk, own in names.items()])


def _local(at: datetime) -> datetime:
    """The clock on the wall, as the database compares it with days and times."""
    return timezone.make_naive(at)


def _rows(sql: str, local: datetime, **span: datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"today": local.date(), "zone": settings.TIME_ZONE, **span})
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
