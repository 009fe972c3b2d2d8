"""Visits that a mark asks for (特殊人群): planned by its colour's days, told of on their day (G-10)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from community.models import Household
from core import outbox, reminders
from grids import register_notices as notices
from grids.actions.registers.care import plan_next
from grids.actions.registers.sweeping import workers_of
from grids.care_days import next_mark_on
from grids.models import CareSubject, ResidentTag, SchemeColour


def marks_visited(household: Household) -> None:
    """Somebody was at a door: who bears a mark there is visited again after its days. One that arrives late
    from a phone pulls nothing back."""
    tags = ResidentTag.objects.in_force().filter(resident__household=household, colour__visit_days__gte=1)
    planned = list(tags.select_related("colour"))
    if not planned:
        return
    last: datetime | None = household.visits.aggregate(last=Max("happened_at"))["last"]
    assert last is not None
    for tag in planned:
        again = next_mark_on(tag.colour.visit_days, timezone.localdate(last))
        if again is not None and (tag.next_on is None or again > tag.next_on):
            tag.next_on = again
    ResidentTag.objects.bulk_update(planned, ["next_on"])


def colours_replan(colours: list[SchemeColour], today: date) -> None:
    """The days of these colours have changed, or they are in use no more: all who bear them are planned anew,
    from the last visit on."""
    tags = list(ResidentTag.objects.in_force().filter(colour__in=colours).select_related("colour"))
    homes = ResidentTag.objects.filter(pk__in=[tag.pk for tag in tags])
    lasts = dict(
        homes.annotate(last=Max("resident__household__visits__happened_at")).values_list("pk", "last")
    )
    for tag in tags:
        last = lasts[tag.pk]
        since = (
            timezone.localdate(last) if last and timezone.localdate(last) >= tag.since_on else tag.since_on
        )
        again = next_mark_on(tag.colour.visit_days if tag.colour.is_active else None, since)
        tag.next_on = max(again, today) if again is not None else None
    ResidentTag.objects.bulk_update(tags, ["next_on"], batch_size=500)
    cared = CareSubject.objects.filter(colour__in=colours, closed_at=None).select_related("colour", "scheme")
    subjects = list(cared.select_for_update(of=("self",)))
    for subject in subjects:
        plan_next(subject, today)
    CareSubject.objects.bulk_update(subjects, ["next_on"], batch_size=500)


@transaction.atomic
def marks_tell(*, at: datetime) -> int:
    """Visits that marks ask for and whose day has come: the worker of each grid is told once of each."""
    today = timezone.localdate(at)
    rows = ResidentTag.objects.to_visit(today).order_by("next_on", "pk")
    due = list(rows.select_related("resident__household__place"))
    new = reminders.claim_each("register.visit", {tag.pk: f"{tag.next_on}" for tag in due}, at)
    doors = [tag.resident.household for tag in due if tag.pk in new]
    counts = Counter(pk for pk in workers_of(doors, at) if pk is not None)
    outbox.send([notices.marks_due(pk, count, day=today, at=at) for pk, count in sorted(counts.items())])
    return len(new)
