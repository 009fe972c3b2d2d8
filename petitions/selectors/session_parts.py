"""Agenda, sheet and resolutions of a session, for the desk: one statement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from petitions.models import AgendaItem, DeliberationSession, Participant, Resolution
from petitions.selectors.parts import NAMED, made, parts_read, parts_sql, rows_sql

OF_SESSION: Final = "part.session_id = petitions_deliberationsession.id"
TOPIC: Final = (
    *("id", "title", "text", "source", "state", "is_public", "settled_at", "proposer_name"),
    ("petition", ("id", "number", "stage")),
)
PERSON: Final = (
    *("id", "name", "phone", "role", "way", "invited_at", "signed_up_at", "declined_at"),
    *("signed_in_at", "organisation_id", "recorded_by_id", ("user", NAMED)),
)
DECIDED: Final = (
    *("id", "text", "state", "due_on", "urge_count", "settled_note"),
    *(("responsible", NAMED), ("supervisor", NAMED)),
)


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What belongs to a session, each in the order in which it was written down."""

    topics: list[AgendaItem]
    people: list[Participant]
    decided: list[Resolution]


def session_parts(session: DeliberationSession) -> SessionParts:
    """Everything around one session."""
    found = parts_read(_sql(), session.pk)
    return SessionParts(
        topics=[made(AgendaItem, row) for row in found["topics"]],
        people=[made(Participant, row) for row in found["people"]],
        decided=[made(Resolution, row) for row in found["decided"]],
    )


@cache
def _sql() -> str:
    parts = {
        "topics": rows_sql(AgendaItem, TOPIC, OF_SESSION),
        "people": rows_sql(Participant, PERSON, OF_SESSION),
        "decided": rows_sql(Resolution, DECIDED, OF_SESSION),
    }
    return parts_sql(DeliberationSession._meta.db_table, parts)
