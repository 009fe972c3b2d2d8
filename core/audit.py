"""The one way to leave a trace. Called by every action, in its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from core.models import AuditEntry, User
from core.rows import rows_insert


def record(
    *,
    event: str,
    actor: User | None,
    subject: Model,
    at: datetime,
    scope_path: str = "",
    post: str = "",
    fields: Sequence[str] = (),
    audience: str = "staff",
) -> None:
    """Append one line to the trail, in one statement.

    `post` is the post held at the time, as `duty@place-id`; `fields` are names, never values.
    """
    trace = Trace(subject, scope_path, post)
    rows_insert([entry(event=event, actor=actor, trace=trace, at=at, fields=fields, audience=audience)])


@dataclass(frozen=True, slots=True)
class Trace:
    """What was touched, where, and in which post, as `duty@place-id`."""

    subject: Model
    scope_path: str = ""
    post: str = ""


def record_each(
    *,
    event: str,
    actor: User | None,
    traces: Sequence[Trace],
    at: datetime,
    fields: Sequence[str] = (),
    audience: str = "staff",
) -> None:
    """Append a line for each of several subjects of one event, in one statement."""
    rows_insert(
        [
            entry(event=event, actor=actor, trace=trace, at=at, fields=fields, audience=audience)
            for trace in traces
        ]
    )


def entry(
    *,
    event: str,
    actor: User | None,
    trace: Trace,
    at: datetime,
    fields: Sequence[str] = (),
    audience: str = "staff",
) -> AuditEntry:
    """A line of the trail that its caller writes, beside the other rows of the change."""
    return AuditEntry(
        at=at,
        event=event,
        actor_id=None if actor is None else actor.pk,
        post=trace.post,
        subject_type=trace.subject._meta.label_lower,
        subject_id=str(trace.subject.pk),
        scope_path=trace.scope_path,
        audience=audience,
        fields=list(fields),
    )
