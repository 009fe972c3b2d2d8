"""Counts one month of one community from the records, many of them in one statement (C-31, P-47).

Written into SQL: a county's million matters are counted by the database and only sums leave it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import Count, DateField, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from community.models import Community, Place
from community.models.place import PlaceKind
from community.workflow import Stage
from petitions import workflow
from petitions.models import DeliberationSession, MediationVisit, MonthFigures, Petition
from petitions.selectors.mediation import EVENING

Cell = tuple[int, date]
"""A community (or a place above communities) and the first day of a month."""

NUMBERS: Final = (
    *("received", "opinions", "open", "set_aside", "answered", "promised", "on_time"),
    *("confirmed", "refused", "silent", "waiting", "unasked", "ratings", "satisfied"),
    *("agreed", "failed", "sessions", "imported", "old_ratings", "old_satisfied"),
)
"""What is added up as it is."""
OWN: Final = frozenset({"place", "kind"})
"""Splits by what belongs to one community: nothing that two of them have in common."""
COLUMNS: Final = (*NUMBERS, "last_no", "splits", "days")
_SQL: Final = """
WITH cell AS MATERIALIZED (
    SELECT place.id AS community, place.path, asked.month,
        asked.month::timestamp AT TIME ZONE %(zone)s AS since,
        (asked.month + interval '1 month') AT TIME ZONE %(zone)s AS until
    FROM unnest(%(communities)s::bigint[], %(months)s::date[]) AS asked (community, month)
    JOIN community_place place ON place.id = asked.community
), matter AS MATERIALIZED (
    SELECT cell.community, cell.month, p.topic, p.severity, p.canonical_category, p.reporters_count,
        COALESCE(NULLIF(split_part(substr(p.place_path, length(cell.path) + 1), '/', 1), ''), '0') AS spot,
        p.satisfied_count, p.dissatisfied_count, p.promise_at, p.fed_back_at,
        p.filed_at, p.triaged_at, p.claimed_at, p.resolved_at, p.published_at, mediation.outcome,
        CASE WHEN snap.petition_id IS NOT NULL THEN COALESCE(snap.is_true::text, 'open') END AS snapped,
        p.channel, p.route, p.stage, own.label AS kind, p.origin, p.urge_count, p.is_tracked,
        p.claimed_at = p.resolved_at OR EXISTS (
            SELECT FROM petitions_agendaitem item
            WHERE item.petition_id = p.id AND item.settled_at IS NOT NULL
        ) AS is_settled_there,
        p.stage = ANY(%(unanswered)s) AS is_open,
        p.stage = ANY(%(aside)s) AS is_aside,
        p.stage <> ALL(%(unanswered)s) AND p.stage <> ALL(%(aside)s) AS is_answered,
        p.stage = 'archived' AS is_over,
        p.origin = 'imported' AS is_imported, p.old_satisfied,
        COALESCE(judged.yes, false) AND NOT judged.no AS is_confirmed,
        COALESCE(judged.no, false) AS is_refused,
        judged.asked
    FROM cell
    JOIN petitions_petition p ON p.community_id = cell.community
        AND p.filed_at >= cell.since AND p.filed_at < cell.until
        AND p.spam_marked_at IS NULL AND p.stage <> 'merged'
    LEFT JOIN petitions_snapreport snap ON snap.petition_id = p.id
    LEFT JOIN petitions_mediationcase mediation ON mediation.petition_id = p.id
    LEFT JOIN community_categorysetting own ON own.id = p.category_id
    LEFT JOIN LATERAL (
        SELECT count(*) AS asked, bool_or(e.is_satisfied) AS yes, bool_or(NOT e.is_satisfied) AS no
        FROM petitions_evaluation e WHERE e.petition_id = p.id AND e.round = p.round
    ) judged ON p.stage <> ALL(%(unanswered)s) AND p.stage <> ALL(%(aside)s)
), summed AS (
    SELECT community, month, count(*) AS received, sum(reporters_count) AS opinions,
        count(*) FILTER (WHERE is_open) AS open, count(*) FILTER (WHERE is_aside) AS set_aside,
        count(*) FILTER (WHERE is_answered) AS answered,
        count(*) FILTER (WHERE is_answered AND promise_at IS NOT NULL) AS promised,
        count(*) FILTER (WHERE is_answered AND fed_back_at <= promise_at) AS on_time,
        count(*) FILTER (WHERE is_confirmed) AS confirmed,
        count(*) FILTER (WHERE is_refused) AS refused,
        count(*) FILTER (WHERE is_answered AND NOT is_confirmed AND NOT is_refused AND is_over AND asked > 0)
            AS silent,
        count(*) FILTER (WHERE is_answered AND NOT is_confirmed AND NOT is_refused AND NOT is_over)
            AS waiting,
        count(*) FILTER (WHERE is_answered AND is_over AND asked = 0 AND NOT is_imported) AS unasked,
        sum(satisfied_count + dissatisfied_count) AS ratings, sum(satisfied_count) AS satisfied,
        count(*) FILTER (WHERE outcome = 'agreed') AS agreed,
        count(*) FILTER (WHERE outcome = 'failed') AS failed,
        count(*) FILTER (WHERE is_imported) AS imported,
        count(old_satisfied) AS old_ratings, count(*) FILTER (WHERE old_satisfied) AS old_satisfied
    FROM matter GROUP BY community, month
), split AS (
    SELECT community, month, dimension, key, count(*) AS received,
        count(*) FILTER (WHERE is_answered) AS answered, count(*) FILTER (WHERE is_confirmed) AS confirmed
    FROM matter
    CROSS JOIN LATERAL (VALUES ('topic', topic), ('colour', severity), ('category', canonical_category),
        ('place', spot), ('channel', channel), ('route', route), ('stage', stage),
        ('kind', COALESCE(kind, '')), ('snap', snapped),
        ('mark', CASE WHEN origin = 'proactive' THEN 'proactive' END),
        ('mark', CASE WHEN is_settled_there THEN 'there' END),
        ('mark', CASE WHEN urge_count > 0 THEN 'urged' END),
        ('mark', CASE WHEN is_tracked THEN 'tracked' END)) AS part (dimension, key)
    WHERE key IS NOT NULL
    GROUP BY community, month, dimension, key
), sat AS (
    SELECT cell.community, cell.month, s.kind, count(*) AS held, sum(s.headcount) AS heads,
        max(s.session_no) AS last_no
    FROM cell JOIN petitions_deliberationsession s ON s.community_id = cell.community
        AND s.starts_at >= cell.since AND s.starts_at < cell.until AND s.state = 'held'
    GROUP BY cell.community, cell.month, s.kind
), met AS (
    SELECT community, month, sum(held)::int AS sessions, max(last_no) AS last_no
    FROM sat GROUP BY community, month
), visited AS (
    SELECT cell.community, cell.month,
        CASE WHEN (v.starts_at AT TIME ZONE %(zone)s)::time BETWEEN %(evening)s AND %(night)s
            THEN 'evening' ELSE 'day' END AS part, count(*) AS number
    FROM cell
    JOIN petitions_mediationvisit v ON v.starts_at >= cell.since AND v.starts_at < cell.until
        AND v.starts_at <= %(at)s
    JOIN petitions_petition p ON p.id = v.petition_id AND p.community_id = cell.community
        AND p.spam_marked_at IS NULL
    GROUP BY cell.community, cell.month, part
), dimensions AS (
    SELECT community, month, jsonb_object_agg(dimension, keys) AS splits
    FROM (
        SELECT community, month, dimension,
            jsonb_object_agg(key, jsonb_build_array(received, answered, confirmed)) AS keys
        FROM split GROUP BY community, month, dimension
        UNION ALL
        SELECT community, month, 'session', jsonb_object_agg(kind, jsonb_build_array(held, heads))
        FROM sat GROUP BY community, month
        UNION ALL
        SELECT community, month, 'visit', jsonb_object_agg(part, jsonb_build_array(number))
        FROM visited GROUP BY community, month
    ) AS each GROUP BY community, month
), lasted AS (
    SELECT community, month, step,
        CASE WHEN took <= 10 THEN ceil(took * 10) ELSE ceil(took) * 10 END::int AS tenths, count(*) AS number
    FROM matter
    CROSS JOIN LATERAL (VALUES ('triage', triaged_at - filed_at), ('handle', resolved_at - triaged_at),
        ('claim', CASE WHEN claimed_at < resolved_at THEN claimed_at - triaged_at END),
        ('answer', fed_back_at - resolved_at), ('publish', published_at - fed_back_at),
        ('whole', fed_back_at - filed_at)) AS part (step, span)
    CROSS JOIN LATERAL (SELECT GREATEST(0, extract(epoch FROM span) / 86400) AS took) AS days
    WHERE is_answered AND NOT is_imported AND span IS NOT NULL
    GROUP BY community, month, step, tenths
), durations AS (
    SELECT community, month, jsonb_object_agg(step, found) AS days
    FROM (
        SELECT community, month, step, jsonb_object_agg(tenths, number) AS found
        FROM lasted GROUP BY community, month, step
    ) AS each GROUP BY community, month
)
SELECT cell.community, cell.month, COALESCE(received, 0), COALESCE(opinions, 0), COALESCE(open, 0),
    COALESCE(set_aside, 0), COALESCE(answered, 0), COALESCE(promised, 0), COALESCE(on_time, 0),
    COALESCE(confirmed, 0), COALESCE(refused, 0), COALESCE(silent, 0), COALESCE(waiting, 0),
    COALESCE(unasked, 0), COALESCE(ratings, 0), COALESCE(satisfied, 0), COALESCE(agreed, 0),
    COALESCE(failed, 0), COALESCE(sessions, 0), COALESCE(imported, 0), COALESCE(old_ratings, 0),
    COALESCE(old_satisfied, 0), last_no,
    COALESCE(splits, '{}'), COALESCE(days, '{}')
FROM cell
LEFT JOIN summed USING (community, month)
LEFT JOIN met USING (community, month)
LEFT JOIN dimensions USING (community, month)
LEFT JOIN durations USING (community, month)
"""


def month_of(moment: datetime) -> date:
    """The first day of the local month."""
    return timezone.localdate(moment).replace(day=1)


def counted(cells: Sequence[Cell], at: datetime) -> Iterator[tuple[Cell, dict[str, Any]]]:
    """Each of these months of communities with what the records say of it; one statement for all.

    A visit counts once its hour has come.
    """
    params: dict[str, Any] = {
        "zone": settings.TIME_ZONE,
        "communities": [community for community, _month in cells],
        "months": [month for _community, month in cells],
        "unanswered": sorted(workflow.UNANSWERED),
        "evening": EVENING[0],
        "night": EVENING[1],
        "at": at,
        "aside": [Stage.RETURNED.value, Stage.WITHDRAWN.value],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        for community, month, *numbers, splits, days in cursor.fetchall():
            values = (*numbers, json.loads(splits), json.loads(days))
            yield (community, month), dict(zip(COLUMNS, values, strict=True))


def added_up(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Several months, or several places, as one: numbers, splits and durations."""
    sums: dict[str, Any] = {**dict.fromkeys(NUMBERS, 0), "last_no": None, "splits": {}, "days": {}}
    for row in rows:
        for name in NUMBERS:
            sums[name] += row[name]
        sums["last_no"] = max((no for no in (sums["last_no"], row["last_no"]) if no), default=None)
        for dimension, keys in row["splits"].items():
            parts = sums["splits"].setdefault(dimension, {})
            for key, counts in keys.items():
                parts[key] = [a + b for a, b in zip(parts.get(key, [0] * len(counts)), counts, strict=True)]
        for step, found in row["days"].items():
            spans = sums["days"].setdefault(step, {})
            for tenths, number in found.items():
                spans[tenths] = spans.get(tenths, 0) + number
    return sums


def cells_changed_since(since: datetime, at: datetime) -> set[Cell]:
    """Months of communities in which a matter changed, a session was written down, or a visit was due."""
    matters = _of_matters(Petition.objects.filter(changed_at__gte=since))
    sessions = _of_sessions(DeliberationSession.objects.held().filter(minutes_at__gte=since))
    return matters | sessions | _of_visits(MediationVisit.objects.filter(starts_at__range=(since, at)))


def cells_of(community_ids: Iterable[int]) -> set[Cell]:
    """Every month in which there is, or was, anything to count in these communities."""
    chosen = list(community_ids)
    if not chosen:
        return set()
    kept = MonthFigures.objects.filter(place_id__in=chosen).values_list("place_id", "month")
    sessions = DeliberationSession.objects.held().filter(community_id__in=chosen)
    matters = Petition.objects.filter(community_id__in=chosen)
    visits = MediationVisit.objects.filter(petition__community_id__in=chosen)
    return _of_matters(matters) | _of_sessions(sessions) | _of_visits(visits) | set(kept)


def communities_uncounted() -> list[int]:
    """Communities of which no month is kept."""
    kept = MonthFigures.objects.filter(place__kind=PlaceKind.COMMUNITY).values("place_id")
    return list(Community.objects.exclude(pk__in=kept).values_list("pk", flat=True))


def overdue(community_ids: Iterable[int], at: datetime) -> dict[int, int]:
    """How many matters wait for an answer beyond their day, by community."""
    rows = Petition.objects.genuine().unanswered().filter(due_at__lt=at, paused_at__isnull=True)
    late = rows.filter(community_id__in=list(community_ids)).order_by().values_list("community_id")
    return dict(late.annotate(number=Count("pk")))


def places_above(community_ids: Iterable[int]) -> dict[int, str]:
    """Counties and subdistricts over these communities: key and path."""
    paths = Place.objects.filter(pk__in=list(community_ids)).values_list("path", flat=True)
    above = {int(part) for path in paths for part in path.strip("/").split("/")[:-1]}
    return dict(Place.objects.filter(pk__in=above).values_list("pk", "path"))


def added_up_above(month: date, places: Mapping[int, str]) -> Iterator[tuple[Cell, dict[str, Any]]]:
    """One month of places above communities, from what is kept of these. Instead of estates, the split by
    place names what lies directly below."""
    found = MonthFigures.objects.filter(month=month, place__kind=PlaceKind.COMMUNITY)
    kept = [(row.pop("place__path"), row) for row in found.values("place__path", *COLUMNS)]
    for pk, path in places.items():
        below = [_seen_from(path, under, row) for under, row in kept if under.startswith(path)]
        yield (pk, month), added_up(below)


def _seen_from(path: str, under: str, row: dict[str, Any]) -> dict[str, Any]:
    child = under.removeprefix(path).partition("/")[0]
    whole = [row["received"], row["answered"], row["confirmed"]]
    splits = {name: keys for name, keys in row["splits"].items() if name not in OWN}
    splits |= {"place": {child: whole}} if row["received"] else {}
    return {**row, "last_no": None, "splits": splits}


def _of_matters(rows: QuerySet[Petition]) -> set[Cell]:
    month = TruncMonth("filed_at", output_field=DateField())
    return set(rows.order_by().annotate(of=month).values_list("community_id", "of").distinct())


def _of_sessions(rows: QuerySet[DeliberationSession]) -> set[Cell]:
    month = TruncMonth("starts_at", output_field=DateField())
    return set(rows.order_by().annotate(of=month).values_list("community_id", "of").distinct())


def _of_visits(rows: QuerySet[MediationVisit]) -> set[Cell]:
    month = TruncMonth("starts_at", output_field=DateField())
    return set(rows.order_by().annotate(of=month).values_list("petition__community_id", "of").distinct())
