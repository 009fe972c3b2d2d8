"""The lists of the desk: one person's matters, by queue and filters, on the page and in Excel alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, QuerySet
from django.db.models.expressions import RawSQL

from community.workflow import Severity, Stage
from core.display import moment
from core.models import User
from core.paging import Page, at_end, keyset
from petitions import deadlines
from petitions.deadlines import Told
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet
from petitions.selectors.asked import NOTHING, Asked, asked
from petitions.selectors.marking import excerpt
from petitions.selectors.progress import headline
from petitions.selectors.queues import Queue, queue_of
from petitions.selectors.search import FEW, Seek, cursor_for, found, scopes_of, seek

NEWEST: Final = ("-filed_at",)
PAGE_SIZE: Final = 20
LONG: Final = frozenset({"", "all"})
"""Queues that hold everything, or everything open."""

Filter = Callable[[PetitionQuerySet, str, User], PetitionQuerySet]


def _holder(rows: PetitionQuerySet, value: str, user: User) -> PetitionQuerySet:
    if value == "me":
        return rows.filter(assignee=user)
    if value == "supervised":
        return rows.filter(supervisor=user)
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


def _word(sql: str) -> RawSQL:
    return RawSQL(sql, (), CharField())  # noqa: S611 - nothing from outside is in it


WORDS: Final = {
    "stage_word": _word(
        "SELECT stage_labels ->> petitions_petition.stage FROM community_workflowprofile"
        " WHERE community_id = petitions_petition.community_id"
    ),
    "where": _word(
        "SELECT concat_ws(' ', parent.name, place.name) FROM community_place place"
        " LEFT JOIN community_place parent ON parent.id = place.parent_id"
        " WHERE place.id = petitions_petition.place_id"
    ),
    "grid_name": _word("SELECT name FROM grids_grid WHERE place_id = petitions_petition.grid_id"),
    "holder": _word(
        "SELECT coalesce(nullif(display_name, ''), username) FROM core_user"
        " WHERE id = petitions_petition.assignee_id"
    ),
    "emergency": _word(
        "SELECT reason FROM grids_gridemergency WHERE ended_at IS NULL"
        " AND strpos(petitions_petition.grid_path, concat('/', grid_id, '/')) > 0 ORDER BY id LIMIT 1"
    ),
}
"""Looked up for the rows of the page alone. As joins they took PostgreSQL longer to plan than to answer, and
where rows had to be sorted, all of them were joined first.
"""
LINE: Final = (
    *("id", "number", "public_title", "text", "severity", "stage", "reporters_count", "filed_at"),
    *("due_at", "paused_at", "pause_ends_at", "claimed_at", "assignee_id", "outcome", "spot"),
    *WORDS,
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
    emergency: str
    """Why its grid, or one above it, is in emergency mode, if it is; the order is as ever (decision 0033)."""


def desk_columns(rows: PetitionQuerySet) -> Any:
    """The same matters as plain columns, enough for `desk_lines`."""
    return rows.annotate(**WORDS).values_list(*LINE, named=True)


def desk_lines(rows: Iterable[Any], what: Asked, at: datetime) -> list[DeskLine]:
    """Rows of `desk_columns` in words, each with the piece of it that was searched for; asks nothing."""
    stages = {stage.value: str(stage.label) for stage in Stage}
    severities = {"": "", **{severity.value: str(severity.label) for severity in Severity}}
    return [
        DeskLine(
            pk=row.id,
            number=row.number,
            headline=headline(row),
            excerpt=excerpt(row, what),
            severity=row.severity,
            severity_label=severities[row.severity],
            stage_label=row.stage_word or stages[row.stage],
            where=row.where.strip(),
            grid=row.grid_name or "",
            holder=(row.holder or f"#{row.assignee_id}") if row.assignee_id else "",
            is_unclaimed=row.claimed_at is None,
            told=deadlines.told(row, at),
            filed=moment(row.filed_at),
            reporters_count=row.reporters_count,
            emergency=row.emergency or "",
        )
        for row in rows
    ]


def desk_rows(
    user: User, params: Mapping[str, str], *, at: datetime, page: Seek | None = None
) -> PetitionQuerySet:
    """What this person sees under these filters; of a search by words only what `page` needs, if given."""
    what = asked(params.get("q", ""))
    rows = narrowed_rows(user, params, at=at)
    if what == NOTHING:
        return rows.visible_to(user, at=at)
    few = _few(rows.visible_to(user, at=at), params) if page is not None else None
    return found(rows, what, scopes_of(user, at=at), page=page, few=few).visible_to(user, at=at)


def _few(rows: PetitionQuerySet, params: Mapping[str, str]) -> QuerySet[Petition] | None:
    """The beginning of the list without the search, where that may well be all of it."""
    queue = queue_in(params)
    if queue.code in LONG and params.get("holder") not in {"me", "supervised"}:
        return None
    order = NEWEST if queue.newest_first else ("due_at",)
    return at_end(rows, order=order, backwards=False, size=FEW)


def narrowed_rows(user: User, params: Mapping[str, str], *, at: datetime) -> PetitionQuerySet:
    """The chosen queue under the chosen filters, whoever may see it."""
    rows = queue_in(params).rows(Petition.objects.all(), at)
    for name, narrowed in FILTERS.items():
        if params.get(name):
            rows = narrowed(rows, params[name], user)
    return rows


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
