"""The lists of the desk: one person's matters, by queue and filters, on the page and in Excel alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from community.workflow import Severity, Stage
from core.display import moment
from core.models import User
from core.paging import Page, keyset
from petitions import deadlines
from petitions.deadlines import Told
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet
from petitions.selectors.asked import NOTHING, Asked, asked
from petitions.selectors.marking import excerpt
from petitions.selectors.progress import headline
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


LINE: Final = (
    *("id", "number", "public_title", "text", "severity", "stage", "reporters_count", "filed_at"),
    *("due_at", "paused_at", "pause_ends_at", "claimed_at", "community__profile__stage_labels"),
    *("place__name", "place__parent__name", "grid__name", "assignee_id"),
    *("assignee__display_name", "assignee__username", "outcome", "spot"),
)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One matter in the list, in the words in which it is shown."""

    pk: int
    number: str
    headline: str
    excerpt: str
    severity: str
    severity_label: str
    stage_label: str
    where: str
    grid: str
    holder: str
    is_unclaimed: bool
    told: Told
    filed: str
    reporters_count: int


def desk_columns(rows: PetitionQuerySet) -> Any:
    """The same matters as plain columns, enough for `desk_line`."""
    return rows.values_list(*LINE, named=True)


def desk_line(row: Any, what: Asked, at: datetime) -> DeskLine:
    """A row of `desk_columns` in words, with the piece of it that was searched for; asks nothing."""
    holder = row.assignee__display_name or row.assignee__username or f"#{row.assignee_id}"
    return DeskLine(
        pk=row.id,
        number=row.number,
        headline=headline(row),
        excerpt=excerpt(row, what),
        severity=row.severity,
        severity_label=str(Severity(row.severity).label) if row.severity else "",
        stage_label=row.community__profile__stage_labels.get(row.stage) or str(Stage(row.stage).label),
        where=f"{row.place__parent__name or ''} {row.place__name}".strip(),
        grid=row.grid__name or "",
        holder=holder if row.assignee_id else "",
        is_unclaimed=row.claimed_at is None,
        told=deadlines.told(row, at),
        filed=moment(row.filed_at),
        reporters_count=row.reporters_count,
    )


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
