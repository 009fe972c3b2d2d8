"""Which volunteers go along on which sweep (G-20)."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, QuerySet

from community.models import Resident
from core.models import User
from grids.models import Sweep, SweepWalker


def walking(day: date) -> QuerySet[SweepWalker]:
    """Who goes along on a day: of sweeps that are not over, nobody who has died or moved away."""
    gone = Resident.objects.exclude(pk__in=Resident.objects.present()).filter(user=OuterRef("user"))
    rows = SweepWalker.objects.filter(~Exists(gone), ended_at=None, user__is_active=True)
    return rows.filter(sweep__finished_at=None, sweep__ends_on__gte=day)


def walks_of(user: User | AnonymousUser, day: date) -> QuerySet[Sweep]:
    """The sweeps that somebody goes along on."""
    return Sweep.objects.filter(pk__in=walking(day).filter(user=user.pk).values("sweep"))


def walkers_on(sweep: Sweep) -> list[SweepWalker]:
    """Who has been named and not taken off."""
    return list(sweep.walkers.filter(ended_at=None).select_related("user"))
