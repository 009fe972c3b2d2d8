"""Hazards of campaigns that are to be looked at again: whoever is nearest is told, once each (G-16)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import LADDER
from core import outbox, reminders
from core.batches import rows_update
from core.sweeps import sweep_all
from grids import safety_notices
from grids.models import Violation
from grids.selectors.ladder import first_of, held_over

BATCH: Final = 200


def campaigns_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Tell of every hazard whose day of looking again has come; how many."""
    due = Violation.objects.filter(sweep_on__lte=timezone.localdate(at))
    return sweep_all(due, lambda rows, size: _sweep_batch(rows, at, size), batch, by="sweep_on")


@transaction.atomic
def _sweep_batch(due: QuerySet[Violation], at: datetime, batch: int) -> int:
    day = timezone.localdate(at)
    rows = due.order_by("sweep_on", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("hazard__scope", "campaign")[:batch])
    held = held_over((one.hazard.scope for one in found), LADDER, day)
    mine: set[int] = set()
    for looks in sorted({one.looks for one in found}):
        ids = sorted(one.pk for one in found if one.looks == looks)
        mine |= reminders.claim("violation", str(looks), ids, at)
    told = Counter(
        (user_id, one.campaign)
        for one in found
        if one.pk in mine and (user_id := first_of(one.hazard.scope, LADDER, held)) is not None
    )
    for one in found:
        one.sweep_on = None
    rows_update(found, ("sweep_on",))
    outbox.send(
        [
            safety_notices.look_again(user, campaign, number, at=at)
            for (user, campaign), number in told.items()
        ]
    )
    return len(found)
