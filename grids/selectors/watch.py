"""Grids as those see them who only look after them: who is there, what is missed, in numbers (G-03, G-17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Duty, Power
from community.models import Post
from community.permissions import paths_with, powers_anywhere
from community.querysets import below, place_ids
from core import paging
from core.models import User
from core.prepared import MOMENT
from core.registries import Tile
from grids.models import Errand, Grid, Hazard, Need
from grids.selectors.doors import CountByGrid
from grids.selectors.due import CARED_DUE, DOORS_DUE
from grids.selectors.patrols import WindowShown, rounds_on, windows_shown
from grids.selectors.registers.referrals import LONG_UNDECIDED, referrals_waiting
from grids.selectors.watch_late import errands_late, needs_late

PAGE: Final = 30
REFERRALS_WAITING: Final = CountByGrid(referrals_waiting, "subject__resident__household", before=MOMENT)
PRESSED: Final = (Duty.GRID_WORKER, Duty.GRID_LEADER, Duty.SECRETARY)
"""Who is asked to see to it, the nearest first."""


@dataclass(frozen=True, slots=True)
class GridWatched:
    """One grid: its windows, who answers for it (None where vacant), and how much is due by kind."""

    grid: Grid
    windows: Sequence[WindowShown]
    people: Sequence[tuple[Duty, User | None]]
    due: Sequence[tuple[str, int, str]]
    """Words, how much, and the page that lists it without names, where there is one."""


@dataclass(frozen=True, slots=True)
class WatchPage:
    """A page of grids of those who look after them."""

    rows: Sequence[GridWatched]
    page: paging.Page[Grid]


def watched_by(user: User, *, at: datetime, cursor: str | None = None) -> WatchPage:
    """The grids in force that this person looks after, page by page, in nine statements. Nobody who lives
    there is named."""
    day = timezone.localdate(at)
    paths = paths_with(user, Power.GRID_WATCH, at=at)
    grids = Grid.objects.active().filter(below(paths, "place__path"))
    page = paging.keyset(
        grids.select_related("place", "patrol_plan", "community"), order=("pk",), cursor=cursor, size=PAGE
    )
    ids = [grid.pk for grid in page.items]
    rounds, holders, due = rounds_on(day, ids), _holders(page.items, at), _due(ids, at)
    rows = [
        GridWatched(
            grid,
            windows_shown(grid, day, rounds, at),
            [(duty, holders.get((pk, duty))) for duty, pk in _nearest(grid, holders)],
            [(words, counts[grid.pk], url) for words, counts, url in due if counts.get(grid.pk)],
        )
        for grid in page.items
    ]
    return WatchPage(rows, page)


def tile_watch(request: HttpRequest) -> Tile | None:
    """On the day of those who look after grids and run none."""
    held = powers_anywhere(request.user, timezone.now())
    if Power.GRID_WATCH not in held or Power.GRID_RUN in held:
        return None
    return Tile(_("各网格今天"), reverse("grids:watch"), _("谁在岗、漏了什么"), None, "map-pinned", "watch")


def _nearest(grid: Grid, holders: Mapping[tuple[int, str], User]) -> list[tuple[Duty, int]]:
    """For each tier the place nearest to a grid at which somebody holds it, else the grid itself."""
    places = [int(part) for part in reversed(grid.place.path.strip("/").split("/"))]
    return [(duty, next((pk for pk in places if (pk, duty) in holders), grid.pk)) for duty in PRESSED]


def _holders(grids: Sequence[Grid], at: datetime) -> Mapping[tuple[int, str], User]:
    ids = place_ids(grid.place.path for grid in grids)
    posts = Post.objects.held_on(timezone.localdate(at)).filter(
        place_id__in=ids, duty__in=PRESSED, user__is_active=True
    )
    found: dict[tuple[int, str], User] = {}
    for post in posts.select_related("user").order_by("deputises_id", "pk"):
        found.setdefault((post.place_id, post.duty), post.user)
    return found


def _due(grid_ids: Sequence[int], at: datetime) -> Sequence[tuple[str, Mapping[int, int], str]]:
    """What is due or late of each kind, by grid, and where it is listed; six statements."""
    day = timezone.localdate(at)
    unsafe = Hazard.objects.unsafe().filter(scope__in=grid_ids, rectify_by__lt=day)
    needs = Need.objects.filter(needs_late(at), place__in=grid_ids)
    errands = Errand.objects.filter(errands_late(at), place__in=grid_ids)
    page = reverse("grids:watch_late")
    return [
        (_("超期和上报的需求和事件"), _counted(needs, "place"), page),
        (_("没有告知住户的代办"), _counted(errands, "place"), page),
        (_("超期的隐患"), _counted(unsafe, "scope"), ""),
        (_("两周没有决定的保障提请"), REFERRALS_WAITING.of(grid_ids, before=at - LONG_UNDECIDED), ""),
        (_("该走访的住户"), DOORS_DUE.of(grid_ids, day=day), ""),
        (_("该走访的关爱对象"), CARED_DUE.of(grid_ids, day=day), ""),
    ]


def _counted(rows: QuerySet[Any], by: str) -> Mapping[int, int]:
    return {row[by]: row["count"] for row in rows.order_by().values(by).annotate(count=Count("pk"))}
