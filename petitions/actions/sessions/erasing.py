"""Names, phones and minutes leave a session when its time is over; what was public, and the counts, stay."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from community.models import Community
from core import audit
from petitions.actions.erasing import months_before
from petitions.models import AgendaItem, DeliberationSession, Participant, Resolution

BATCH: Final = 100


def sessions_anonymise(at: datetime) -> int:
    """Take everything personal out of sessions that lie back longer than their community keeps matters."""
    for community in Community.objects.select_related("place").order_by("pk"):
        done = _anonymise(community, months_before(at, community.keep_matters_months), at)
        if done:
            return done
    return 0


@transaction.atomic
def _anonymise(community: Community, before: datetime, at: datetime) -> int:
    old = DeliberationSession.objects.filter(community=community, starts_at__lt=before, anonymised_at=None)
    rows = list(old.order_by("starts_at").select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if not rows:
        return 0
    ids = [session.pk for session in rows]
    people = Participant.objects.filter(session__in=ids)
    people.filter(evaluations=None).delete()
    number = Concat(Value("#"), Cast(F("pk"), CharField()))
    people.update(name=number, phone="", user=None)
    topics = AgendaItem.objects.filter(session__in=ids)
    topics.update(text="", proposer=None, proposer_name="", proposer_phone="")
    Resolution.objects.filter(session__in=ids).update(text=F("public_text"), settled_note="")
    DeliberationSession.objects.filter(pk__in=ids).update(minutes="", anonymised_at=at)
    for session in rows:
        audit.record(
            event="session.anonymised",
            actor=None,
            subject=session,
            at=at,
            scope_path=community.place.path,
            fields=["minutes", "participants"],
        )
    return len(rows)
