"""Tasks whose day comes near or is over: their lead hears, each reminder once (G-31)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import Duty
from core import outbox
from core.batches import rows_update
from core.outbox import Message
from core.sweeps import sweep_all
from grids import action_notices
from grids.action_days import reminder_after
from grids.models import ActionTask
from grids.selectors.ladder import first_of, held_over

BATCH: Final = 100
KEEPERS: Final = (Duty.SECRETARY, Duty.CLERK)


def action_tasks_remind(*, at: datetime, batch: int = BATCH) -> int:
    """Tell of every task whose reminder has come; how many. The next day is noted under the row's lock."""
    due = ActionTask.objects.open().filter(next_on__lte=timezone.localdate(at))
    return sweep_all(due, lambda rows, size: _tell(rows, at, size), batch, by="next_on")


@transaction.atomic
def _tell(due: QuerySet[ActionTask], at: datetime, batch: int) -> int:
    today = timezone.localdate(at)
    rows = due.order_by("next_on", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("measure__plan__community__place", "lead", "contact")[:batch])
    places = [task.measure.plan.community.place for task in found]
    held = held_over(places, KEEPERS, today)
    messages: list[Message] = []
    for task, place in zip(found, places, strict=True):
        messages += action_notices.task_due(task, first_of(place, KEEPERS, held), today, at=at)
        task.next_on = reminder_after(task.due_on, today)
    rows_update(found, ("next_on",))
    outbox.send(messages)
    return len(found)
