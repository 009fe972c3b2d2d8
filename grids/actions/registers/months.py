"""一月一访: the list on day 1, a reminder on day 20, a miss at the end (G-27)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from core import outbox, reminders
from core.outbox import Message
from grids import register_notices as notices
from grids.actions.registers.due import due_climb, due_tell
from grids.care_days import month_of
from grids.models import CareMonth, CareSubject
from grids.selectors.registers.told import answering_for

REMIND_ON: Final = 20
DOOR: Final = "resident__household__place"


def care_sweep(*, at: datetime) -> int:
    """What is due of care today; how much was new."""
    today = timezone.localdate(at)
    months = months_begin(today, at) + months_remind(today, at) + months_end(today, at)
    return months + due_tell(today, at) + due_climb(today, at)


@transaction.atomic
def months_begin(today: date, at: datetime) -> int:
    """The month's list: everybody who is to be visited in it, those who were already as done."""
    month = month_of(today)
    rows = CareSubject.objects.active().filter(scheme__is_monthly=True, scheme__is_active=True)
    new = list(rows.exclude(months__month=month).select_related("scheme", DOOR).order_by("pk"))
    claimed = reminders.claim("care.month", f"{month:%Y-%m}", [one.pk for one in new], at)
    new = [one for one in new if one.pk in claimed]
    CareMonth.objects.bulk_create(
        [
            CareMonth(subject=one, month=month, visited_on=one.last_on if _within(one, month) else None)
            for one in new
        ],
        ignore_conflicts=True,
    )
    _tell(new, at, lambda pk, n, kids: notices.month_begun(pk, n, month=month, at=at, of_children=kids))
    return len(new)


@transaction.atomic
def months_remind(today: date, at: datetime) -> int:
    """From day 20 on: who has not been visited this month."""
    if today.day < REMIND_ON:
        return 0
    month = month_of(today)
    rows = CareSubject.objects.active().filter(
        months__month=month, months__visited_on=None, months__missed_at=None
    )
    left = list(rows.select_related("scheme", DOOR).order_by("pk"))
    claimed = reminders.claim("care.month_left", f"{month:%Y-%m}", [one.pk for one in left], at)
    left = [one for one in left if one.pk in claimed]
    _tell(left, at, lambda pk, n, kids: notices.month_left(pk, n, month=month, at=at, of_children=kids))
    return len(left)


@transaction.atomic
def months_end(today: date, at: datetime) -> int:
    """Months that are over: what was not visited is a miss, counted once; who fell silent is in no figure."""
    month = month_of(today)
    rows = CareMonth.objects.filter(month__lt=month, visited_on=None, missed_at=None)
    rows = rows.select_related("subject__scheme", f"subject__{DOOR}")
    over = list(rows.select_for_update(of=("self",), skip_locked=True))
    gone = [one.pk for one in over if one.subject.closed_at is not None or one.subject.resident.is_silent]
    CareMonth.objects.filter(pk__in=gone).delete()
    missed = [one for one in over if one.pk not in set(gone)]
    CareMonth.objects.filter(pk__in=[one.pk for one in missed]).update(missed_at=at)
    subjects = [one.subject for one in missed]
    answering = answering_for([one.resident.household for one in subjects], at=at)
    counts = Counter((answering.leader(one.resident.household), False) for one in subjects)
    counts.update((pk, True) for one in subjects for pk in answering.officers(one))
    outbox.send(
        [
            notices.month_missed(pk, count, month=month, at=at, of_children=kids)
            for (pk, kids), count in counts.items()
            if pk is not None
        ]
    )
    return len(missed)


def _within(subject: CareSubject, month: date) -> bool:
    return subject.last_on is not None and month_of(subject.last_on) == month


def _tell(subjects: Sequence[CareSubject], at: datetime, say: Callable[[int, int, bool], Message]) -> None:
    """One message to each worker about all of theirs, one to whoever answers for children about these."""
    answering = answering_for([one.resident.household for one in subjects], at=at)
    counts = Counter((answering.worker(one.resident.household), False) for one in subjects)
    counts.update((pk, True) for one in subjects for pk in answering.officers(one))
    outbox.send([say(pk, count, kids) for (pk, kids), count in counts.items() if pk is not None])
