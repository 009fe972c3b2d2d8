"""纳入保障 in numbers, and what waits for a decision (G-30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from community.models import Resident
from grids.models import CareSubject, ProtectionReferral, ReferralState

AGED: Final = timedelta(days=7)
"""After so long those who decide are asked, every week."""
LONG_UNDECIDED: Final = 2 * AGED
"""After so long whoever stands above them hears."""
LATELY: Final = timedelta(days=365)
KINDS: Final = 60


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One kind of relief, or all of them: opened within a year or waiting still, and what became of them."""

    relief: str
    opened: int
    open: int
    week: int
    fortnight: int
    approved: int
    declined: int

    @property
    def fresh(self) -> int:
        """Waiting for less than a week."""
        return self.open - self.week

    @property
    def aged(self) -> int:
        """Waiting for a week or two."""
        return self.week - self.fortnight


@dataclass(frozen=True, slots=True)
class ReferralFigures:
    """Numbers without names."""

    whole: ReferralLine
    lines: Sequence[ReferralLine]


def referrals_waiting(before: datetime) -> QuerySet[ProtectionReferral, Any]:
    """Raised by a moment, undecided, of somebody in care who is still there."""
    return ProtectionReferral.objects.filter(
        state=ReferralState.OPEN, raised_at__lte=before, subject__in=CareSubject.objects.active()
    )


def referral_figures(subjects: QuerySet[CareSubject, Any], *, at: datetime) -> ReferralFigures:
    """The referrals of these subjects by relief; one statement, whoever is silent in none of them."""
    there = subjects.filter(resident__in=Resident.objects.present()).order_by()
    rows = ProtectionReferral.objects.filter(subject__in=there.values("pk"))
    waits = Q(state=ReferralState.OPEN, subject__closed_at=None)
    rows = rows.filter(waits | (Q(raised_at__gt=at - LATELY) & ~Q(state=ReferralState.OPEN)))
    counted = (
        rows.order_by()
        .values("relief")
        .annotate(
            opened=Count("pk"),
            open=Count("pk", filter=waits),
            week=Count("pk", filter=waits & Q(raised_at__lte=at - AGED)),
            fortnight=Count("pk", filter=waits & Q(raised_at__lte=at - LONG_UNDECIDED)),
            approved=Count("pk", filter=Q(state=ReferralState.APPROVED)),
            declined=Count("pk", filter=Q(state=ReferralState.DECLINED)),
        )
    )
    lines = sorted((ReferralLine(**row) for row in counted), key=lambda one: (-one.opened, one.relief))
    numbers = ("opened", "open", "week", "fortnight", "approved", "declined")
    whole = ReferralLine("", **{name: sum(getattr(one, name) for one in lines) for name in numbers})
    return ReferralFigures(whole, lines[:KINDS])
