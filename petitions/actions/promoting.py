"""A diary entry becomes a matter, once (G-32)."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from django.db import transaction

from community.duties import Power
from community.permissions import Scope, require_power
from community.workflow import Channel
from core.errors import ConflictError, IllegalMoveError
from core.language import gettext as _
from core.models import User
from grids.actions.diary import diary_locked, diary_promoted
from petitions.actions.filing import Person, Report, petition_file
from petitions.models import DiaryPromotion, Origin, Petition


@transaction.atomic
def petition_file_from_diary(*, entry_id: int, text: str, topic: str, actor: User, at: datetime) -> Petition:
    """Make a matter of what was heard; it asks for itself, so nobody is named as its reporter.

    Raises:
        NotFoundError: there is no such entry.
        NotAllowedError: not this person's place.
        ConflictError: a matter was made of it already, and which.
        IllegalMoveError: somebody decided to leave it.
    """
    entry = diary_locked(entry_id)
    require_power(actor, Power.PETITION_ENTER, Scope(entry.scope.path), at=at)
    known = DiaryPromotion.objects.select_related("petition").filter(pk=entry.pk).first()
    if known is not None:
        raise ConflictError(_("这篇日记已经转为诉求：%s。") % known.petition.number)
    if entry.settled_at is not None:
        raise IllegalMoveError(_("这篇日记已定为不转诉求。"))
    filed = petition_file(
        community=entry.community,
        report=Report(
            text=text,
            place=entry.place,
            channel=Channel.DIARY,
            spot=entry.spot,
            topic=topic,
            origin=Origin.PROACTIVE,
        ),
        person=Person(),
        key=uuid5(entry.key, "petition"),
        actor=actor,
        at=at,
    )
    DiaryPromotion.objects.create(entry=entry, petition=filed.petition)
    diary_promoted(entry, actor=actor, at=at)
    return filed.petition
