"""A leader's page: who is out, what is missed, what is due in each grid, whom to call (G-11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import Duty, Power
from community.models import Post
from community.permissions import paths_with
from community.querysets import below
from core import paging
from core.models import User
from grids.models import Errand, Grid, Hazard, Need, Patrol
from grids.registries import DUE_SHOWN, DueLine, due_lines
from grids.selectors.doors import due_by_grid
from grids.selectors.patrols import WindowShown, rounds_on, windows_shown

PAGE: Final = 30
WORDS: Final = 40


@dataclass(frozen=True, slots=True)
class GridDay:
    """One grid: its windows, who is out, what is due, whom to call."""

    grid: Grid
    windows: Sequence[WindowShown]
    out: Sequence[Patrol]
    worker: User | None
    due: list[DueLine] = field(default_factory=list)


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


def hazards_due(_user: User, grids: Sequence[Grid], at: datetime) -> Mapping[int | None, Sequence[DueLine]]:
    """Hazards whose deadline is today or over."""
    day = timezone.localdate(at)
    nth = Window(RowNumber(), partition_by=F("scope"), order_by=["rectify_by", "pk"])
    unsafe = Hazard.objects.unsafe().filter(scope__in=[grid.pk for grid in grids], rectify_by__lte=day)
    rows = unsafe.annotate(nth=nth).filter(nth__lte=DUE_SHOWN).select_related("type", "place", "responsible")
    found: dict[int | None, list[DueLine]] = {}
    for one in rows.order_by("rectify_by", "pk"):
        who = str(one.responsible or one.responsible_name)
        url = reverse("grids:hazard", args=[one.pk])
        words = _("隐患：%(type)s，%(place)s") % {"type": one.type, "place": one.place}
        line = DueLine(words, url, who, is_late=one.rectify_by != day, move_url=f"{url}move/")
        found.setdefault(one.scope_id, []).append(line)
    return found


def visits_due(_user: User, grids: Sequence[Grid], at: datetime) -> Mapping[int | None, Sequence[DueLine]]:
    """How many doors are to be visited by today."""
    due = due_by_grid([grid.pk for grid in grids], timezone.localdate(at))
    return {
        pk: [DueLine(_("该走访 %d 户") % count, f"{reverse('grids:homes')}?grid={pk}")]
        for pk, count in due.items()
    }


def needs_due(_user: User, grids: Sequence[Grid], at: datetime) -> Mapping[int | None, Sequence[DueLine]]:
    """Needs and incidents to be solved by today, or that wait for a word since longer."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    nth = Window(RowNumber(), partition_by=F("place"), order_by=["due_at", "pk"])
    due = Need.objects.open().filter(place__in=[grid.pk for grid in grids], due_at__lt=midnight)
    found: dict[int | None, list[DueLine]] = {}
    for one in due.annotate(nth=nth).filter(nth__lte=DUE_SHOWN).order_by("due_at", "pk"):
        words = f"{one.get_kind_display()}：{one.text[:WORDS]}"
        line = DueLine(
            words, reverse("grids:need", args=[one.pk]), one.get_tier_display(), is_late=one.due_at < at
        )
        found.setdefault(one.place_id, []).append(line)
    return found


def errands_due(_user: User, grids: Sequence[Grid], _at: datetime) -> Mapping[int | None, Sequence[DueLine]]:
    """Errands that are done and of which the household has not heard."""
    nth = Window(RowNumber(), partition_by=F("place"), order_by=["done_at", "pk"])
    awaiting = Errand.objects.awaiting().filter(place__in=[grid.pk for grid in grids])
    rows = awaiting.annotate(nth=nth).filter(nth__lte=DUE_SHOWN).select_related("worker")
    found: dict[int | None, list[DueLine]] = {}
    for one in rows.order_by("done_at", "pk"):
        words = _("待告知居民：%s") % one.text[:WORDS]
        line = DueLine(words, reverse("grids:errand", args=[one.pk]), str(one.worker))
        found.setdefault(one.place_id, []).append(line)
    return found


def _out(grid_ids: Collection[int]) -> Mapping[int, list[Patrol]]:
    out: dict[int, list[Patrol]] = {}
    for patrol in Patrol.objects.going_on().filter(grid__in=grid_ids).select_related("worker"):
        out.setdefault(patrol.grid_id, []).append(patrol)
    return out


def _workers(grid_ids: Collection[int], day: date) -> Mapping[int, User]:
    posts = Post.objects.held_on(day).filter(place__in=grid_ids, duty=Duty.GRID_WORKER, user__is_active=True)
    return {post.place_id: post.user for post in posts.select_related("user").order_by("-deputises_id")}
