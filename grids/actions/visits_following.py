"""What visits found and nobody has followed up is asked after once a week (G-35)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from community.duties import LADDER
from core import outbox, reminders
from core.outbox import Message
from grids import visit_notices
from grids.models import Outcome, Visit
from grids.querysets import VisitQuerySet
from grids.selectors.rungs import DESK, RUNGS, rungs_over

AFTER: Final = timedelta(days=7)
NEXT: Final = (*LADDER[1:3], *DESK, *LADDER[3:])


def visits_remind(*, at: datetime) -> int:
    """From a week after a visit, once in each week: whoever follows it up, or who stands there by now.

    One message for each person, however many wait. Needs climb by a clock of their own. How many were said.
    """
    year, week, _weekday = timezone.localdate(at).isocalendar()
    known = Visit.objects.unfollowed().filter(outcome__in=[Outcome.HAZARD, Outcome.RESOURCE])
    waiting = known.filter(recorded_at__lte=at - AFTER).order_by("pk")
    return _tell(waiting, f"{year}-{week}", at)


@transaction.atomic
def _tell(waiting: VisitQuerySet, week: str, at: datetime) -> int:
    won = reminders.claim("visit.unfollowed", week, list(waiting.values_list("pk", flat=True)), at)
    visits = list(waiting.filter(pk__in=won).select_related("place"))
    rungs = rungs_over([one.place for one in visits], at=at)
    by_person: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        kept = visit.assignee_id
        is_there = kept is not None and rungs.holds(kept, visit.place, RUNGS)
        person = kept if is_there else rungs.first(visit.place, NEXT)
        if person is not None:
            by_person[person].append(visit)
    messages: list[Message] = []
    for person, found in sorted(by_person.items()):
        messages += visit_notices.unfollowed(found, person, week, at=at)
    outbox.send(messages)
    return len(visits)
