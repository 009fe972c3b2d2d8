"""What somebody did and heard on a walk, noted on the way, with or without signal (G-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from grids.actions.patrol import Done, patrol_during
from grids.actions.patrol_rounds import tally_add
from grids.models import NoteKind, PatrolNote

WORDS_KEPT: Final = timedelta(days=365)
ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Noted:
    """What was done, and a few words about it; a greeting needs none."""

    kind: NoteKind
    text: str = ""


@transaction.atomic
def patrol_note(*, noted: Noted, key: UUID, done: Done) -> PatrolNote:
    """Note something on the patrol that went on then; the same key again gives the same note.

    Source: G-05.

    Raises:
        ConflictError: no patrol of this person went on then, or the key is of another note.
        NotAllowedError: `actor` has no post over its grid.
        InvalidInputError: no words where the kind alone says nothing.
    """
    patrol = patrol_during(done)
    path = patrol.grid.place.path
    post = permissions.require_power(done.actor, Power.GRID_PATROL, Scope(path), at=done.at)
    known = PatrolNote.objects.filter(key=key).first()
    if known is not None:
        if known.patrol_id != patrol.pk:
            raise ConflictError(_("这个编号的记录已经有了。"))
        return known
    text = noted.text.strip()
    if not text and noted.kind != NoteKind.GREETING:
        raise InvalidInputError(_("请写几个字：遇到了什么，怎么办的。"))
    note = PatrolNote.objects.create(
        key=key,
        patrol=patrol,
        kind=noted.kind,
        text=text,
        happened_at=max(done.happened_at, patrol.started_at),
        received_at=done.at,
    )
    day = timezone.localdate(note.happened_at)
    tally_add(community_id=patrol.grid.community_id, day=day, **{f"notes_{noted.kind.value}": 1})
    record(
        event="patrol.noted",
        actor=done.actor,
        subject=note,
        at=done.at,
        scope_path=path,
        post=post.trace,
    )
    return note


@transaction.atomic
def notes_forget(at: datetime) -> int:
    """Blank the words of notes after a year; what was done and when stays. Up to a thousand at once."""
    old = PatrolNote.objects.exclude(text="").filter(happened_at__lt=at - WORDS_KEPT)
    ids = old.order_by("happened_at").select_for_update(skip_locked=True).values_list("pk", flat=True)[:ROWS]
    return PatrolNote.objects.filter(pk__in=list(ids)).update(text="")
