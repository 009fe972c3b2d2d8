"""隐患 in figures for staff: by type, how many in time, and how each company stands (G-18, G-19, G-24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from community.querysets import below
from core.charts import Bars, bars
from core.display import percent
from grids.models import Hazard, HazardState
from grids.models.hazard import UNSAFE

YEAR: Final = timedelta(days=365)
COMPANIES: Final = 100


@dataclass(frozen=True, slots=True)
class Tally:
    """What one type, or one company, has: all, open, over its day, closed, and closed in time; of all, how
    many were over in an older ledger, which say nothing of how one works here."""

    name: str
    total: int
    open: int
    overdue: int
    closed: int
    on_time: int
    past: int

    @property
    def rate(self) -> str:
        """Of what was closed by a recheck, how much in time; empty where nothing was."""
        return f"{percent(self.on_time, self.closed)}%" if self.closed else ""


@dataclass(frozen=True, slots=True)
class HazardFigures:
    """A year up to a day under some places, and what is open from before."""

    whole: Tally
    types: Sequence[Tally]
    companies: Sequence[Tally]

    @property
    def chart(self) -> Bars:
        """Types as bars, what is over its day said beside."""
        lines = [
            (
                one.name,
                _("%(total)d 处，未销号 %(open)d") % {"total": one.total, "open": one.open},
                one.total,
                "",
            )
            for one in self.types
        ]
        text = _("、").join(f"{one.name} {one.total}" for one in self.types)
        return bars(_("隐患类型"), text, lines)


def hazard_figures(paths: Sequence[str], day: date) -> HazardFigures:
    """Found within a year, or open still, under these places; two statements.

    In time is what a recheck closed by its first day: one that got another day, or was looked at in vain,
    was not.
    """
    rows = Hazard.objects.filter(below(paths, "scope__path")).filter(
        Q(found_at__date__gt=day - YEAR) | Q(state__in=UNSAFE)
    )
    types = _counted(rows, "type__name", day)
    bodies = _counted(rows.exclude(responsible_body=None), "responsible_body__name", day)
    return HazardFigures(_sum(types), types, sorted(bodies, key=lambda one: -one.overdue)[:COMPANIES])


def _counted(rows: QuerySet[Hazard], name: str, day: date) -> list[Tally]:
    closed = Q(state=HazardState.CLOSED, is_past=False)
    counted = (
        rows.order_by()
        .annotate(closed_on=TruncDate("closed_at"))
        .values(name)
        .annotate(
            total=Count("pk"),
            open=Count("pk", filter=Q(state__in=UNSAFE)),
            overdue=Count("pk", filter=Q(state__in=UNSAFE, rectify_by__lt=day)),
            closed=Count("pk", filter=closed),
            on_time=Count("pk", filter=closed & Q(round=1, closed_on__lte=F("rectify_by"))),
            past=Count("pk", filter=Q(is_past=True)),
        )
    )
    found = (Tally(row.pop(name), **row) for row in counted)
    return sorted(found, key=lambda one: (-one.total, one.name))


def _sum(rows: Sequence[Tally]) -> Tally:
    numbers = ("total", "open", "overdue", "closed", "on_time", "past")
    return Tally("", **{name: sum(getattr(one, name) for one in rows) for name in numbers})
