"""A walk begins and ends, with or without signal (G-05). Times are those at which it happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from community import permissions
from community.duties import Power
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError, NotFoundError
from core.language import gettext as _
from grids.actions.patrol_rounds import round_meet
from grids.models import Grid, Patrol, PatrolPlan

if TYPE_CHECKING:
    from core.models import User
    from grids.querysets import PatrolQuerySet

LONGEST: Final = timedelta(hours=12)
"""Whoever has not ended by then has forgotten to."""
SLACK: Final = timedelta(minutes=2)
"""By so much the same clock, corrected twice, may differ."""


@dataclass(frozen=True, slots=True)
class Done:
    """Who did it, who enters it, when it happened and when it arrived.

    `actor` is the worker, or the leader who accepts what the worker's phone held.
    """

    worker: User
    actor: User
    happened_at: datetime
    at: datetime
    is_doubtful: bool = False


@transaction.atomic
def patrol_start(*, grid_id: int, key: UUID, done: Done) -> Patrol:
    """Begin a patrol; sent twice, it begins once.

    Raises:
        NotFoundError: no such grid within reach.
        ConflictError: the grid is closed, or a patrol of this person still goes on.
    """
    grid = Grid.objects.select_related("place").filter(pk=grid_id).first()
    scope = Scope(grid.place.path) if grid else Scope("")
    if grid is None or not permissions.has_power(done.actor, Power.GRID_PATROL, scope, at=done.at):
        raise NotFoundError(_("没有找到这个网格。"))
    before = Patrol.objects.filter(key=key, worker=done.worker).first()
    if before is not None:
        return before
    if not grid.is_active:
        raise ConflictError(_("这个网格已停用。"))
    mine = Patrol.objects.going_on().filter(worker=done.worker)
    mine.filter(started_at__lt=done.happened_at - LONGEST).update(is_forgotten=True)
    if mine.exists():
        raise ConflictError(_("还有一次巡查没有结束，请先结束。"))
    patrol = Patrol.objects.create(
        grid=grid, worker=done.worker, key=key, started_at=done.happened_at, is_doubtful=done.is_doubtful
    )
    _trace("patrol.started", patrol, done)
    return patrol


@transaction.atomic
def patrol_end(*, done: Done, note: str = "", track: Sequence[Sequence[float]] = ()) -> Patrol:
    """End the patrol that went on then. One that lies inside a window from start to end meets it.

    Raises:
        ConflictError: none went on.
        NotAllowedError: `actor` has no post over its grid.
    """
    patrol = _open_at(done)
    scope = Scope(patrol.grid.place.path)
    permissions.require_power(done.actor, Power.GRID_PATROL, scope, at=done.at)
    patrol.ended_at = max(done.happened_at, patrol.started_at)
    patrol.note, patrol.track, patrol.is_forgotten = note.strip(), list(track), False
    patrol.is_doubtful = patrol.is_doubtful or done.is_doubtful
    patrol.save(update_fields=["ended_at", "note", "track", "is_forgotten", "is_doubtful"])
    _trace("patrol.ended", patrol, done)
    plan = PatrolPlan.objects.active().filter(pk=patrol.grid_id).first()
    window = plan.window_at(patrol.started_at) if plan else None
    if window and window.holds(patrol.ended_at) and not patrol.is_doubtful:
        round_meet(patrol, window)
    return patrol


def _open_at(done: Done) -> Patrol:
    """The patrol of this person that had begun and not ended, locked."""
    mine = Patrol.objects.filter(worker=done.worker, ended_at=None)
    begun = mine.filter(started_at__lte=done.happened_at + SLACK)
    patrol = _locked_first(begun)
    if patrol is None:
        raise ConflictError(_("没有正在进行的巡查，请先开始巡查。"))
    return patrol


def patrol_during(done: Done, grid_id: int | None = None) -> Patrol:
    """The patrol of this person, in a grid or in any, during which something happened, locked.

    Raises:
        ConflictError: there was none.
    """
    begun = Q(started_at__lte=done.happened_at + SLACK, started_at__gte=done.happened_at - LONGEST)
    not_over = Q(ended_at=None) | Q(ended_at__gte=done.happened_at - SLACK)
    mine = Patrol.objects.filter(begun & not_over, worker=done.worker)
    patrol = _locked_first(mine if grid_id is None else mine.filter(grid=grid_id))
    if patrol is None and grid_id is None:
        raise ConflictError(_("那时没有在巡查，请先开始巡查，再记。"))
    if patrol is None:
        raise ConflictError(_("那时没有在这个网格巡查，请先开始巡查，再打卡。"))
    return patrol


def _locked_first(rows: PatrolQuerySet) -> Patrol | None:
    return rows.locked().select_related("grid__place").order_by("-started_at").first()


def _trace(event: str, patrol: Patrol, done: Done) -> None:
    path = patrol.grid.place.path
    post = permissions.require_power(done.actor, Power.GRID_PATROL, Scope(path), at=done.at)
    record(event=event, actor=done.actor, subject=patrol, at=done.at, scope_path=path, post=post.trace)
