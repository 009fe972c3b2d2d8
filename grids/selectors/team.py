"""A leader's page: who is out, what is missed, what is due in each grid, whom to call (G-11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db.models import F, Value
from django.utils import timezone

from community.duties import Duty, Power
from community.models import Post
from community.permissions import paths_with
from community.querysets import below
from core import paging
from core.models import User
from core.prepared import DAY, PreparedModel
from core.querysets import NO_KEYS, AnyOf, keys_text
from grids.models import Grid, Patrol
from grids.registries import DueLine, due_lines
from grids.selectors.patrols import WindowShown, rounds_on, windows_shown

PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class GridDay:
    """One grid: its windows, who is out, what is due, whom to call."""

    grid: Grid
    windows: Sequence[WindowShown]
    out: Sequence[Patrol]
    post: Post | None
    """Of whoever answers for it."""
    due: list[DueLine] = field(default_factory=list)

    @property
    def worker(self) -> User | None:
        return self.post.user if self.post else None


@dataclass(frozen=True, slots=True)
class TeamPage:
    """A page of grids of those who run them."""

    rows: Sequence[GridDay]
    page: paging.Page[Grid]


def team_of(user: User, *, at: datetime, cursor: str | None = None) -> TeamPage:
    """The grids in force that this person runs, page by page: four statements, and one for each who
    contributes what is due."""
    day = timezone.localdate(at)
    paths = paths_with(user, Power.GRID_RUN, at=at)
    grids = Grid.objects.active().filter(below(paths, "place__path"))
    page = paging.keyset(
        grids.select_related("place", "patrol_plan", "community"), order=("pk",), cursor=cursor, size=PAGE
    )
    ids = [grid.pk for grid in page.items]
    rounds = rounds_on(day, ids)
    workers, out = _workers(ids, day), _out(ids)
    rows = [
        GridDay(grid, windows_shown(grid, day, rounds, at), out.get(grid.pk, []), workers.get(grid.pk))
        for grid in page.items
    ]
    for source in due_lines:
        found = source(user, page.items, at)
        for row in rows:
            row.due.extend(found.get(row.grid.pk, ()))
    return TeamPage(rows, page)


_OUT: Final = PreparedModel(
    lambda grids: Patrol.objects.going_on().filter(AnyOf(F("grid"), Value(grids))).select_related("worker"),
    grids=NO_KEYS,
)
_WORKERS: Final = PreparedModel(
    lambda grids, day: (
        Post.objects.held_on(day)
        .filter(AnyOf(F("place"), Value(grids)), duty=Duty.GRID_WORKER, user__is_active=True)
        .select_related("user")
        .order_by("-deputises_id")
    ),
    grids=NO_KEYS,
    day=DAY,
)


def _out(grid_ids: Collection[int]) -> Mapping[int, list[Patrol]]:
    out: dict[int, list[Patrol]] = {}
    for patrol in _OUT.all(grids=keys_text(grid_ids)):
        out.setdefault(patrol.grid_id, []).append(patrol)
    return out


def _workers(grid_ids: Collection[int], day: date) -> Mapping[int, Post]:
    return {post.place_id: post for post in _WORKERS.all(grids=keys_text(grid_ids), day=day)}
