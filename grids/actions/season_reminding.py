"""Visits before festivals, packs and winter rounds that nobody has made yet: each told once a stage."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from community.models import Household
from core import outbox, reminders
from grids import season_notices as notices
from grids.models import FestivalVisit, GiftPack, SafetyVisit
from grids.querysets import visited_households
from grids.selectors.registers.told import Answering, answering_for

BEFORE: Final = timedelta(days=3)
LAST_DAYS: Final = timedelta(days=6)
"""A campaign's last week: its last day and six before."""
GRACE: Final = timedelta(days=3)
AFTER: Final = timedelta(days=14)
"""What was over longer ago when somebody looks for the first time is no news."""


@transaction.atomic
def festivals_remind(*, at: datetime) -> int:
    """Three days before a festival and on the day the worker hears who is left, the day after the leader."""
    today = timezone.localdate(at)
    rows = FestivalVisit.objects.filter(visit=None, household__in=visited_households())
    rows = rows.filter(festival_on__gte=today - AFTER, festival_on__lte=today + BEFORE)
    left = list(rows.select_related("rule", "household__place").order_by("festival_on", "pk"))
    stages = {one.pk: _festival_stage(one.festival_on, today) for one in left}
    new = reminders.claim_each("festival.visit", stages, at)
    told = [one for one in left if one.pk in new]
    answering = answering_for([one.household for one in told], at=at)
    counts = Counter(
        (
            _who(answering, one.household, missed=stages[one.pk] == "missed"),
            one.rule.get_festival_display(),
            one.festival_on,
        )
        for one in told
    )
    outbox.send(
        [
            notices.festival_left(pk, count, name=name, day=day, today=today, at=at)
            for (pk, name, day), count in counts.items()
            if pk is not None
        ]
    )
    return len(told)


@transaction.atomic
def gifts_remind(*, at: datetime) -> int:
    """Every day of a campaign's last week the worker hears how many packs are left; once over, the leader."""
    today = timezone.localdate(at)
    rows = GiftPack.objects.filter(delivery=None, household__in=visited_households())
    rows = rows.filter(
        campaign__starts_on__lte=today,
        campaign__ends_on__gte=today - AFTER,
        campaign__ends_on__lte=today + LAST_DAYS,
    )
    left = list(rows.select_related("campaign", "household__place").order_by("pk"))
    stages = {one.pk: f"{today}" if one.campaign.ends_on >= today else "over" for one in left}
    new = reminders.claim_each("gift.left", stages, at)
    told = [one for one in left if one.pk in new]
    answering = answering_for([one.household for one in told], at=at)
    counts = Counter(
        (_who(answering, one.household, missed=stages[one.pk] == "over"), one.campaign) for one in told
    )
    outbox.send(
        [
            notices.gifts_left(pk, count, campaign, today=today, at=at)
            for (pk, campaign), count in counts.items()
            if pk is not None
        ]
    )
    return len(told)


@transaction.atomic
def winters_remind(*, at: datetime) -> int:
    """Rounds of winter: on their day the worker hears of them, three days later the leader of those left."""
    today = timezone.localdate(at)
    rows = SafetyVisit.objects.left(today).filter(due_on__lte=today)
    left = list(rows.select_related("household__place").order_by("due_on", "pk"))
    stages = {one.pk: "late" if one.due_on + GRACE <= today else "due" for one in left}
    new = reminders.claim_each("winter.visit", stages, at)
    told = [one for one in left if one.pk in new]
    answering = answering_for([one.household for one in told], at=at)
    counts = Counter(
        (_who(answering, one.household, missed=stages[one.pk] == "late"), stages[one.pk] == "late")
        for one in told
    )
    outbox.send(
        [
            notices.winter_left(pk, count, is_late=is_late, today=today, at=at)
            for (pk, is_late), count in counts.items()
            if pk is not None
        ]
    )
    return len(told)


def _festival_stage(festival_on: date, today: date) -> str:
    if festival_on < today:
        return "missed"
    return "today" if festival_on == today else "before"


def _who(answering: Answering, door: Household, *, missed: bool) -> int | None:
    """Whose it is to hear: the worker of what can still be done, the leader of what was not."""
    return answering.leader(door) if missed else answering.worker(door)
