"""Plans whose review comes near and drills that are due: each is told once (G-21, G-22)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import Duty
from core import outbox
from core.batches import rows_update
from core.outbox import Message
from core.sweeps import sweep_all
from grids import safety_notices
from grids.models import EmergencyPlan
from grids.selectors.ladder import first_of, held_over

BATCH: Final = 100
AHEAD: Final = timedelta(days=14)
KEEPERS: Final = (Duty.SECRETARY, Duty.CLERK)


def plans_remind(*, at: datetime, batch: int = BATCH) -> int:
    """Tell of reviews two weeks ahead and of drills on the day; how many.

    What was told is noted on the row, under its lock, with the message: a new version or a drill begins anew.
    """
    day = timezone.localdate(at)
    known = EmergencyPlan.objects.filter(replaced_at=None)
    review = known.filter(review_due__lte=day + AHEAD, told_review=False)
    drill = known.filter(drill_due_on__lte=day, told_drill=False)
    return sweep_all(
        review, lambda rows, size: _tell(rows, "review", at, size), batch, by="review_due"
    ) + sweep_all(drill, lambda rows, size: _tell(rows, "drill", at, size), batch, by="drill_due_on")


@transaction.atomic
def _tell(due: QuerySet[EmergencyPlan], what: str, at: datetime, batch: int) -> int:
    rows = due.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("place", "team", "community__place")[:batch])
    held = held_over((one.place for one in found), KEEPERS, timezone.localdate(at))
    messages: list[Message] = []
    for plan in found:
        keeper = first_of(plan.place, KEEPERS, held)
        leader = plan.team.leader_id if plan.team else keeper
        told = leader if what == "drill" else keeper
        messages += safety_notices.plan_due(plan, what, [told], at=at)
        setattr(plan, f"told_{what}", True)
    rows_update(found, (f"told_{what}",))
    outbox.send(messages)
    return len(found)
