"""Counts of communities and of the places above them, kept month by month (C-31, P-47).

Only months in which something changed are counted anew, and once a night all of them. Each batch is one
transaction that begins with a lock: whoever counts later also reads later, so that a slow worker never
writes an older number over a newer one. Twice or in parallel is as good as once. Decisions 0006 and 0020.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F, Min, Sum

from community.models import Community
from community.models.place import PlaceKind
from petitions.models import CommunityFigures, MonthFigures
from petitions.selectors.figures import counting
from petitions.selectors.figures.counting import Cell

Places = Mapping[int, str]
"""Places above communities: key and path."""
FIGURES_LOCK: Final = 0x66696773
AT_ONCE: Final = 400
"""So many months of communities are counted in one statement."""
SLACK: Final = timedelta(minutes=2)
"""A change is seen when its transaction ends, and bears the moment at which it began."""
HOME: Final = (
    *("received", "opinions", "open", "answered", "confirmed", "silent", "ratings", "satisfied"),
    "imported",
)


def figures_refresh(*, at: datetime, community_ids: Collection[int] | None = None) -> int:
    """Count anew what changed, or everything of these communities; in how many something was counted."""
    if community_ids is not None:
        above = counting.places_above(community_ids)
        return _refresh(counting.cells_of(community_ids), community_ids, at, above)
    last = CommunityFigures.objects.aggregate(last=Min("computed_at"))["last"]
    cells = counting.cells_of(counting.communities_uncounted())
    if last is not None:
        cells |= counting.cells_changed_since(last - SLACK, at)
    above = counting.places_above({community for community, _month in cells})
    return _refresh(cells, list(Community.objects.values_list("pk", flat=True)), at, above)


def figures_recount(*, at: datetime) -> int:
    """Count every month of every community: what changed without a trace of its time is found by this."""
    everywhere = list(Community.objects.values_list("pk", flat=True))
    with transaction.atomic():
        _lock()
        above = counting.places_above(everywhere)
        MonthFigures.objects.exclude(place__kind=PlaceKind.COMMUNITY).exclude(place_id__in=above).delete()
    return _refresh(counting.cells_of(everywhere), everywhere, at, above)


def _refresh(cells: Collection[Cell], communities: Collection[int], at: datetime, above: Places) -> int:
    """Count these months, add them up for the places above, and the homes of these communities."""
    for some in _batches(sorted(cells)):
        with transaction.atomic():
            _lock()
            _keep(counting.counted(some, at), at)
    for month in sorted({month for _community, month in cells}):
        with transaction.atomic():
            _lock()
            _keep(counting.added_up_above(month, above), at)
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
    unconfirmed = Sum(F("answered") - F("confirmed") - F("imported"))
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
