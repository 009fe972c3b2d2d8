"""Care visits by colour: told of on their day; days later told to the leader and counted as missed (G-08)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from core import outbox, reminders
from grids import register_notices as notices
from grids.care_days import GRACE, ends_month
from grids.models import CareMiss, CareSubject, HelperPairing
from grids.querysets import CareSubjectQuerySet
from grids.selectors.registers.told import answering_for

DOOR: Final = "resident__household__place"


@transaction.atomic
def due_tell(today: date, at: datetime) -> int:
    """Visits whose day has come: the helper is told, and the worker in any case; of children also whoever
    answers for them."""
    due = _claimed("care.due", CareSubject.objects.due(today), at)
    pairings = HelperPairing.objects.helping().filter(subject__in=due)
    helpers = pairings.order_by("pk").values_list("helper", flat=True)
    answering = answering_for([one.resident.household for one in due], at=at)
    counts = Counter((answering.worker(one.resident.household), False) for one in due)
    counts.update((pk, True) for one in due for pk in answering.officers(one))
    outbox.send(
        [
            notices.visit_due(pk, count, day=today, at=at, of_children=kids)
            for (pk, kids), count in counts.items()
            if pk is not None
        ]
        + [notices.help_due(pk, day=today, at=at) for pk in helpers]
    )
    return len(due)


@transaction.atomic
def due_climb(today: date, at: datetime) -> int:
    """Visits that are days over: missed, once for each day that was planned, and the leader is told. The end
    of a month of 一月一访 is counted with its month."""
    late = CareSubject.objects.due(today - GRACE)
    missed = _claimed("care.late", late, at, leave_out=_is_of_its_month)
    CareMiss.objects.bulk_create(
        (CareMiss(subject=one, due_on=one.next_on, missed_at=at) for one in missed if one.next_on),
        ignore_conflicts=True,
    )
    answering = answering_for([one.resident.household for one in missed], at=at)
    counts = Counter(answering.leader(one.resident.household) for one in missed)
    outbox.send(
        [notices.visits_late(pk, count, day=today, at=at) for pk, count in counts.items() if pk is not None]
    )
    return len(missed)


def _claimed(
    kind: str,
    rows: CareSubjectQuerySet,
    at: datetime,
    leave_out: Callable[[CareSubject], bool] = lambda _one: False,
) -> Sequence[CareSubject]:
    """Those of which nobody has been told for the day that was planned."""
    found = rows.select_related("scheme", DOOR).order_by("next_on", "pk")
    due = [one for one in found if not leave_out(one)]
    new = reminders.claim_each(kind, {one.pk: f"{one.next_on}" for one in due}, at)
    return [one for one in due if one.pk in new]


def _is_of_its_month(subject: CareSubject) -> bool:
    return subject.scheme.is_monthly and subject.next_on is not None and ends_month(subject.next_on)
