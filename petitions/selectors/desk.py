"""The lists of the desk: one person's matters, by queue and filters, on the page and in Excel alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from core.models import User
from core.paging import Page, keyset
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet
from petitions.selectors.asked import NOTHING, Asked, asked
from petitions.selectors.queues import Queue, queue_of
from petitions.selectors.search import Seek, cursor_for, found, scopes_of, seek

NEWEST: Final = ("-filed_at",)
PAGE_SIZE: Final = 20

Filter = Callable[[PetitionQuerySet, str, User], PetitionQuerySet]


def _holder(rows: PetitionQuerySet, value: str, user: User) -> PetitionQuerySet:
    if value == "me":
        return rows.filter(assignee=user)
    return rows.filter(claimed_at=None) if value == "nobody" else rows


def _by_id(column: str) -> Filter:
    def narrowed(rows: PetitionQuerySet, value: str, _user: User) -> PetitionQuerySet:
        known = value.isascii() and value.isdigit() and len(value) < 19
        return rows.filter(**{column: int(value)}) if known else rows.none()

    return narrowed


FILTERS: Final[Mapping[str, Filter]] = {
    "severity": lambda rows, value, _user: rows.filter(severity=value),
    "community": _by_id("community_id"),
    "grid": _by_id("grid_id"),
    "holder": _holder,
}


def desk_rows(
    user: User, params: Mapping[str, str], *, at: datetime, page: Seek | None = None
) -> PetitionQuerySet:
    """What this person sees under these filters; of a search by words only what `page` needs, if given."""
    what = asked(params.get("q", ""))
    rows = queue_in(params).rows(Petition.objects.all(), at)
    for name, narrowed in FILTERS.items():
        if params.get(name):
            rows = narrowed(rows, params[name], user)
    if what != NOTHING:
        rows = found(rows, what, scopes_of(user, at=at), page=page)
    return rows.visible_to(user, at=at)


def queue_in(params: Mapping[str, str]) -> Queue:
    """The chosen queue. A search looks at everything unless a queue was chosen beside it."""
    return queue_of(params.get("queue") or ("all" if params.get("q") else None))


def search_page(user: User, what: Asked, *, cursor: str | None, at: datetime) -> Page[Petition]:
    """A page of everything in reach that was asked for, newest first; nothing while nothing was asked."""
    if what is NOTHING or what.refusal:
        return Page([], None, None)
    rows, cursor = Petition.objects.all(), cursor_for(cursor)
    begin = seek(rows, order=NEWEST, cursor=cursor, size=PAGE_SIZE, now=at)
    visible = found(rows, what, scopes_of(user, at=at), page=begin).visible_to(user, at=at)
    page = keyset(visible.with_context(), order=NEWEST, cursor=cursor, size=PAGE_SIZE)
    return replace(page, endless=True)
