"""A whistle calls a second time when half of the time is over, and goes up when it was in vain (G-23)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import LADDER
from core import outbox
from core.outbox import Message
from core.sweeps import sweep_all
from grids import safety_notices
from grids.models import ReportingMember, Whistle
from grids.selectors.ladder import Held, first_of, held_over

BATCH: Final = 20


def whistles_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """What has come to its half, or to its end; how many."""
    due = Whistle.objects.filter(closed_at=None, sweep_at__lte=at)
    return sweep_all(due, lambda rows, size: _batch(rows, at, size), batch)


@transaction.atomic
def _batch(due: QuerySet[Whistle], at: datetime, batch: int) -> int:
    """State and message are one transaction, on locked rows: each step once."""
    rows = due.order_by("sweep_at", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("place")[:batch])
    held = held_over((one.place for one in found), LADDER[2:], timezone.localdate(at))
    messages: list[Message] = []
    for whistle in found:
        messages += _unmet(whistle, held, at) if at >= whistle.needed_by else _second(whistle, at)
        whistle.save(update_fields=["second_at", "escalated_at", "sweep_at"])
    outbox.send(messages)
    return len(found)


def _second(whistle: Whistle, at: datetime) -> list[Message]:
    """To whoever has not answered, unless enough come."""
    whistle.sweep_at = whistle.needed_by
    if whistle.accepted >= whistle.needed:
        return []
    whistle.second_at = at
    members = ReportingMember.objects.filter(community=whistle.community_id, is_active=True)
    silent = members.exclude(responses__whistle=whistle).exclude(user=whistle.called_by_id)
    told = list(silent.values_list("user_id", flat=True))
    return safety_notices.whistle_called(whistle, told, at=at)


def _unmet(whistle: Whistle, held: Held, at: datetime) -> list[Message]:
    """Too few have come: the tier above whoever called hears of it; it stays open until it is closed."""
    whistle.escalated_at, whistle.sweep_at = at, None
    rungs = [first_of(whistle.place, LADDER[start:], held) for start in (2, 3)]
    above = next((pk for pk in rungs if pk not in (None, whistle.called_by_id)), None)
    return safety_notices.whistle_unmet(whistle, [above, whistle.called_by_id], at=at)
