"""Counts of communities and of the places above them, kept month by month (C-31, P-47).

Only months in which something changed are counted anew, and once a night all of them. Each batch is one
transaction that begins with a lock: whoever counts later also reads later, so that a slow worker never
writes an older number over a newer one. Twice or in parallel is as good as once. Decision 0006.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Min, Sum

from community.models import Community
from community.models.place import PlaceKind
from petitions.models import CommunityFigures, MonthFigures
from petitions.selectors.figures import counting
from petitions.selectors.figures.counting import Cell

FIGURES_LOCK: Final = 0x66696773
AT_ONCE: Final = 400
"""So many months of communities are counted in one statement."""
SLACK: Final = timedelta(minutes=2)
"""A change is seen when its transaction ends, and bears the moment at which it began."""
HOME: Final = ("received", "opinions", "open", "answered", "confirmed", "silent", "ratings", "satisfied")


def figures_refresh(*, at: datetime, community_ids: Collection[int] | None = None) -> int:
    """Count anew what changed, or everything of these communities; in how many something was counted."""
    if community_ids is not None:
        return _refresh(counting.cells_of(community_ids), list(community_ids), at)
    last = CommunityFigures.objects.aggregate(last=Min("computed_at"))["last"]
    cells = counting.cells_of(counting.communities_uncounted())
    if last is not None:
        cells |= counting.cells_changed_since(last - SLACK)
    return _refresh(cells, list(Community.objects.values_list("pk", flat=True)), at)


def figures_recount(*, at: datetime) -> int:
    """Count every month of every community: what changed without a trace of its time is found by this."""
    everywhere = list(Community.objects.values_list("pk", flat=True))
    above = counting.places_above(everywhere)
    MonthFigures.objects.exclude(place__kind=PlaceKind.COMMUNITY).exclude(place_id__in=above).delete()
    return _refresh(counting.cells_of(everywhere), everywhere, at, above=above)


def _refresh(
    cells: Collection[Cell],
    communities: Collection[int],
    at: datetime,
    *,
    above: dict[int, str] | None = None,
) -> int:
    """`above` are the places whose months are added up again; those over what is counted, if not given."""
    for some in _batches(sorted(cells)):
        with transaction.atomic():
            _lock()
            _keep(counting.counted(some), at)
    for month, touched in _by_month(cells).items():
        with transaction.atomic():
            _lock()
            places = counting.places_above(touched) if above is None else above
            _keep(counting.added_up_above(month, places), at)
    with transaction.atomic():
        _lock()
        _add_up(communities, at)
    return len({community for community, _month in cells})


def _batches(cells: Sequence[Cell]) -> Iterator[Sequence[Cell]]:
    yield from (cells[start : start + AT_ONCE] for start in range(0, len(cells), AT_ONCE))


def _lock() -> None:
    """One batch of figures at a time, whoever counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIGURES_LOCK])


def _keep(counted: Iterable[tuple[Cell, dict[str, Any]]], at: datetime) -> None:
    MonthFigures.objects.bulk_create(
        [
            MonthFigures(place_id=place, month=month, computed_at=at, **counts)
            for (place, month), counts in counted
        ],
        update_conflicts=True,
        unique_fields=["place", "month"],
        update_fields=["computed_at", *counting.COLUMNS],
    )


def _by_month(cells: Iterable[Cell]) -> dict[date, set[int]]:
    found: dict[date, set[int]] = defaultdict(set)
    for community, month in sorted(cells):
        found[month].add(community)
    return found


def _add_up(communities: Collection[int], at: datetime) -> None:
    """The figures of the homes: all months together, and what is late by now."""
    sums = {row["place_id"]: row for row in _sums(communities)}
    late = counting.overdue(communities, at)
    CommunityFigures.objects.bulk_create(
        list(_homes(communities, sums, late, at)),
        update_conflicts=True,
        unique_fields=["community"],
        update_fields=["computed_at", *HOME, "closed_by_unit", "overdue"],
    )


def _sums(communities: Collection[int]) -> Iterable[dict[str, Any]]:
    kept = MonthFigures.objects.filter(place_id__in=list(communities)).order_by().values("place_id")
    unconfirmed = Sum(F("answered") - F("confirmed"))
    sums: Any = kept.annotate(closed_by_unit=unconfirmed, **{f"all_{name}": Sum(name) for name in HOME})
    return list(sums)


def _homes(
    communities: Collection[int], sums: dict[int, dict[str, Any]], late: dict[int, int], at: datetime
) -> Iterator[CommunityFigures]:
    for pk in communities:
        row = sums.get(pk, {})
        numbers = {name: row.get(f"all_{name}", 0) for name in HOME}
        yield CommunityFigures(
            community_id=pk,
            computed_at=at,
            closed_by_unit=row.get("closed_by_unit", 0),
            overdue=late.get(pk, 0),
            **numbers,
        )
