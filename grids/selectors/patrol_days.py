"""What staff see of patrols: how much is covered, day by day (G-11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from community.models import Community
from community.querysets import below
from core import charts, paging
from core.display import short_day
from grids.models import Grid, NoteKind, PatrolRound, PatrolTally

PAGE: Final = 30
DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Count:
    """Windows that are over, check-ins, and notes by kind, added up."""

    met: int = 0
    missed: int = 0
    check_ins: int = 0
    verified: int = 0
    notes: tuple[int, ...] = ()

    @property
    def due(self) -> int:
        return self.met + self.missed

    @property
    def percent(self) -> int | None:
        """Met of those that are over, in whole percent; none without any."""
        return round(100 * self.met / self.due) if self.due else None


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One community, or one grid, over the days of the page."""

    name: str
    key: int
    total: Count
    cells: Sequence[Count]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Seven days, in all and row by row."""

    days: Sequence[date]
    totals: Sequence[Count]
    total: Count
    rows: Sequence[CoverageRow]
    previous: str | None
    next: str | None
    last: str | None

    @property
    def chart(self) -> charts.Columns:
        return chart_of(self.days, self.totals)

    @property
    def kinds(self) -> Sequence[tuple[str, int]]:
        """What was noted on the way, by kind."""
        numbers = [one.notes for one in self.totals if one.notes]
        sums = [sum(each) for each in zip(*numbers, strict=True)] or [0] * len(NoteKind)
        return [(str(kind.label), number) for kind, number in zip(NoteKind, sums, strict=True)]

    @property
    def by_day(self) -> Sequence[tuple[date, Count]]:
        return list(zip(self.days, self.totals, strict=True))


NUMBERS: Final = ("met", "missed", "check_ins", "verified")
NOTES: Final = tuple(f"notes_{kind}" for kind in NoteKind.values)


def coverage_of(paths: Sequence[str], *, at: datetime, cursor: str | None = None) -> Coverage:
    """Communities under these paths, a page of them, over seven days; three statements at any size."""
    days = days_until(timezone.localdate(at))
    communities = Community.objects.active().filter(below(paths, "place__path")).select_related("place")
    page = paging.keyset(communities, order=("pk",), cursor=cursor, size=PAGE)
    ids = [one.pk for one in page.items]
    found = PatrolTally.objects.filter(community__in=ids, day__gte=days[0], day__lte=days[-1])
    cells = {(one.community_id, one.day): _count(one) for one in found}
    rows = [_row(str(one), one.pk, [cells.get((one.pk, day), Count()) for day in days]) for one in page.items]
    within = PatrolTally.objects.filter(
        below(paths, "community__place__path"), day__gte=days[0], day__lte=days[-1]
    )
    sums = within.order_by().values_list("day").annotate(*(Sum(name) for name in (*NUMBERS, *NOTES)))
    by_day = {day: _with_notes(numbers) for day, *numbers in sums}
    totals = [by_day.get(day, Count()) for day in days]
    return Coverage(days, totals, _sum(totals), rows, page.previous, page.next, page.last)


def coverage_of_grids(
    community: Community, paths: Sequence[str], *, at: datetime, cursor: str | None = None
) -> Coverage:
    """The grids of a community under these paths, a page of them, over seven days; three statements."""
    days = days_until(timezone.localdate(at))
    grids = Grid.objects.active().filter(below(paths, "place__path"), community=community)
    page = paging.keyset(grids.select_related("place"), order=("pk",), cursor=cursor, size=PAGE)
    ids = [one.pk for one in page.items]
    found: dict[tuple[int, date], list[PatrolRound]] = {}
    for one in PatrolRound.objects.filter(grid__in=ids, day__gte=days[0], day__lte=days[-1]):
        found.setdefault((one.grid_id, one.day), []).append(one)
    rows = [
        _row(grid.name, grid.pk, [_of_rounds(found.get((grid.pk, day), [])) for day in days])
        for grid in page.items
    ]
    tallies = PatrolTally.objects.filter(community=community, day__gte=days[0], day__lte=days[-1])
    numbers_of = tallies.values_list("day", *NUMBERS, *NOTES)
    by_day = {day: _with_notes(numbers) for day, *numbers in numbers_of}
    totals = [by_day.get(day, Count()) for day in days]
    return Coverage(days, totals, _sum(totals), rows, page.previous, page.next, page.last)


def chart_of(days: Sequence[date], counts: Sequence[Count]) -> charts.Columns:
    """The windows of each day, and of them those that were met; the table beside it has the numbers."""
    told = [f"{short_day(day)} {one.met}/{one.due}" for day, one in zip(days, counts, strict=True) if one.due]
    return charts.columns(
        _("每天的巡查覆盖"),
        _("、").join(told) or _("这几天没有到截止的时段。"),
        whole=_("已到截止的时段"),
        part=_("完成"),
        values=[(f"{day:%m-%d}", one.due, one.met) for day, one in zip(days, counts, strict=True)],
    )


def days_of_grid(grid: Grid, *, at: datetime) -> tuple[Sequence[date], Sequence[Count]]:
    """The seven days of one grid; one statement."""
    days = days_until(timezone.localdate(at))
    found: dict[date, list[PatrolRound]] = {}
    for one in PatrolRound.objects.filter(grid=grid, day__gte=days[0], day__lte=days[-1]):
        found.setdefault(one.day, []).append(one)
    return days, [_of_rounds(found.get(day, [])) for day in days]


def days_until(day: date) -> list[date]:
    """Seven days, the given one last."""
    return [day - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]


def _row(name: str, key: int, cells: Sequence[Count]) -> CoverageRow:
    return CoverageRow(name, key, _sum(cells), cells)


def _of_rounds(rounds: Sequence[PatrolRound]) -> Count:
    met = sum(one.is_met for one in rounds)
    return Count(met, len(rounds) - met)


def _count(one: PatrolTally) -> Count:
    return Count(one.met, one.missed, one.check_ins, one.verified)


def _with_notes(numbers: Sequence[int]) -> Count:
    met, missed, check_ins, verified, *notes = numbers
    return Count(met, missed, check_ins, verified, tuple(notes))


def _sum(counts: Sequence[Count]) -> Count:
    return Count(*(sum(getattr(one, name) for one in counts) for name in NUMBERS))
