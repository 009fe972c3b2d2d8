"""A grid with a plan, checkpoints and somebody who walks it, for the tests about patrols."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from core.models import User
from grids import actions
from grids.actions.check_in import Fix
from grids.actions.patrol import Done
from grids.actions.patrol_notes import Noted
from grids.actions.patrol_plan import Hours, Spot
from grids.models import CheckIn, Checkpoint, Grid, NoteKind, Patrol, PatrolNote, PatrolPlan
from tests.cast import NOW

SPOT = (110.6955, 35.5825)
HERE = Fix(110.6956, 35.5825, 12.0)
FAR = Fix(110.6990, 35.5825, 12.0)


def clock(hour: int, minute: int = 0) -> datetime:
    """A moment of the day at which tests happen."""
    return NOW.replace(hour=hour, minute=minute)


def planned(grid: Grid, *, at: datetime | None = None, **details: Any) -> PatrolPlan:
    """Early from eight to ten, late from five to seven."""
    since = at or NOW.replace(hour=0)
    return actions.patrol_plan_set(grid=grid, hours=Hours(**details), actor=None, at=since)


def point(grid: Grid, name: str = "东门", position: tuple[float, float] | None = SPOT) -> Checkpoint:
    return actions.checkpoint_create(grid=grid, spot=Spot(name, position), actor=None, at=NOW)


def done(worker: User, moment: datetime, **details: Any) -> Done:
    return Done(**{"worker": worker, "actor": worker, "happened_at": moment, "at": moment, **details})


def started(grid: Grid, worker: User, moment: datetime, **details: Any) -> Patrol:
    return actions.patrol_start(grid_id=grid.pk, key=uuid4(), done=done(worker, moment, **details))


def ended(worker: User, moment: datetime, **details: Any) -> Patrol:
    return actions.patrol_end(done=done(worker, moment, **details))


def walked(grid: Grid, worker: User, begin: datetime, end: datetime) -> Patrol:
    started(grid, worker, begin)
    return ended(worker, end)


def checked(
    at_point: Checkpoint, worker: User, moment: datetime, fix: Fix | None = HERE, **details: Any
) -> CheckIn:
    return actions.check_in(code=at_point.code, fix=fix, done=done(worker, moment, **details))


def noted(
    worker: User, moment: datetime, kind: str = "greeting", text: str = "", key: Any = None, **details: Any
) -> PatrolNote:
    what = Noted(NoteKind(kind), text)
    return actions.patrol_note(noted=what, key=key or uuid4(), done=done(worker, moment, **details))
