"""The one way to leave a trace. Called by every action, in its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Model

from core.models import AuditEntry, User


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
    AuditEntry.objects.create(
        at=at,
        event=event,
        actor_id=None if actor is None else actor.pk,
        post=post,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        scope_path=scope_path,
        audience=audience,
        fields=list(fields),
    )
