"""Windows and checkpoints of a grid are set at the desk (G-05, G-11)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Final

from django.db import transaction

from community import permissions
from community.duties import Power
from community.permissions import Scope
from core.audit import record
from core.errors import InvalidInputError, NotFoundError
from core.language import gettext as _
from grids.models import Checkpoint, Grid, PatrolPlan
from grids.models.patrol_plan import NEAR

if TYPE_CHECKING:
    from core.models import User

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing that is taken for something else when it is read from a sign."""
CODE_LENGTH: Final = 6
MOST: Final = 60
"""Checkpoints of one grid."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The two windows of a day, and how near a check-in has to be."""

    early_opens: time = time(8)
    early_closes: time = time(10)
    late_opens: time = time(17)
    late_closes: time = time(19)
    metres: int = NEAR


@dataclass(frozen=True, slots=True)
class Spot:
    """A checkpoint as the desk says it; the position is (longitude, latitude)."""

    name: str
    position: tuple[float, float] | None = None
    order: int = 1
    is_active: bool = True


@transaction.atomic
def patrol_plan_set(
    *, grid: Grid, hours: Hours, actor: User | None, at: datetime, is_active: bool = True
) -> PatrolPlan:
    """Say when a grid is walked, anew or for the first time. Windows that are open by now are not due.

    Raises:
        NotAllowedError: `actor` does not run this grid.
        InvalidInputError: windows that overlap, or a distance that makes no sense.
    """
    path = grid.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    if not hours.early_opens < hours.early_closes <= hours.late_opens < hours.late_closes:
        raise InvalidInputError(_("先早巡后晚巡，截止要晚于开始，两个时段不能重叠。"))
    if not 10 <= hours.metres <= 500:
        raise InvalidInputError(_("打卡距离要在 10 到 500 米之间。"))
    given = {
        **{name: getattr(hours, name) for name in Hours.__slots__},
        "is_active": is_active,
        "since": at,
    }
    plan, _is_new = PatrolPlan.objects.update_or_create(grid=grid, defaults=given)
    record(
        event="patrol_plan.set",
        actor=actor,
        subject=plan,
        at=at,
        scope_path=path,
        post=trace,
        fields=[*given],
    )
    return plan


@transaction.atomic
def checkpoint_create(*, grid: Grid, spot: Spot, actor: User | None, at: datetime) -> Checkpoint:
    """Add a checkpoint; its code is made here and printed from the desk.

    Raises:
        NotAllowedError: `actor` does not run this grid.
        InvalidInputError: no name, or more than sixty.
    """
    path = grid.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    Grid.objects.locked().get(pk=grid.pk)
    if Checkpoint.objects.filter(grid=grid).count() >= MOST:
        raise InvalidInputError(_("一个网格最多 %d 个点位。") % MOST)
    point = _filled(Checkpoint(grid=grid, code=_new_code()), spot)
    point.save()
    record(event="checkpoint.created", actor=actor, subject=point, at=at, scope_path=path, post=trace)
    return point


@transaction.atomic
def checkpoint_update(*, checkpoint_id: int, spot: Spot, actor: User | None, at: datetime) -> Checkpoint:
    """Change a checkpoint; its code stays, since it hangs on the wall.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: `actor` does not run its grid.
        InvalidInputError: no name.
    """
    point = Checkpoint.objects.locked().select_related("grid__place").filter(pk=checkpoint_id).first()
    if point is None:
        raise NotFoundError(_("没有找到这个点位。"))
    path = point.grid.place.path
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(path), at=at)
    _filled(point, spot).save()
    record(
        event="checkpoint.updated",
        actor=actor,
        subject=point,
        at=at,
        scope_path=path,
        post=trace,
        fields=["name", "position", "order", "is_active"],
    )
    return point


def _filled(point: Checkpoint, spot: Spot) -> Checkpoint:
    if not spot.name.strip():
        raise InvalidInputError(_("请填写点位名称。"))
    point.name, point.order, point.is_active = spot.name.strip(), spot.order, spot.is_active
    point.longitude, point.latitude = spot.position or (None, None)
    return point


def _new_code() -> str:
    """A code that nobody has; of 887 million two are hardly ever the same, and then the database refuses."""
    return "".join(secrets.choice(LETTERS) for _turn in range(CODE_LENGTH))
