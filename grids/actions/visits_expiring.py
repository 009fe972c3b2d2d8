"""How long the words of visits are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Case, CharField, F, Q, Value, When

from grids.models import Visit

KEPT: Final = timedelta(days=3 * 365)
ROWS: Final = 5000
ERASED: Final = "—"


@transaction.atomic
def visit_notes_expire(at: datetime) -> int:
    """Erase the words of visits of long ago; that somebody was there, when and why, stays. How many."""
    said = ~Q(note="") | ~Q(finding__in=("", ERASED)) | ~Q(follow_up__in=("", ERASED))
    old = Visit.objects.filter(said, happened_at__lt=at - KEPT).order_by("pk")
    ids = [row.pk for row in old.select_for_update(skip_locked=True).only("pk")[:ROWS]]
    return Visit.objects.filter(pk__in=ids).update(
        note="", finding=_erased("finding"), follow_up=_erased("follow_up")
    )


def _erased(field: str) -> Case:
    return Case(When(**{field: ""}, then=F(field)), default=Value(ERASED), output_field=CharField())
