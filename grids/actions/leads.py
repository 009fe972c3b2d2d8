"""资源线索: an offer of help goes to staff, who say what became of it (G-35)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community import permissions
from community.duties import Power
from community.permissions import Scope
from core import outbox
from core.audit import record
from core.errors import InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids import need_notices
from grids.models import LeadResult, PartnerLead, Visit


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
