"""Volunteers on a sweep: named by staff, taken off at once, and what they saw (G-20)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from community.duties import Power
from community.models import Resident
from community.permissions import Scope, held_posts, require_power
from community.selectors.accounts import place_of
from core import outbox
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from grids import sweep_notices
from grids.actions.sweeps import Went, stop_enter
from grids.models import StopResult, Sweep, SweepStop, SweepWalker
from grids.selectors.walkers import walkers_on

WALKERS: Final = 50
PHOTOS_KEPT: Final = timedelta(days=365)
ROWS: Final = 1000


@transaction.atomic
def walker_name(*, sweep_id: int, user_id: int, actor: User, at: datetime) -> SweepWalker:
    """Ask a resident of the community to go along, and tell them.

    Raises:
        NotFoundError: no such sweep, or account.
        NotAllowedError: `actor` does not run the grids there.
        InvalidInputError: of the staff, of another community, or somebody who is no longer written to.
        ConflictError: the sweep is over, has enough, or has them already.
    """
    sweep, trace = _held_sweep(sweep_id, actor, at)
    if sweep.finished_at is not None:
        raise ConflictError(_("这次摸排已经结束。"))
    walker = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).first()
    if walker is None:
        raise NotFoundError(_("没有找到这个账号。"))
    if held_posts(walker, at=at):
        raise InvalidInputError(_("有任职的人请列为参加的工作人员。"))
    silent = Resident.objects.filter(user=walker).exclude(pk__in=Resident.objects.present())
    if not place_of(walker).startswith(sweep.community.place.path) or silent.exists():
        raise InvalidInputError(_("志愿者须是本社区有账号的居民。"))
    known = walkers_on(sweep)
    if walker.pk in {one.user_id for one in known}:
        raise RepeatedError(_("已经请过%s了。") % walker)
    if len(known) >= WALKERS:
        raise ConflictError(_("一次摸排最多 %d 位志愿者。") % WALKERS)
    made = SweepWalker.objects.create(sweep=sweep, user=walker, named_at=at, named_by=actor)
    record(
        event="sweep.walker_named",
        actor=actor,
        subject=sweep,
        at=at,
        scope_path=sweep.scope.path,
        post=trace,
    )
    outbox.send(sweep_notices.walker_named(made, at=at))
    return made


@transaction.atomic
def walker_end(*, walker_id: int, actor: User, at: datetime) -> SweepWalker:
    """Somebody goes along no longer: at once, whatever their phone still keeps.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: `actor` does not run the grids there.
        ConflictError: they were taken off before.
    """
    found = SweepWalker.objects.filter(pk=walker_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这位志愿者。"))
    sweep, trace = _held_sweep(found.sweep_id, actor, at)
    walker = SweepWalker.objects.select_related("user").select_for_update(of=("self",)).get(pk=walker_id)
    if walker.ended_at is not None:
        raise RepeatedError(_("%s已经不参加了。") % walker.user)
    walker.sweep, walker.ended_at = sweep, at
    walker.save(update_fields=["ended_at"])
    record(
        event="sweep.walker_ended",
        actor=actor,
        subject=sweep,
        at=at,
        scope_path=sweep.scope.path,
        post=trace,
    )
    outbox.send(sweep_notices.walker_ended(walker, at=at))
    return walker


@transaction.atomic
def stop_walk(*, stop_id: int, went: Went, actor: User, at: datetime) -> SweepStop:
    """A volunteer was there. A hazard has a photo; staff who go hear of it and enter it.

    Raises:
        InvalidInputError: a hazard without a photo.
        DomainError: as `stop_enter`.
    """
    if went.result == StopResult.HAZARD and went.photo is None:
        raise InvalidInputError(_("发现隐患，请拍一张照片。"))
    stop = stop_enter(stop_id=stop_id, went=went, actor=actor, at=at)
    if went.result == StopResult.HAZARD:
        told = stop.sweep.participants.values_list("pk", flat=True)
        outbox.send(sweep_notices.walker_found(stop, list(told), at=at))
    return stop


@transaction.atomic
def stop_photos_expire(at: datetime) -> int:
    """Give volunteers' photos of long ago to be thrown away; how many."""
    old = SweepStop.objects.filter(recorded_at__lt=at - PHOTOS_KEPT, photo__isnull=False)
    rows = old.order_by("recorded_at").select_for_update(skip_locked=True)
    found = list(rows.values_list("pk", "photo")[:ROWS])
    SweepStop.objects.filter(pk__in=[pk for pk, _photo in found]).update(photo=None)
    StoredImage.objects.filter(pk__in=[photo for _pk, photo in found]).update(
        discarded_at=at, created_by=None
    )
    return len(found)


def _held_sweep(sweep_id: int, actor: User, at: datetime) -> tuple[Sweep, str]:
    """A sweep, locked, and the post in which this person runs it."""
    rows = Sweep.objects.select_related("scope", "community__place")
    sweep = rows.select_for_update(of=("self",), no_key=True).filter(pk=sweep_id).first()
    if sweep is None:
        raise NotFoundError(_("没有找到这次摸排。"))
    return sweep, require_power(actor, Power.GRID_RUN, Scope(sweep.scope.path), at=at).trace
