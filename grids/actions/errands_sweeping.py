"""What is done and not told yet is asked after, once, a day later (G-07)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from core import outbox, reminders
from core.batches import rows_update
from core.sweeps import sweep_all
from grids import errand_notices
from grids.models import Errand
from grids.selectors.rungs import rungs_over

BATCH: Final = 200


def errands_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Remind of every errand that was done a day ago and that the household knows nothing of; how many."""
    due = Errand.objects.awaiting().filter(remind_at__lte=at)
    return sweep_all(due, lambda rows, size: _sweep_batch(rows, at, size), batch, by="remind_at")


@transaction.atomic
def _sweep_batch(due: QuerySet[Errand], at: datetime, batch: int) -> int:
    rows = due.order_by("remind_at", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("place", "household__place__parent__parent", "resident")[:batch])
    for errand in found:
        errand.remind_at = None
    rows_update(found, ("remind_at",))
    claimed = reminders.claim("errand.tell", "day", sorted(one.pk for one in found), at)
    rungs = rungs_over([one.place for one in found], at=at)
    messages = []
    for errand in found:
        if errand.pk in claimed and not (errand.resident and errand.resident.is_silent):
            teller = rungs.who_tells(errand.place, errand.worker_id)
            messages += errand_notices.still_to_tell(errand, teller, at=at)
    outbox.send(messages)
    return len(found)
