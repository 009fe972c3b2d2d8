"""Leaders decide about entries that were not booked at once, and are asked every day until they do (G-12)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty, Power
from community.permissions import Scope, require_power
from community.selectors.holders import ladder_holder
from core import outbox, reminders
from core.audit import record
from core.errors import InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from grids import entry_notices
from grids.actions.entries import Landing, book, kind_of
from grids.entry_kinds import entry_kinds
from grids.models import EntryState, FieldEntry, FieldEntryPhoto

KEPT: Final = timedelta(days=180)
"""Longer than any phone waits: until then what is sent again is recognised."""
ROWS: Final = 5000
DECIDED: Final = (
    *("state", "decision", "title", "fields"),
    *("result", "result_url", "decided_by", "decided_at"),
)


@transaction.atomic
def entry_accept(*, entry_id: UUID, actor: User, at: datetime) -> FieldEntry:
    """Book a kept entry in the name of whoever accepts it; who entered it stays written on it.

    Raises:
        NotAllowedError: nobody's leader here.
        ConflictError: decided already.
        DomainError: its kind refuses it, now as then; it stays kept.
    """
    entry, post = _held_entry(entry_id, actor, at)
    photos: dict[str, list[StoredImage]] = {}
    taken = list(entry.photos.select_related("image"))
    for photo in taken:
        photos.setdefault(photo.field, []).append(photo.image)
    fields: dict[str, list[str]] = entry.fields
    FieldEntryPhoto.objects.filter(pk__in=[photo.pk for photo in taken]).delete()
    book(entry, kind_of(entry.kind), Landing(fields, photos, actor, at))
    title = entry.title
    _decide(entry, EntryState.ACCEPTED, actor, "", at)
    record(
        event="entry.accepted",
        actor=actor,
        subject=entry,
        at=at,
        scope_path=entry.place.path,
        post=post,
    )
    outbox.send(entry_notices.entry_decided(entry, title, at=at))
    return entry


@transaction.atomic
def entry_read(*, entry: FieldEntry, actor: User, at: datetime) -> None:
    """Note a look at a kept entry that says something sensitive of somebody; of any other nothing."""
    kind = entry_kinds.get(entry.kind)
    if kind is None or not kind.access or entry.state != EntryState.HELD:
        return
    post = require_power(actor, Power.GRID_RUN, Scope(entry.place.path), at=at)
    record(
        event=kind.access,
        actor=actor,
        subject=entry,
        at=at,
        scope_path=entry.place.path,
        post=post.trace,
        audience="charge",
    )


@transaction.atomic
def entry_drop(*, entry_id: UUID, actor: User, reason: str, at: datetime) -> FieldEntry:
    """Throw away what a kept entry says, for a reason that whoever entered it is told.

    Raises:
        InvalidInputError: no reason.
        NotAllowedError: nobody's leader here.
        ConflictError: decided already.
    """
    if not reason.strip():
        raise InvalidInputError(_("请写明为什么不接收，记录人会看到。"))
    entry, post = _held_entry(entry_id, actor, at)
    images = StoredImage.objects.filter(field_entry_photo__entry=entry)
    dropped = list(images.values_list("pk", flat=True))
    entry.photos.all().delete()
    StoredImage.objects.filter(pk__in=dropped).update(discarded_at=at)
    title = entry.title
    _decide(entry, EntryState.DROPPED, actor, reason.strip()[:300], at)
    record(
        event="entry.dropped",
        actor=actor,
        subject=entry,
        at=at,
        scope_path=entry.place.path,
        post=post,
    )
    outbox.send(entry_notices.entry_decided(entry, title, at=at))
    return entry


def _decide(entry: FieldEntry, state: EntryState, actor: User, words: str, at: datetime) -> None:
    entry.state, entry.decision, entry.title, entry.fields = state, words, "", {}
    entry.decided_by, entry.decided_at = actor, at
    entry.save(update_fields=DECIDED)


def _held_entry(entry_id: UUID, actor: User, at: datetime) -> tuple[FieldEntry, str]:
    """The entry, locked, and the post in which this person may decide about it."""
    rows = FieldEntry.objects.select_for_update(of=("self",)).select_related("place", "worker")
    entry = rows.get(pk=entry_id)
    post = require_power(actor, Power.GRID_RUN, Scope(entry.place.path), at=at)
    if entry.state != EntryState.HELD:
        raise RepeatedError(_("这条记录已经处理过了。"))
    return entry, post.trace


@transaction.atomic
def held_remind(*, at: datetime) -> int:
    """Once a day: whoever has entries to decide about since yesterday is told how many; how many people."""
    day = timezone.localdate(at)
    old = FieldEntry.objects.filter(state=EntryState.HELD, received_at__lt=at - timedelta(days=1))
    by_place: dict[str, int] = defaultdict(int)
    for path in old.order_by().values_list("place__path", flat=True):
        by_place[path] += 1
    waiting: dict[int, int] = defaultdict(int)
    for path, number in by_place.items():
        _duty, leader = ladder_holder(place_path=path, grid_path="", start=Duty.GRID_LEADER, at=at)
        if leader is not None:
            waiting[leader.pk] += number
    claimed = reminders.claim("entry.waiting", f"{day:%Y-%m-%d}", sorted(waiting), at)
    path = reverse("grids:held_list")
    outbox.send(
        [
            message
            for pk in sorted(claimed)
            for message in entry_notices.entries_waiting(pk, waiting[pk], path=path, at=at)
        ]
    )
    return len(claimed)


@transaction.atomic
def entries_expire(at: datetime) -> int:
    """Forget entries that nobody can send again; those that wait for a decision stay. How many."""
    over = FieldEntry.objects.exclude(state=EntryState.HELD).filter(received_at__lt=at - KEPT)
    ids = list(over.order_by("received_at").values_list("pk", flat=True)[:ROWS])
    return FieldEntry.objects.filter(pk__in=ids).delete()[0]
