"""资源线索: an offer of help goes to staff, who say what became of it (G-35)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from community import permissions
from community.duties import Duty, Power
from community.permissions import Scope
from core import outbox, reminders
from core.audit import record
from core.errors import InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids import need_notices
from grids.models import LeadResult, PartnerLead, Visit
from grids.selectors.rungs import rungs_over

AFTER: Final = timedelta(days=14)


def lead_open(visit: Visit, *, at: datetime) -> PartnerLead:
    """Put what a visit was offered into the hands of its assignee. In the visit's transaction."""
    return PartnerLead.objects.create(
        visit=visit,
        place=visit.place,
        household=visit.household,
        text=visit.finding,
        assignee=visit.assignee,
        opened_at=at,
    )


@transaction.atomic
def leads_remind(*, at: datetime) -> int:
    """Offers that nobody has answered for two weeks, though asked after each week (`visits_remind`): told
    once to the subdistrict, or to the secretary where it has nobody."""
    waiting = PartnerLead.objects.filter(ended_at=None, opened_at__lte=at - AFTER)
    leads = list(waiting.select_related("place").order_by("pk"))
    new = reminders.claim("lead.waiting", "above", [one.pk for one in leads], at)
    told = [one for one in leads if one.pk in new]
    rungs = rungs_over([one.place for one in told], at=at)
    counts = Counter(rungs.first(one.place, (Duty.SUPERVISOR, Duty.SECRETARY)) for one in told)
    outbox.send([need_notices.leads_wait(pk, n, at=at) for pk, n in counts.items() if pk is not None])
    return len(told)


@transaction.atomic
def lead_end(*, lead_id: int, result: LeadResult, words: str, actor: User, at: datetime) -> PartnerLead:
    """Say what became of an offer; whoever brought it hears.

    Raises:
        NotAllowedError: `actor` does not run that grid.
        ConflictError: said already.
        InvalidInputError: no words.
    """
    rows = PartnerLead.objects.select_for_update(of=("self",)).select_related("place", "visit")
    lead = rows.get(pk=lead_id)
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(lead.place.path), at=at)
    if lead.ended_at is not None:
        raise RepeatedError(_("这条线索已经对接过了。"))
    if not words.strip():
        raise InvalidInputError(_("请写明对接情况。"))
    lead.result, lead.words, lead.ended_at, lead.ended_by = result, words.strip()[:300], at, actor
    lead.save(update_fields=["result", "words", "ended_at", "ended_by"])
    Visit.objects.filter(pk=lead.pk, followed_at=None).update(
        followed_at=at, followed_by=actor, follow_up=lead.words
    )
    record(event="lead.ended", actor=actor, subject=lead, at=at, scope_path=lead.place.path, post=trace)
    if lead.visit.worker_id != actor.pk:
        outbox.send(need_notices.lead_ended(lead, at=at))
    return lead
