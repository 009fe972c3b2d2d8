"""Names, phones and minutes leave a session when its time is over; what was public, and the counts, stay."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from community.models import Community
from core import audit
from core.registries import DataSubject
from petitions.actions.erasing import first_anonymised
from petitions.models import AgendaItem, DeliberationSession, Evaluation, Participant, Resolution
from petitions.selectors.own_sessions import participants_of, topics_of

BATCH: Final = 100


def sessions_anonymise(at: datetime) -> int:
    """Take everything personal out of sessions that lie back longer than their community keeps matters."""
    return first_anonymised(_anonymise, at)


def person_erase_from_sessions(subject: DataSubject, _at: datetime) -> list[str]:
    """Take one person out of sessions: whoever was there stays as a head without a name; others leave."""
    mine = list(participants_of(subject).order_by("pk").select_for_update().values_list("pk", flat=True))
    people = Participant.objects.filter(pk__in=mine)
    Evaluation.objects.filter(participant__in=mine).exclude(comment="").update(comment="")
    people.filter(signed_in_at=None, evaluations=None).delete()
    people.update(name=Concat(Value("#"), Cast(F("pk"), CharField())), phone="", user=None)
    topics_of(subject).update(text="", proposer=None, proposer_name="", proposer_phone="")
    return []


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
