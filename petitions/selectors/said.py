"""What has been said of a matter already."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from core.models import User
from core.prepared import MOMENT, Prepared
from petitions.models import Petition, PetitionEvent
from petitions.workflow import Event

_SAME: Final = Prepared(
    lambda petition, actor, event, note, since: (
        PetitionEvent.objects.filter(petition=petition, actor=actor, event=event, note=note, at__gt=since)
        .order_by()
        .values_list("pk")[:1]
    ),
    petition=-1,
    actor=-2,
    event="?",
    note="??",
    since=MOMENT,
)


def has_said(petition: Petition, event: Event, note: str, actor: User, *, since: datetime) -> bool:
    """Whether this person wrote the same line after `since`; one statement."""
    return bool(_SAME.rows(petition=petition.pk, actor=actor.pk, event=event, note=note, since=since))
