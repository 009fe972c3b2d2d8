"""What the morning finds in registers: each thing is told of once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from community.models import Household
from core import outbox, reminders
from grids import register_notices as notices
from grids.models import ResidentTag
from grids.selectors.registers.told import answering_for


@transaction.atomic
def leases_tell(*, at: datetime) -> int:
    """Tell the worker of each grid of tenants whose lease has ended, once for each lease."""
    today = timezone.localdate(at)
    rows = ResidentTag.objects.to_recheck(today).order_by("recheck_on", "pk")
    due = list(rows.select_related("resident__household__place"))
    new = reminders.claim_each("register.lease", {tag.pk: str(tag.recheck_on) for tag in due}, at)
    doors = [tag.resident.household for tag in due if tag.pk in new]
    counts = Counter(pk for pk in workers_of(doors, at) if pk is not None)
    outbox.send([notices.lease_over(pk, count, day=today, at=at) for pk, count in sorted(counts.items())])
    return len(new)


def workers_of(doors: Iterable[Household], at: datetime) -> list[int | None]:
    """Who answers for each of these doors: the worker of its grid, or the next tier that somebody holds."""
    known = list(doors)
    answering = answering_for(known, at=at)
    return [answering.worker(door) for door in known]
