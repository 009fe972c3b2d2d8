"""一月一访 and visits by colour: the list on day 1, a reminder on day 20, a miss at the end (G-27)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from community.duties import Duty
from community.selectors import ladder_holder
from core import outbox, reminders
from core.outbox import Message
from grids import register_notices as notices
from grids.actions.registers.sweeping import workers_of
from grids.care_days import month_of
from grids.models import CareMonth, CareSubject, HelperPairing
from grids.selectors.doors import scope_of

REMIND_ON: Final = 20
DOOR: Final = "resident__household__place"


def care_sweep(*, at: datetime) -> int:
    """What is due of care today; how much was new."""
    today = timezone.localdate(at)
    return months_begin(today, at) + months_remind(today, at) + months_end(today, at) + due_tell(today, at)


@transaction.atomic
def months_begin(today: date, at: datetime) -> int:
    """The month's list: everybody who is to be visited in it, those who were already as done."""
    month = month_of(today)
    rows = CareSubject.objects.active().filter(scheme__is_monthly=True, scheme__is_active=True)
    new = list(rows.exclude(months__month=month).select_related(DOOR).order_by("pk"))
    claimed = reminders.claim("care.month", f"{month:%Y-%m}", [one.pk for one in new], at)
    new = [one for one in new if one.pk in claimed]
    CareMonth.objects.bulk_create(
        [
            CareMonth(subject=one, month=month, visited_on=one.last_on if _within(one, month) else None)
            for one in new
        ],
        ignore_conflicts=True,
    )
    _tell(new, at, lambda pk, count: notices.month_begun(pk, count, month=month, at=at))
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
    left = list(rows.select_related(DOOR).order_by("pk"))
    claimed = reminders.claim("care.month_left", f"{month:%Y-%m}", [one.pk for one in left], at)
    left = [one for one in left if one.pk in claimed]
    _tell(left, at, lambda pk, count: notices.month_left(pk, count, month=month, at=at))
    return len(left)


@transaction.atomic
def months_end(today: date, at: datetime) -> int:
    """Months that are over: what was not visited is a miss, counted once; who fell silent is in no figure."""
    month = month_of(today)
    rows = CareMonth.objects.filter(month__lt=month, visited_on=None, missed_at=None)
    over = list(rows.select_for_update(of=("self",), skip_locked=True).select_related(f"subject__{DOOR}"))
    gone = [one.pk for one in over if one.subject.closed_at is not None or one.subject.resident.is_silent]
    CareMonth.objects.filter(pk__in=gone).delete()
    missed = [one for one in over if one.pk not in set(gone)]
    CareMonth.objects.filter(pk__in=[one.pk for one in missed]).update(missed_at=at)
    counts: dict[int, int] = defaultdict(int)
    for one in missed:
        scope = scope_of(one.subject.resident.household)[0]
        leader = ladder_holder(
            place_path=scope.place_path, grid_path=scope.grid_path, start=Duty.GRID_LEADER, at=at
        )[1]
        if leader is not None:
            counts[leader.pk] += 1
    outbox.send([notices.month_missed(pk, n, month=month, at=at) for pk, n in sorted(counts.items())])
    return len(missed)


@transaction.atomic
def due_tell(today: date, at: datetime) -> int:
    """Visits whose day has come: the helper is told, or the worker where there is none."""
    due = list(CareSubject.objects.due(today).select_related(DOOR).order_by("next_on", "pk"))
    by_day: dict[date, list[int]] = defaultdict(list)
    for one in due:
        if one.next_on is not None:
            by_day[one.next_on].append(one.pk)
    new = {
        pk for day in sorted(by_day) for pk in reminders.claim("care.due", day.isoformat(), by_day[day], at)
    }
    due = [one for one in due if one.pk in new]
    pairings = HelperPairing.objects.helping().filter(subject__in=due)
    helpers = dict(pairings.values_list("subject", "helper"))
    workers = workers_of([one.resident.household for one in due], at)
    who = (helpers.get(one.pk, worker) for one, worker in zip(due, workers, strict=True))
    counts = Counter(pk for pk in who if pk is not None)
    outbox.send([notices.visit_due(pk, count, day=today, at=at) for pk, count in sorted(counts.items())])
    return len(due)


def _within(subject: CareSubject, month: date) -> bool:
    return subject.last_on is not None and month_of(subject.last_on) == month


def _tell(subjects: Sequence[CareSubject], at: datetime, say: Callable[[int, int], Message]) -> None:
    """One message to each worker about all of theirs."""
    workers = workers_of([one.resident.household for one in subjects], at)
    counts = Counter(pk for pk in workers if pk is not None)
    outbox.send([say(pk, count) for pk, count in sorted(counts.items())])
