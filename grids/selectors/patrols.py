"""A worker's patrols of the day: windows, the walk that goes on, checkpoints (G-05, G-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.duties import Power
from community.models import Community
from community.permissions import held_posts, paths_with, powers_anywhere
from community.querysets import below
from core.models import User
from core.prepared import DAY, PreparedModel
from core.querysets import NO_KEYS, AnyOf, keys_text
from core.registries import Asking, AskingTile, Tile
from grids.models import (
    CheckIn,
    Checkpoint,
    Grid,
    Part,
    Patrol,
    PatrolNote,
    PatrolPlan,
    PatrolRound,
    Window,
)

SHOWN: Final = 30
NOTES: Final = 200


class WindowState(models.TextChoices):
    """How a window of a day stands."""

    MET = "met", gettext_lazy("已完成")
    MISSED = "missed", gettext_lazy("漏巡")
    OPEN = "open", gettext_lazy("正在时段内")
    TO_COME = "to_come", gettext_lazy("还没到")
    NOT_DUE = "not_due", gettext_lazy("不计")


COLOURS: Final = {
    WindowState.MET: "green",
    WindowState.MISSED: "red",
    WindowState.OPEN: "yellow",
}


@dataclass(frozen=True, slots=True)
class WindowShown:
    """A window with what became of it."""

    window: Window
    state: WindowState

    @property
    def colour(self) -> str:
        return COLOURS.get(self.state, "")

    @property
    def hours(self) -> str:
        opens, closes = map(timezone.localtime, (self.window.opens, self.window.closes))
        return f"{opens:%H:%M}–{closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class PointShown:
    """A checkpoint with its check-in of the walk that goes on."""

    point: Checkpoint
    check_in: CheckIn | None


@dataclass(frozen=True, slots=True)
class GridWalk:
    """One grid of a worker today."""

    grid: Grid
    windows: Sequence[WindowShown]
    points: Sequence[PointShown]

    @property
    def checked(self) -> int:
        return sum(one.check_in is not None for one in self.points)


@dataclass(frozen=True, slots=True)
class PatrolToday:
    """Everything on the worker's page."""

    walks: Sequence[GridWalk]
    going_on: Patrol | None
    done: Sequence[Patrol]
    notes: Mapping[int, Sequence[PatrolNote]]

    @property
    def walked(self) -> Sequence[tuple[Patrol, Sequence[PatrolNote]]]:
        """Each patrol that is over, with its notes."""
        return [(one, self.notes.get(one.pk, [])) for one in self.done]

    @property
    def noted(self) -> Sequence[PatrolNote]:
        """The notes of the patrol that goes on."""
        return self.notes.get(self.going_on.pk, []) if self.going_on else []


def own_grids(user: User, *, at: datetime) -> list[Grid]:
    """The grids in force at which this person holds a post that walks; one statement."""
    posts = held_posts(user, at=at)
    ids = [post.place_id for post in posts if Power.GRID_PATROL in post.powers]
    rows = Grid.objects.active().filter(pk__in=ids).select_related("patrol_plan", "place", "community")
    return list(rows.order_by("place__path")[:SHOWN])


def patrol_today(user: User, *, at: datetime) -> PatrolToday:
    """The worker's page, in seven statements at most. Of notes it has kind and time, never the words: the
    page is kept in the phone."""
    day, grids = timezone.localdate(at), own_grids(user, at=at)
    ids = [grid.pk for grid in grids]
    rounds = rounds_on(day, ids)
    begun = timezone.make_aware(datetime.combine(day, time.min))
    mine = Patrol.objects.filter(worker=user).select_related("grid").order_by("-started_at")
    patrols = list(mine.filter(models.Q(started_at__gte=begun) | models.Q(ended_at=None, is_forgotten=False)))
    going_on = next((one for one in patrols if one.ended_at is None and not one.is_forgotten), None)
    checked = {one.checkpoint_id: one for one in CheckIn.objects.filter(patrol=going_on)} if going_on else {}
    points: dict[int, list[PointShown]] = {}
    for point in Checkpoint.objects.active().filter(grid__in=ids).order_by("order", "pk"):
        points.setdefault(point.grid_id, []).append(PointShown(point, checked.get(point.pk)))
    return PatrolToday(
        [GridWalk(grid, windows_shown(grid, day, rounds, at), points.get(grid.pk, [])) for grid in grids],
        going_on,
        [one for one in patrols if one.ended_at is not None],
        _notes(patrols),
    )


def _notes(patrols: Sequence[Patrol]) -> Mapping[int, list[PatrolNote]]:
    notes: dict[int, list[PatrolNote]] = {}
    for one in PatrolNote.objects.filter(patrol__in=patrols).defer("text")[:NOTES]:
        notes.setdefault(one.patrol_id, []).append(one)
    return notes


Rounds = Mapping[tuple[int, str], PatrolRound]
_ROUNDS: Final = PreparedModel(
    lambda day, grids: PatrolRound.objects.filter(AnyOf(F("grid"), Value(grids)), day=day).order_by(),
    day=DAY,
    grids=NO_KEYS,
)


def rounds_on(day: date, grid_ids: Sequence[int]) -> Rounds:
    """What is known of the windows of a day, by grid and part; one statement."""
    found = _ROUNDS.all(day=day, grids=keys_text(grid_ids))
    return {(one.grid_id, one.part): one for one in found}


def windows_shown(grid: Grid, day: date, rounds: Rounds, at: datetime) -> list[WindowShown]:
    """The windows of a grid on a day with what became of each; without a plan in force none. No statement."""
    plan: PatrolPlan | None = getattr(grid, "patrol_plan", None)
    if plan is None or not plan.is_active:
        return []
    return [
        WindowShown(window, _state(plan, window, rounds.get((grid.pk, window.part)), at))
        for window in plan.windows_on(day)
    ]


def _state(plan: PatrolPlan, window: Window, known: PatrolRound | None, at: datetime) -> WindowState:
    if known is not None:
        return WindowState.MET if known.is_met else WindowState.MISSED
    if at < window.opens:
        return WindowState.TO_COME
    if at <= window.closes:
        return WindowState.OPEN
    return WindowState.NOT_DUE if window.opens < plan.since else WindowState.MISSED


def _due(who: Asking) -> QuerySet[PatrolPlan, Any] | None:
    at = who.at
    posts = held_posts(who.user, at=at)
    ids = [post.place_id for post in posts if Power.GRID_PATROL in post.powers]
    if not ids:
        return None
    known = PatrolRound.objects.filter(grid=OuterRef("pk"), day=timezone.localdate(at))
    rows = PatrolPlan.objects.active().filter(pk__in=ids)
    has = {f"knows_{part}": Exists(known.filter(part=part)) for part in Part.values}
    told: QuerySet[PatrolPlan, Any] = rows.annotate(**has).values(*has, "early_closes", "late_closes")
    return told.order_by("pk")[:SHOWN]


def _due_tile(rows: Sequence[Mapping[str, Any]]) -> Tile:
    now = f"{timezone.localtime():%H:%M:%S}"
    left = [
        row[f"{part}_closes"]
        for row in rows
        for part in Part.values
        if not row[f"knows_{part}"] and str(row[f"{part}_closes"]) >= now
    ]
    text = _("下一次 %s 截止") % str(min(left))[:5] if left else ""
    return Tile(_("今日巡查"), reverse("grids:patrol"), text, len(left) or None, "footprints", "patrol")


TILE_PATROL: Final = AskingTile(_due, _due_tile)
"""On a worker's day: how many windows of today are still due."""


def _missed(who: Asking) -> QuerySet[PatrolRound, Any] | None:
    at = who.at
    if Power.GRID_RUN not in powers_anywhere(who.user, at):
        return None
    paths = paths_with(who.user, Power.GRID_RUN, at=at)
    rows = PatrolRound.objects.filter(below(paths, "grid__place__path"), day=timezone.localdate(at))
    return rows.filter(patrol=None).order_by().values("pk")[:100]


def _missed_tile(rows: Sequence[Mapping[str, Any]]) -> Tile:
    text = _("今天漏巡 %d 次") % len(rows) if rows else ""
    return Tile(_("我带的网格"), reverse("grids:team"), text, len(rows) or None, "map-pinned", "team")


TILE_DAY: Final = AskingTile(_missed, _missed_tile)
"""On a leader's day: how many windows of today were missed."""


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What a walker opens where there is no signal; no statement."""
    if Power.GRID_PATROL not in powers_anywhere(request.user, timezone.now()):
        return []
    names = ("patrol", "patrol_start", "patrol_check_in", "patrol_note", "patrol_end")
    return [reverse(f"grids:{name}") for name in names]


def tracks_kept(_community: Community) -> str:
    """How long a walked way is kept, in words."""
    return _("30 天")


def notes_kept(_community: Community) -> str:
    """How long the words of a note are kept, in words."""
    return _("1 年后抹去文字，只留做了什么和时间")
