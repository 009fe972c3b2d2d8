"""A code that was read on the spot: verified, or by the code alone and said so (G-05)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.permissions import Scope
from core.audit import record
from core.errors import InvalidInputError, RepeatedError
from core.language import gettext as _
from grids.actions.patrol import Done, patrol_during
from grids.actions.patrol_rounds import tally_add
from grids.models import CheckIn, Checkpoint, Doubt, PatrolPlan
from grids.models.patrol_plan import NEAR
from grids.shapes import metres_between

COARSEST: Final = 100.0
"""Metres. A phone that is less sure than that of where it is proves nothing."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a phone says it is (WGS 84), and how sure it is of that, in metres."""

    longitude: float
    latitude: float
    accuracy: float


@transaction.atomic
def check_in(*, code: str, fix: Fix | None, done: Done) -> CheckIn:
    """Check in at the checkpoint with this code. One that was not verified may be bettered later.

    Raises:
        InvalidInputError: no checkpoint within reach has this code.
        ConflictError: nobody was on patrol there.
        RepeatedError: this patrol has been here.
    """
    point = _point_of(code, done)
    patrol = patrol_during(done, point.grid_id)
    metres = _metres(point, fix)
    doubt = _doubt(point, fix, metres, done)
    before = CheckIn.objects.filter(patrol=patrol, checkpoint=point).first()
    if before is not None and (before.is_verified or doubt != Doubt.NONE):
        raise RepeatedError(_("“%s”本次巡查已经打过卡。") % point.name)
    made = before or CheckIn(patrol=patrol, checkpoint=point)
    made.happened_at, made.received_at, made.metres, made.doubt = done.happened_at, done.at, metres, doubt
    made.save()
    tally_add(
        community_id=point.grid.community_id,
        day=timezone.localdate(done.happened_at),
        check_ins=int(before is None),
        verified=int(made.is_verified),
    )
    path = point.grid.place.path
    post = permissions.require_power(done.actor, Power.GRID_PATROL, Scope(path), at=done.at)
    record(
        event="patrol.checked_in",
        actor=done.actor,
        subject=made,
        at=done.at,
        scope_path=path,
        post=post.trace,
    )
    return made


def _point_of(code: str, done: Done) -> Checkpoint:
    """The checkpoint, if this person may walk its grid: a stranger's guess is told nothing."""
    known = Checkpoint.objects.active().select_related("grid__place")
    point = known.filter(code="".join(code.split()).upper()[:8]).first()
    if point is None or not permissions.has_power(
        done.actor, Power.GRID_PATROL, Scope(point.grid.place.path), at=done.at
    ):
        raise InvalidInputError(_("没有这个打卡码，请对照点位牌再输一次。"))
    return point


def _metres(point: Checkpoint, fix: Fix | None) -> int | None:
    if fix is None or point.longitude is None or point.latitude is None:
        return None
    return round(metres_between((point.longitude, point.latitude), (fix.longitude, fix.latitude)))


def _doubt(point: Checkpoint, fix: Fix | None, metres: int | None, done: Done) -> Doubt:
    """The first thing that keeps it from being verified."""
    plan = PatrolPlan.objects.active().filter(pk=point.grid_id).first()
    near = plan.metres if plan else NEAR
    reasons = (
        (Doubt.CLOCK, done.is_doubtful),
        (Doubt.VOUCHED, done.actor != done.worker),
        (Doubt.WINDOW, plan is None or plan.window_at(done.happened_at) is None),
        (Doubt.NO_SPOT, point.longitude is None),
        (Doubt.NO_POSITION, fix is None),
        (Doubt.COARSE, fix is not None and fix.accuracy > COARSEST),
        (Doubt.FAR, metres is not None and metres > near),
    )
    return next((doubt for doubt, holds in reasons if holds), Doubt.NONE)
