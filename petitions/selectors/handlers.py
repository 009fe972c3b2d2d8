"""Who handled a matter: the people who may neither visit afterwards nor record a judgement for somebody."""

from __future__ import annotations

from typing import Final

from petitions.models import Petition
from petitions.workflow import Event

HANDLING: Final = (Event.CLAIMED, Event.STARTED, Event.PROGRESSED, Event.RESOLVED)


def handlers_of(petition: Petition) -> frozenset[int]:
    """The accounts that took handling steps in the present round: one statement (P-21)."""
    steps = petition.events.filter(event__in=HANDLING, round=petition.round, actor__isnull=False)
    done = set(steps.values_list("actor_id", flat=True))
    return frozenset(done | ({petition.resolved_by_id} if petition.resolved_by_id else set()))
