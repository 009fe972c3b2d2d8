"""A grid goes into emergency mode, stays in it by renewal alone, and goes back by itself (G-09).

Told of both: who answers for the grid, the emergency teams of its plans, and by text the departments of its
community.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.duties import LADDER, Power
from community.home_cache import home_forget
from community.permissions import Scope, require_power
from core import outbox
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from core.outbox import Message
from core.sweeps import sweep_all
from grids import safety_notices
from grids.models import Grid, GridEmergency
from grids.selectors.emergency import departments_of, teams_of
from grids.selectors.ladder import Held, held_over, nearest

LONGEST: Final = 72
BATCH: Final = 100


@transaction.atomic
def emergency_begin(*, grid: Grid, hours: int, reason: str, actor: User, at: datetime) -> GridEmergency:
    """Switch a grid to emergency mode; everybody who answers for it is told.

    Raises:
        NotAllowedError: `actor` does not run this grid.
        InvalidInputError: no reason, or no number of hours that can be meant.
        ConflictError: it is in emergency mode already.
    """
    path = grid.place.path
    post = require_power(actor, Power.GRID_RUN, Scope(path), at=at)
    if not reason.strip():
        raise InvalidInputError(_("请写明为什么进入应急状态。"))
    until = _until(hours, at)
    Grid.objects.locked().get(pk=grid.pk)
    if GridEmergency.objects.filter(grid=grid, ended_at=None).exists():
        raise ConflictError(_("这个网格已经在应急状态，可以延长。"))
    made = GridEmergency.objects.create(
        grid=grid, reason=reason.strip()[:100], began_at=at, began_by=actor, until=until
    )
    record(event="grid.emergency", actor=actor, subject=grid, at=at, scope_path=path, post=post.trace)
    held = held_over([grid.place], LADDER, timezone.localdate(at))
    outbox.send(_told(made, held, at))
    home_forget(grid.community_id)
    return made


@transaction.atomic
def emergency_renew(*, emergency_id: int, hours: int, actor: User, at: datetime) -> GridEmergency:
    """So many hours from now on.

    Raises:
        NotFoundError, NotAllowedError, RepeatedError: none, not this person's grid, or over.
    """
    kept, trace = _open(emergency_id, actor, at)
    kept.until = _until(hours, at)
    kept.save(update_fields=["until"])
    path = kept.grid.place.path
    record(event="grid.emergency_renewed", actor=actor, subject=kept.grid, at=at, scope_path=path, post=trace)
    home_forget(kept.grid.community_id)
    return kept


@transaction.atomic
def emergency_end(*, emergency_id: int, actor: User, at: datetime) -> GridEmergency:
    """Back to daily mode before its time.

    Raises:
        NotFoundError, NotAllowedError, RepeatedError: none, not this person's grid, or over.
    """
    kept, trace = _open(emergency_id, actor, at)
    _end(kept, actor, trace, at, held_over([kept.grid.place], LADDER, timezone.localdate(at)))
    return kept


def emergencies_expire(*, at: datetime, batch: int = BATCH) -> int:
    """Every grid whose time is over and was not renewed goes back to daily mode; how many."""
    due = GridEmergency.objects.filter(ended_at=None, until__lte=at)
    return sweep_all(due, lambda rows, size: _expire(rows, at, size), batch, by="until")


@transaction.atomic
def _expire(due: QuerySet[GridEmergency], at: datetime, batch: int) -> int:
    rows = due.order_by("until", "pk").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("grid__place")[:batch])
    held = held_over((one.grid.place for one in found), LADDER, timezone.localdate(at))
    for one in found:
        _end(one, None, "", at, held)
    return len(found)


def _end(kept: GridEmergency, actor: User | None, trace: str, at: datetime, held: Held) -> None:
    kept.ended_at, kept.ended_by = at, actor
    kept.save(update_fields=["ended_at", "ended_by"])
    path = kept.grid.place.path
    record(event="grid.daily", actor=actor, subject=kept.grid, at=at, scope_path=path, post=trace)
    outbox.send(_told(kept, held, at))
    home_forget(kept.grid.community_id)


def _open(emergency_id: int, actor: User, at: datetime) -> tuple[GridEmergency, str]:
    rows = GridEmergency.objects.select_related("grid__place").select_for_update(of=("self",))
    kept = rows.filter(pk=emergency_id).first()
    if kept is None:
        raise NotFoundError(_("没有找到这次应急。"))
    post = require_power(actor, Power.GRID_RUN, Scope(kept.grid.place.path), at=at)
    if kept.ended_at is not None:
        raise RepeatedError(_("这个网格已经恢复日常。"))
    return kept, post.trace


def _until(hours: int, at: datetime) -> datetime:
    if not 1 <= hours <= LONGEST:
        raise InvalidInputError(_("一次 1 到 %d 小时，到期还需要就延长。") % LONGEST)
    return at + timedelta(hours=hours)


def _told(emergency: GridEmergency, held: Held, at: datetime) -> list[Message]:
    """Two statements for the teams and the departments."""
    grid = emergency.grid
    holders = [nearest(grid.place, duty, held) for duty in LADDER]
    return safety_notices.mode_changed(emergency, [*holders, *teams_of(grid)], departments_of(grid), at=at)
