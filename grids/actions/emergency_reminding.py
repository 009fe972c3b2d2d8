"""Reviews and drills that come near or are due, and what drills showed and nobody saw to (G-21, G-22)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from community.duties import Duty
from core import outbox, reminders
from core.batches import rows_update
from core.outbox import Message
from core.sweeps import sweep_all
from grids import safety_notices
from grids.models import Drill, DrillFinding, EmergencyPlan
from grids.selectors.ladder import Held, first_of, held_over

BATCH: Final = 100
AHEAD: Final = timedelta(days=14)
DRILL_AHEAD: Final = timedelta(days=7)
FINDING_AFTER: Final = timedelta(days=7)
KEEPERS: Final = (Duty.SECRETARY, Duty.CLERK)


def plans_remind(*, at: datetime, batch: int = BATCH) -> int:
    """Tell of reviews two weeks ahead, of drills a week ahead and on the day, weekly of what is over its day
    and of findings; how many.

    What was told of a review or on a drill's day is noted on the row, under its lock, with the message: a new
    version or a drill begins anew.
    """
    day = timezone.localdate(at)
    known = EmergencyPlan.objects.filter(replaced_at=None)
    review = known.filter(review_due__lte=day + AHEAD, told_review=False)
    drill = known.filter(drill_due_on__lte=day, told_drill=False)
    return (
        sweep_all(review, lambda rows, size: _tell(rows, "review", at, size), batch, by="review_due")
        + sweep_all(drill, lambda rows, size: _tell(rows, "drill", at, size), batch, by="drill_due_on")
        + _announce(known, at)
        + _overdue(known, at)
        + _findings(at)
    )


@transaction.atomic
def _tell(due: QuerySet[EmergencyPlan], what: str, at: datetime, batch: int) -> int:
    rows = due.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("place", "team", "community__place")[:batch])
    held = held_over((one.place for one in found), KEEPERS, timezone.localdate(at))
    messages: list[Message] = []
    for plan in found:
        told = _leader(plan, held) if what == "drill" else first_of(plan.place, KEEPERS, held)
        messages += safety_notices.plan_due(plan, what, [told], at=at)
        setattr(plan, f"told_{what}", True)
    rows_update(found, (f"told_{what}",))
    outbox.send(messages)
    return len(found)


@transaction.atomic
def _announce(known: QuerySet[EmergencyPlan], at: datetime) -> int:
    """A week before the day of a drill, once: whoever leads it and everybody of the team."""
    day = timezone.localdate(at)
    near = known.filter(drill_due_on__gt=day, drill_due_on__lte=day + DRILL_AHEAD, told_drill=False)
    by_day: dict[date, list[int]] = defaultdict(list)
    for pk, due in near.order_by("pk").values_list("pk", "drill_due_on"):
        by_day[due].append(pk)
    won = {
        pk for due, ids in sorted(by_day.items()) for pk in reminders.claim("drill.soon", str(due), ids, at)
    }
    rows = EmergencyPlan.objects.filter(pk__in=won).select_related("place", "team", "community__place")
    found = list(rows.prefetch_related("team__members").order_by("pk"))
    held = held_over((one.place for one in found), KEEPERS, day)
    messages: list[Message] = []
    for plan in found:
        members = [one.pk for one in plan.team.members.all()] if plan.team else []
        messages += safety_notices.plan_due(plan, "soon", [_leader(plan, held), *members], at=at)
    outbox.send(messages)
    return len(found)


@transaction.atomic
def _overdue(known: QuerySet[EmergencyPlan], at: datetime) -> int:
    """Once a week while a review or a drill is over its day: its leader, and who keeps the plans."""
    day = timezone.localdate(at)
    year, week, _weekday = day.isocalendar()
    late = known.filter(Q(review_due__lt=day) | Q(drill_due_on__lt=day))
    ids = list(late.order_by("pk").values_list("pk", flat=True))
    won = reminders.claim("plan.overdue", f"{year}-{week}", ids, at)
    rows = EmergencyPlan.objects.filter(pk__in=won).select_related("place", "team", "community__place")
    found = list(rows.order_by("pk"))
    held = held_over((one.place for one in found), KEEPERS, day)
    messages: list[Message] = []
    for plan in found:
        told = [_leader(plan, held), first_of(plan.place, KEEPERS, held)]
        messages += safety_notices.plan_overdue(plan, f"{year}-{week}", told, at=at)
    outbox.send(messages)
    return len(found)


@transaction.atomic
def _findings(at: datetime) -> int:
    """Once a week, from a week after a drill: its leader, and who keeps the plans, of what is still open."""
    open_ones = DrillFinding.objects.filter(settled_at=None, drill__logged_at__lte=at - FINDING_AFTER)
    left = Counter(open_ones.values_list("drill", flat=True))
    year, week, _weekday = timezone.localdate(at).isocalendar()
    won = reminders.claim("drill.findings", f"{year}-{week}", sorted(left), at)
    rows = Drill.objects.filter(pk__in=won).select_related("plan__place", "plan__team")
    found = list(rows.order_by("pk"))
    held = held_over((one.plan.place for one in found), KEEPERS, timezone.localdate(at))
    messages: list[Message] = []
    for drill in found:
        plan = drill.plan
        told = [_leader(plan, held), first_of(plan.place, KEEPERS, held)]
        messages += safety_notices.findings_open(drill, left[drill.pk], f"{year}-{week}", told, at=at)
    outbox.send(messages)
    return len(found)


def _leader(plan: EmergencyPlan, held: Held) -> int | None:
    """Who leads the drill: the team's leader; without a team who keeps the plans."""
    return plan.team.leader_id if plan.team else first_of(plan.place, KEEPERS, held)
