"""Sweeps tell whoever goes on the first and the last day, and their leader when days are over (G-20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from community.duties import LADDER
from core import outbox, reminders
from core.batches import rows_update
from core.outbox import Message
from core.sweeps import sweep_all
from grids import safety_notices, sweep_notices
from grids.models import Sweep
from grids.selectors.ladder import Held, first_of, held_over
from grids.selectors.walkers import walking

BATCH: Final = 50
DAY: Final = timedelta(days=1)


def sweeps_remind(*, at: datetime, batch: int = BATCH) -> int:
    """Tell of every sweep whose next day has come; how many."""
    due = Sweep.objects.filter(sweep_on__lte=timezone.localdate(at), finished_at=None)
    return sweep_all(due, lambda rows, size: _batch(rows, at, size), batch, by="sweep_on")


@transaction.atomic
def _batch(due: QuerySet[Sweep], at: datetime, batch: int) -> int:
    day = timezone.localdate(at)
    rows = due.order_by("sweep_on", "pk").select_for_update(of=("self",), skip_locked=True)
    walkers = Prefetch("walkers", walking(day))
    found = list(rows.select_related("scope").prefetch_related("participants", walkers)[:batch])
    left = dict(
        Sweep.objects.filter(pk__in=[one.pk for one in found])
        .values_list("pk")
        .annotate(left=Count("stops", filter=Q(stops__result="")))
    )
    held = held_over((one.scope for one in found), LADDER[1:], day)
    messages: list[Message] = []
    for stage in ("begins", "ends", "over"):
        these = [one for one in found if _stage(one, day) == stage]
        claimed = reminders.claim("sweep", stage, sorted(one.pk for one in these), at)
        for one in (one for one in these if one.pk in claimed):
            messages += _told(one, stage, left[one.pk], held, at)
    for one in found:
        one.sweep_on = _next(one, day)
    rows_update(found, ("sweep_on",))
    outbox.send(messages)
    return len(found)


def _stage(sweep: Sweep, day: date) -> str:
    if day > sweep.ends_on:
        return "over"
    return "ends" if day == sweep.ends_on else "begins"


def _next(sweep: Sweep, day: date) -> date | None:
    if day < sweep.ends_on:
        return sweep.ends_on
    return sweep.ends_on + DAY if day == sweep.ends_on else None


def _told(sweep: Sweep, stage: str, left: int, held: Held, at: datetime) -> Iterator[Message]:
    """Whoever goes; once it is over, the leader. On the last day nobody where nothing is left."""
    if stage == "ends" and not left:
        return
    if stage != "over":
        yield from sweep_notices.walkers_told(sweep, stage, left, at=at)
    people = [user.pk for user in sweep.participants.all()]
    told = [first_of(sweep.scope, LADDER[1:], held)] if stage == "over" else people
    yield from safety_notices.sweep_told(sweep, stage, left, told, at=at)
