"""Entries that wait for a leader's decision, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from community.duties import Power
from community.models import Community
from community.permissions import paths_with, powers_anywhere
from community.querysets import below
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, Tile
from grids.entry_kinds import entry_kinds, query_of
from grids.models import EntryState, FieldEntry
from grids.selectors.naming import Names

SHOWN: Final = 100


def held_for(user: User, *, at: datetime) -> Sequence[FieldEntry]:
    """What waits for this person's decision, the oldest first, a hundred at most; one statement."""
    rows = _decided_by(user, at).filter(state=EntryState.HELD)
    return list(rows.order_by("received_at")[:SHOWN])


def _waiting(who: Asking) -> QuerySet[FieldEntry, Any] | None:
    at = who.at
    if Power.GRID_RUN not in powers_anywhere(who.user, at):
        return None
    waiting = _decided_by(who.user, at).filter(state=EntryState.HELD)
    return waiting.order_by().values("pk")[:SHOWN]


def _waiting_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    if not rows:
        return None
    return Tile(_("待接收的外勤记录"), reverse("grids:held_list"), count=len(rows), icon="inbox", code="held")


TILE_HELD: Final = AskingTile(_waiting, _waiting_tile)
"""On a leader's day: how many entries wait for a decision."""


def entry_for(user: User, entry_id: UUID, *, at: datetime) -> FieldEntry:
    """One entry that this person may decide about, or has entered.

    Raises:
        NotFoundError: there is none.
    """
    found = _decided_by(user, at).filter(pk=entry_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这条记录。"))
    return found


def said(entry: FieldEntry, reader: User, *, at: datetime) -> Sequence[tuple[str, str]]:
    """What was typed, field by field, as long as it is kept; whatever lies elsewhere is not named."""
    kind = entry_kinds.get(entry.kind)
    names = Names(paths_with(reader, Power.GRID_RUN, at=at))
    return kind.said(query_of(entry.fields), names) if kind and entry.fields else []


def kind_label(code: str) -> str:
    """What a kind of entry is called."""
    kind = entry_kinds.get(code)
    return str(kind.label) if kind else code


def entries_kept(_community: Community) -> str:
    """How long what came of an entry is kept, in words."""
    return _("180 天")


def _decided_by(user: User | AnonymousUser, at: datetime) -> QuerySet[FieldEntry]:
    paths = paths_with(user, Power.GRID_RUN, at=at)
    rows = FieldEntry.objects.filter(below(paths, "place__path"))
    return rows.select_related("worker", "place", "decided_by")
