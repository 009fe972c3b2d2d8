"""How long the words of errands are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from grids.models import Errand, HandOver

KEPT: Final = timedelta(days=3 * 365)
ROWS: Final = 5000
ERASED: Final = "—"


@transaction.atomic
def errands_expire(at: datetime) -> int:
    """Erase the words of errands of long ago; that something was done, and when, stays. How many."""
    old = Errand.objects.filter(told_at__lt=at - KEPT).exclude(text=ERASED).order_by("pk")
    ids = [row.pk for row in old.select_for_update(skip_locked=True).only("pk")[:ROWS]]
    HandOver.objects.filter(errand__in=ids).update(reason=ERASED)
    return Errand.objects.filter(pk__in=ids).update(text=ERASED, result=ERASED, reply="", resident=None)
