"""The grid workers' year of the county: who has which doors, every walk and visit. The database writes it.

Walks alone are nine million rows; drawn from a hash of grid, day and part they need no memory here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from core.workdays import ZONE
from grids.models import (
    CheckIn,
    Checkpoint,
    DutyItem,
    DutyList,
    GridBoundary,
    HouseholdCharge,
    Patrol,
    PatrolNote,
    PatrolPlan,
    PatrolRound,
    PatrolTally,
    StandingVisit,
    Visit,
)
from petitions.demo.county.copying import Table, next_id
from petitions.demo.county.history import DAY
from petitions.demo.county.places import County

MODELS: Final = (
    *(DutyList, DutyItem, GridBoundary, HouseholdCharge, PatrolPlan, Checkpoint),
    *(Patrol, PatrolRound, PatrolTally, CheckIn, PatrolNote, StandingVisit, Visit),
)
DUTIES: Final = ("每天早晚两次巡查", "定期入户走访", "收集社情民意", "排查上报隐患", "调解邻里纠纷")
POINTS: Final = ("东门", "配电房")
ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
WEST, SOUTH, STEP, PER_ROW = 110.10, 34.60, 0.004, 120
SQUARE_METRES: Final = 162_000.0
DAYS: Final = 365
SIGNS_UP: Final = 30
"""The signs at the checkpoints have hung for so many days."""

_CHARGES: Final = """
    INSERT INTO grids_householdcharge (household_id, post_id, starts_on)
    SELECT household.id, post.id, post.starts_on
    FROM community_household household
    JOIN community_place door ON door.id = household.place_id
    JOIN grids_gridbuilding link ON link.place_id = door.parent_id AND link.is_active
    JOIN community_post post ON post.place_id = link.grid_id AND post.duty = 'grid_worker'
    ORDER BY household.id
"""
_WALKS: Final = """
    WITH slots AS (
        SELECT plan.grid_id, post.user_id AS worker_id, days.day::date AS day, part.part,
            (days.day + part.opens) AT TIME ZONE %(zone)s AS opens,
            lpad(to_hex((days.day::date - '2000-01-01'::date) * 2 + part.nth), 8, '0')
                || lpad(to_hex(plan.grid_id), 24, '0') AS key,
            hashint8extended(plan.grid_id * 100003::bigint + (days.day::date - '2000-01-01'::date) * 2
                + part.nth, 11) & 1048575 AS luck
        FROM grids_patrolplan plan
        JOIN community_post post ON post.place_id = plan.grid_id AND post.duty = 'grid_worker'
        CROSS JOIN generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS days (day)
        CROSS JOIN LATERAL (VALUES
            ('early', 0, plan.early_opens, plan.early_closes), ('late', 1, plan.late_opens, plan.late_closes)
        ) AS part (part, nth, opens, closes)
        WHERE (days.day + part.closes) AT TIME ZONE %(zone)s <= %(at)s
    ), walked AS (
        INSERT INTO grids_patrol
            (grid_id, worker_id, key, started_at, ended_at, note, track, is_forgotten, is_doubtful)
        SELECT grid_id, worker_id, key::uuid, opens + luck %% 40 * interval '1 minute',
            opens + (luck %% 40 + 25 + luck %% 31) * interval '1 minute', '', '[]', false, false
        FROM slots WHERE luck %% 100 >= 6 ORDER BY key
        RETURNING id, key
    )
    INSERT INTO grids_patrolround (grid_id, day, part, patrol_id)
    SELECT slots.grid_id, slots.day, slots.part, walked.id
    FROM slots LEFT JOIN walked ON walked.key = slots.key::uuid
    ORDER BY slots.grid_id, slots.day, slots.part
"""
"""Of a hundred windows six are missed; the others are walked once, well within the window."""
_CHECK_INS: Final = """
    INSERT INTO grids_checkin (patrol_id, checkpoint_id, happened_at, received_at, metres, doubt)
    SELECT patrol.id, point.id, seen.at, seen.at, seen.metres,
        CASE WHEN seen.metres > 50 THEN 'far' ELSE '' END
    FROM grids_patrol patrol
    JOIN grids_checkpoint point ON point.grid_id = patrol.grid_id
    CROSS JOIN LATERAL (SELECT patrol.started_at + point."order" * interval '9 minutes' AS at,
        ((patrol.id * 7 + point.id) %% 54)::int AS metres) seen
    WHERE patrol.started_at >= %(since)s
    ORDER BY patrol.id, point.id
"""
_NOTES: Final = """
    INSERT INTO grids_patrolnote (key, patrol_id, kind, text, happened_at, received_at)
    SELECT md5('note ' || patrol.id)::uuid, patrol.id, kinds.kind, kinds.words, kinds.at, kinds.at
    FROM grids_patrol patrol
    CROSS JOIN LATERAL (SELECT (patrol.id / 3 %% 3 + 1)::int AS nth) which
    CROSS JOIN LATERAL (SELECT (ARRAY['greeting', 'opinion', 'help'])[which.nth] AS kind,
        (ARRAY['', '几位居民希望凉亭旁装一盏灯。', '帮一位老人把米提上三楼。'])[which.nth] AS words,
        patrol.started_at + interval '7 minutes' AS at) kinds
    WHERE patrol.started_at >= %(since)s AND patrol.id %% 3 = 0
    ORDER BY patrol.id
"""
"""A note on every third walk, so that no walk has two."""
_TALLIES: Final = """
    INSERT INTO grids_patroltally
        (community_id, day, met, missed, check_ins, verified, notes_greeting, notes_opinion, notes_help)
    SELECT grid.community_id, round.day, count(round.patrol_id), count(*) - count(round.patrol_id),
        coalesce(sum(seen.check_ins), 0), coalesce(sum(seen.verified), 0),
        count(*) FILTER (WHERE note.kind = 'greeting'), count(*) FILTER (WHERE note.kind = 'opinion'),
        count(*) FILTER (WHERE note.kind = 'help')
    FROM grids_patrolround round
    JOIN grids_grid grid ON grid.place_id = round.grid_id
    LEFT JOIN (
        SELECT patrol_id, count(*) AS check_ins, count(*) FILTER (WHERE doubt = '') AS verified
        FROM grids_checkin GROUP BY patrol_id
    ) seen ON seen.patrol_id = round.patrol_id
    LEFT JOIN grids_patrolnote note ON note.patrol_id = round.patrol_id
    GROUP BY grid.community_id, round.day
"""
_VISITS: Final = """
    INSERT INTO grids_visit (key, household_id, place_id, purpose_id, worker_id, needs_two, happened_at,
        recorded_at, outcome, finding, note, assignee_id, followed_at, followed_by_id, follow_up)
    SELECT (lpad(to_hex(visited.turn), 8, '0') || lpad(to_hex(visited.household_id), 24, '0'))::uuid,
        visited.household_id, visited.place_id, purpose.id, visited.user_id, false, visited.at,
        visited.at + interval '20 minutes', found.outcome, found.finding, '',
        found.leader, found.at, found.leader, found.follow_up
    FROM (
        SELECT charge.household_id, post.place_id, post.user_id, grid.community_id, turn.turn,
            hashint8extended(charge.household_id * 8 + turn.turn, 23) & 1048575 AS luck,
            (%(today)s::date - (charge.household_id * 37 %% 180)::int - turn.turn * 180 - 1 + time '09:00'
                + (charge.household_id %% 420) * interval '1 minute') AT TIME ZONE %(zone)s AS at
        FROM grids_householdcharge charge
        JOIN community_post post ON post.id = charge.post_id
        JOIN grids_grid grid ON grid.place_id = post.place_id
        CROSS JOIN (VALUES (0), (1)) AS turn (turn)
    ) visited
    JOIN LATERAL (
        SELECT id FROM grids_visitpurpose
        WHERE community_id = visited.community_id AND NOT needs_two ORDER BY "order" LIMIT 1
    ) purpose ON true
    LEFT JOIN LATERAL (
        SELECT user_id FROM community_post WHERE place_id = visited.place_id AND duty = 'grid_leader' LIMIT 1
    ) leads ON true
    CROSS JOIN LATERAL (
        SELECT visited.luck %% 25 = 0 AND leads.user_id IS NOT NULL AS is_need
    ) luck
    CROSS JOIN LATERAL (
        SELECT CASE WHEN luck.is_need THEN 'need' ELSE 'none' END AS outcome,
            CASE WHEN luck.is_need THEN '想请人帮忙测量血压' ELSE '' END AS finding,
            CASE WHEN luck.is_need THEN leads.user_id END AS leader,
            CASE WHEN luck.is_need THEN visited.at + interval '20 hours' END AS at,
            CASE WHEN luck.is_need THEN '已联系卫生站上门' ELSE '' END AS follow_up
    ) found
    ORDER BY visited.household_id, visited.turn
"""
"""Every household twice in the year; of twenty-five visits one finds a need, which its leader has seen to."""
_STANDING: Final = """
    INSERT INTO grids_standingvisit (household_id, every_days, trigger, reason, next_on)
    SELECT household_id, 30, CASE WHEN household_id %% 100 = 0 THEN 'lane' ELSE 'days' END, '独居老人',
        %(today)s::date + (household_id %% 31)::int - 1
    FROM grids_householdcharge WHERE household_id %% 50 = 0
"""


def fill(county: County, since: datetime, at: datetime, told: Callable[[int, int], None]) -> None:
    """Duties, outlines, plans and doors, then a year of walks and visits up to `at`, a month at a time."""
    today = timezone.localdate(at)
    begins = today - DAYS * DAY
    _duties(county)
    _outlines(county, since)
    _plans(county, timezone.make_aware(datetime.combine(begins, datetime.min.time()), ZONE))
    run(_CHARGES)
    marks = [begins + timedelta(days=DAYS * part // 12) for part in range(13)]
    for done, (first, after) in enumerate(pairwise(marks), start=1):
        last = today if after == today else after - DAY
        run(_WALKS, first=first, last=last, at=at)
        told(done, 12)
    run(_CHECK_INS, since=at - SIGNS_UP * DAY)
    run(_NOTES, since=at - SIGNS_UP * DAY)
    run(_TALLIES)
    run(_VISITS, today=today)
    run(_STANDING, today=today)


def _duties(county: County) -> None:
    first, item = next_id(DutyList), next_id(DutyItem)
    lists = {town.pk: first + n for n, town in enumerate(county.towns)}
    Table(DutyList, "id", "community_id", "name").write(
        (pk, town, "网格员日常职责") for town, pk in lists.items()
    )
    rows = ((pk, order, words) for pk in lists.values() for order, words in enumerate(DUTIES, start=1))
    items = Table(DutyItem, "id", "duty_list_id", "order", "title")
    items.write((item + n, *row) for n, row in enumerate(rows))
    run("UPDATE grids_grid SET duty_list_id = list.id FROM grids_dutylist list "
         "WHERE list.community_id = grids_grid.community_id")  # fmt: skip


def _outlines(county: County, since: datetime) -> None:
    """A square for each grid, one beside the other."""
    patches = (patch for town in county.towns for patch in town.patches)
    rows = ((patch.place_id, json.dumps(_square(n)), SQUARE_METRES, since) for n, patch in enumerate(patches))
    Table(GridBoundary, "grid_id", "shape", "square_metres", "changed_at").write(rows)
    run("UPDATE grids_boundarymark SET version = gen_random_uuid()")


def _square(n: int) -> dict[str, Any]:
    west, south = WEST + n % PER_ROW * STEP, SOUTH + n // PER_ROW * STEP
    east, north = west + STEP, south + STEP
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[round(one, 6) for one in spot] for spot in ring]]}


def _plans(county: County, since: datetime) -> None:
    patches = [patch for town in county.towns for patch in town.patches]
    Table(PatrolPlan, "grid_id", "since").write((patch.place_id, since) for patch in patches)
    first = next_id(Checkpoint)
    points = ((patch.place_id, n, order, name) for n, patch in enumerate(patches)
              for order, name in enumerate(POINTS, start=1))  # fmt: skip
    names = ("id", "grid_id", "name", "code", "longitude", "latitude", "order")
    Table(Checkpoint, *names).write(
        (first + row, grid, name, _code(first + row), *_spot(n, order), order)
        for row, (grid, n, order, name) in enumerate(points)
    )


def _spot(n: int, order: int) -> tuple[str, str]:
    west, south = WEST + n % PER_ROW * STEP, SOUTH + n // PER_ROW * STEP
    return f"{west + order * STEP / 4:.6f}", f"{south + STEP / 2:.6f}"


def _code(number: int) -> str:
    """Six letters, another for each number."""
    mixed = number * 387_420_489 % len(ALPHABET) ** 6
    return "".join(ALPHABET[mixed // len(ALPHABET) ** place % len(ALPHABET)] for place in range(6))


def run(sql: str, **values: date | datetime) -> None:
    """One statement; `zone` stands in it for the county's."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"zone": str(ZONE), **values} if values else None)
