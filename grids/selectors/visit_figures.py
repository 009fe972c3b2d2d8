"""走访 in figures for staff: a year by purpose, what was found, and what waits for somebody (G-35)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from community.querysets import below
from core.charts import Bars, bars
from grids.models import Outcome, Visit

YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PurposeTally:
    """Visits of one purpose: all, those that found something, and what nobody has followed up."""

    name: str
    total: int
    found: int
    open: int


@dataclass(frozen=True, slots=True)
class VisitFigures:
    """A year of visits by purpose, the most frequent first."""

    purposes: Sequence[PurposeTally]

    @property
    def chart(self) -> Bars:
        lines = [(one.name, _("%d 次") % one.total, one.total, "") for one in self.purposes]
        text = _("、").join(f"{one.name} {one.total}" for one in self.purposes)
        return bars(_("走访目的"), text, lines)


def visit_figures(paths: Sequence[str], at: datetime) -> VisitFigures:
    """Visits of the last year under these places, purposes of the same name together; one statement."""
    rows = Visit.objects.filter(below(paths, "place__path"), happened_at__gt=at - YEAR).order_by()
    something = ~Q(outcome=Outcome.NONE)
    counted = rows.values("purpose__name").annotate(
        total=Count("pk"),
        found=Count("pk", filter=something),
        open=Count("pk", filter=something & Q(followed_at=None)),
    )
    made = [PurposeTally(one["purpose__name"], one["total"], one["found"], one["open"]) for one in counted]
    return VisitFigures(sorted(made, key=lambda one: (-one.total, one.name)))
