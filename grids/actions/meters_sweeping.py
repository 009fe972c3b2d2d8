"""Rounds that are not read to the end, and rounds that come again, each told once (G-33)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from community.duties import LADDER
from core import outbox, reminders
from core.batches import rows_update
from grids import meter_notices
from grids.models import MeterCycle
from grids.selectors.meters import unread_at, with_unread
from grids.selectors.rungs import rungs_over


@transaction.atomic
def meters_sweep(*, at: datetime) -> int:
    """Tell of unread doors on the day by which all should be, and of the next round on its day; how many."""
    day = timezone.localdate(at)
    rows = MeterCycle.objects.locked().order_by("pk")
    late = list(with_unread(rows.filter(shared_at=None, unread_told=False, due_on__lte=day)))
    again = list(rows.filter(next_told=False, next_on__lte=day))
    for cycle in late:
        cycle.unread_told = True
    for cycle in again:
        cycle.next_told = True
    rows_update(late, ("unread_told",))
    rows_update(again, ("next_told",))
    unread = reminders.claim("meter.unread", "due", sorted(one.pk for one in late), at)
    coming = reminders.claim("meter.next", "day", sorted(one.pk for one in again), at)
    found = [one for one in (*late, *again)]
    grids = unread_at(late)
    over = [place for places in grids.values() for place in places]
    rungs = rungs_over([*(one.scope for one in found), *over], at=at)
    messages = []
    for cycle in late:
        if cycle.pk in unread and cycle.unread_count:  # type: ignore[attr-defined]
            told = [rungs.first(place, LADDER) for place in grids[cycle.pk]]
            told.append(rungs.first(cycle.scope, LADDER[1:]))
            messages += meter_notices.unread(cycle, told, at=at)
    for cycle in again:
        if cycle.pk in coming:
            messages += meter_notices.again(cycle, [rungs.first(cycle.scope, LADDER[1:])], at=at)
    outbox.send(messages)
    return len(found)
