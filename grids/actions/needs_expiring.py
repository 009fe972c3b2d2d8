"""How long the words of needs and of offers of help are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from grids.models import HandOver, Need, PartnerLead

KEPT: Final = timedelta(days=3 * 365)
ROWS: Final = 5000
ERASED: Final = "—"


@transaction.atomic
def needs_expire(at: datetime) -> int:
    """Erase the words of what was over long ago; that it was, when and how soon, stays. How many."""
    old = Need.objects.filter(closed_at__lt=at - KEPT).exclude(text=ERASED).order_by("pk")
    ids = [row.pk for row in old.select_for_update(skip_locked=True).only("pk")[:ROWS]]
    HandOver.objects.filter(need__in=ids).update(reason=ERASED)
    erased = Need.objects.filter(pk__in=ids).update(
        text=ERASED, response="", solution=ERASED, feedback=ERASED, resident=None
    )
    offers = PartnerLead.objects.filter(ended_at__lt=at - KEPT).exclude(text=ERASED).order_by("pk")
    held = [row.pk for row in offers.select_for_update(skip_locked=True).only("pk")[:ROWS]]
    return erased + PartnerLead.objects.filter(pk__in=held).update(text=ERASED, words=ERASED)
