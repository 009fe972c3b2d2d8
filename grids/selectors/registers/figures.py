"""Care in numbers, for staff alone: by colour, how people moved, who has no helper, how the month stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.utils import timezone

from grids.care_days import month_of
from grids.models import CareMiss, CareMonth, ColourChange, HelperPairing, SchemeColour
from grids.querysets import CareSubjectQuerySet
from grids.selectors.registers.referrals import ReferralFigures, referral_figures

LATELY: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ColourLine:
    """One colour of a scheme: how many are in it, how many came up or down to it lately."""

    community: str
    colour: SchemeColour
    count: int
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class CareFigures:
    """Numbers without names."""

    lines: Sequence[ColourLine]
    total: int
    due: int
    unpaired: int
    month_listed: int
    month_visited: int
    referrals: ReferralFigures
    missed: int
    """Visits that nobody made by their day or in their month, of those counted lately."""

    @property
    def month_rate(self) -> int | None:
        return round(100 * self.month_visited / self.month_listed) if self.month_listed else None


def care_figures(rows: CareSubjectQuerySet, *, at: datetime) -> CareFigures:
    """The figures of these subjects; eight statements, whoever is silent in none of them."""
    today = timezone.localdate(at)
    active = rows.active().order_by()
    counts = dict(active.values_list("colour").annotate(Count("pk")))
    moves = ColourChange.objects.filter(subject__in=active, at__gt=at - LATELY, before__isnull=False)
    ups = Count("pk", filter=Q(is_upward=True))
    downs = Count("pk", filter=Q(is_upward=False))
    moved = {
        pk: (up, down)
        for pk, up, down in moves.order_by().values_list("after").annotate(ups=ups, downs=downs)
    }
    colours = SchemeColour.objects.filter(pk__in=counts).select_related("scheme__community")
    months = CareMonth.objects.filter(subject__in=active, month=month_of(today)).aggregate(
        listed=Count("pk"), visited=Count("visited_on")
    )
    lately = {"subject__in": active, "missed_at__gt": at - LATELY}
    missed = CareMiss.objects.filter(**lately).count() + CareMonth.objects.filter(**lately).count()
    return CareFigures(
        lines=[
            ColourLine(str(one.scheme.community), one, counts[one.pk], *moved.get(one.pk, (0, 0)))
            for one in colours.order_by("scheme__community", "scheme", "pk")
        ],
        total=sum(counts.values()),
        due=active.filter(next_on__lte=today).count(),
        unpaired=rows.unpaired(HelperPairing.objects.helping()).count(),
        month_listed=months["listed"],
        month_visited=months["visited"],
        referrals=referral_figures(rows, at=at),
        missed=missed,
    )
