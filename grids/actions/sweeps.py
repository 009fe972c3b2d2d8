"""拉网式摸排: planned with its stops, each recorded once, ended with what was not reached (G-20)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope, has_power, require_power
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from grids.models import Hazard, StopResult, Sweep, SweepStop
from grids.selectors.sweeps import buildings_in
from grids.selectors.walkers import walking

STOPS: Final = 500


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """Where, what is looked at, who goes, when; `shops` are stops by name beside the buildings."""

    scope: Place
    name: str
    checklist: str
    participants: Iterable[User]
    starts_on: date
    ends_on: date
    helpers: str = ""
    shops: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Went:
    """What somebody saw at a stop, and when; `photo` is a volunteer's, of a hazard."""

    result: str
    note: str
    happened_at: datetime
    photo: StoredImage | None = None


@transaction.atomic
def sweep_plan(*, plan: SweepPlan, actor: User, at: datetime) -> Sweep:
    """Plan a sweep: every building of its scope is a stop, and every shop that is named.

    Raises:
        NotAllowedError: `actor` does not run the grids there.
        InvalidInputError: nothing to look at, nobody goes, nowhere to go, or days that are over.
    """
    community = Community.objects.get(pk__in=[*plan.scope.ancestor_ids, plan.scope.pk])
    post = require_power(actor, Power.GRID_RUN, Scope(plan.scope.path), at=at)
    people = list(plan.participants)
    if not plan.checklist.strip() or not people:
        raise InvalidInputError(_("请写明检查什么、谁去。"))
    if plan.ends_on < max(plan.starts_on, timezone.localdate(at)):
        raise InvalidInputError(_("止日不能早于起日，也不能已经过去。"))
    shops = list(dict.fromkeys(line.strip()[:60] for line in plan.shops if line.strip()))
    stops = [(place, "") for place in buildings_in(plan.scope)] + [(plan.scope, name) for name in shops]
    if not 1 <= len(stops) <= STOPS:
        raise InvalidInputError(_("一次摸排要有 1 到 %d 个点，请换个范围。") % STOPS)
    sweep = Sweep.objects.create(
        community=community,
        scope=plan.scope,
        name=plan.name.strip(),
        checklist=plan.checklist.strip(),
        helpers=plan.helpers.strip(),
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        sweep_on=plan.starts_on,
    )
    sweep.participants.set(people)
    SweepStop.objects.bulk_create(SweepStop(sweep=sweep, place=place, name=name) for place, name in stops)
    record(
        event="sweep.planned", actor=actor, subject=sweep, at=at, scope_path=plan.scope.path, post=post.trace
    )
    return sweep


def stop_record(
    *, stop_id: int, result: str, note: str, actor: User, happened_at: datetime, at: datetime
) -> SweepStop:
    """Somebody of the staff was there: `stop_enter` without a photo."""
    return stop_enter(stop_id=stop_id, went=Went(result, note, happened_at), actor=actor, at=at)


@transaction.atomic
def stop_enter(*, stop_id: int, went: Went, actor: User, at: datetime) -> SweepStop:
    """Somebody was there; what comes twice from the same person is one record, the later one corrects it.

    Raises:
        NotFoundError: no such stop.
        NotAllowedError: neither a participant nor a volunteer on it, nor of these grids.
        ConflictError: a colleague has recorded it, or the sweep had ended by then, or not begun.
    """
    stop = (
        SweepStop.objects.select_related("sweep__scope", "place", "recorded_by")
        .select_for_update(of=("self",))
        .filter(pk=stop_id)
        .first()
    )
    if stop is None:
        raise NotFoundError(_("没有找到这个摸排点。"))
    finished = Sweep.objects.select_for_update(no_key=True).get(pk=stop.sweep_id).finished_at
    _must_take_part(stop.sweep, actor, at)
    if finished is not None and went.happened_at > finished:
        raise ConflictError(_("这次摸排已经结束。"))
    if stop.recorded_by_id not in (None, actor.pk):
        raise ConflictError(_("%s已经记过这个点。") % stop.recorded_by)
    has_hazard = went.result == StopResult.HAZARD or Hazard.objects.filter(stop=stop).exists()
    stop.result = StopResult.HAZARD if has_hazard else StopResult.NOTHING
    stop.note, stop.recorded_by, stop.recorded_at = went.note.strip()[:300], actor, min(went.happened_at, at)
    before, stop.photo = stop.photo_id, went.photo if has_hazard else None
    stop.save(update_fields=["result", "note", "recorded_by", "recorded_at", "photo"])
    if before is not None and before != stop.photo_id:
        StoredImage.objects.filter(pk=before).update(discarded_at=at)
    scope = stop.sweep.scope.path
    record(event="sweep.stop", actor=actor, subject=stop.sweep, at=at, scope_path=scope)
    return stop


def stop_take(hazard: Hazard, stop: SweepStop | None, at: datetime) -> None:
    """A hazard found on a sweep belongs to its stop: the one named, else that of its building.

    Called in the transaction that files it; the stop counts as recorded with it.
    """
    if stop is not None and stop.photo_id is not None and _photo_taken_along(hazard, stop.pk, at):
        return
    day, finder = timezone.localdate(hazard.found_at), hazard.found_by
    rows = SweepStop.objects.select_for_update(of=("self",)).filter(
        sweep__community=hazard.community_id, sweep__starts_on__lte=day, sweep__ends_on__gte=day
    )
    mine = rows.filter(sweep__participants=hazard.found_by_id, sweep__finished_at=None).select_related(
        "sweep"
    )
    named = mine.filter(pk=stop.pk) if stop is not None else mine.filter(place=hazard.place_id, name="")
    found = named.order_by("-sweep_id").first()
    if found is None:
        return
    hazard.stop = found
    hazard.save(update_fields=["stop"])
    found.result = StopResult.HAZARD
    if found.recorded_by_id is None:
        found.recorded_by, found.recorded_at = finder, min(hazard.found_at, at)
    found.save(update_fields=["result", "recorded_by", "recorded_at"])


def _photo_taken_along(hazard: Hazard, stop_id: int, at: datetime) -> bool:
    """Whether it is what a volunteer photographed at a stop of these grids; the ledger takes the photo."""
    rows = SweepStop.objects.select_related("sweep__scope").select_for_update(of=("self",))
    stop = rows.filter(pk=stop_id, sweep__community=hazard.community_id, photo__isnull=False).first()
    if stop is None:
        return False
    if not _is_of_staff(stop.sweep, hazard.found_by, at):
        return False
    hazard.stop = stop
    hazard.save(update_fields=["stop"])
    if hazard.photos.filter(image=stop.photo_id).exists():
        stop.photo = None
        stop.save(update_fields=["photo"])
    return True


@transaction.atomic
def sweep_finish(*, sweep_id: int, actor: User, at: datetime) -> Sweep:
    """End it; what was not reached stays listed.

    Raises:
        NotFoundError: there is none.
        NotAllowedError: `actor` does not run the grids there.
        RepeatedError: it has ended.
    """
    rows = Sweep.objects.select_related("scope").select_for_update(of=("self",))
    sweep = rows.filter(pk=sweep_id).first()
    if sweep is None:
        raise NotFoundError(_("没有找到这次摸排。"))
    post = require_power(actor, Power.GRID_RUN, Scope(sweep.scope.path), at=at)
    if sweep.finished_at is not None:
        raise RepeatedError(_("这次摸排已经结束。"))
    sweep.finished_at, sweep.finished_by, sweep.sweep_on = at, actor, None
    sweep.save(update_fields=["finished_at", "finished_by", "sweep_on"])
    record(
        event="sweep.finished",
        actor=actor,
        subject=sweep,
        at=at,
        scope_path=sweep.scope.path,
        post=post.trace,
    )
    return sweep


def _must_take_part(sweep: Sweep, actor: User, at: datetime) -> None:
    if _is_of_staff(sweep, actor, at):
        return
    if not walking(timezone.localdate(at)).filter(sweep=sweep, user=actor).exists():
        raise NotAllowedError(_("您没有参加这次摸排。"))
    if sweep.starts_on > timezone.localdate(at):
        raise ConflictError(_("这次摸排还没有开始。"))


def _is_of_staff(sweep: Sweep, actor: User | None, at: datetime) -> bool:
    """Whether this person handles matters there, or takes part."""
    if actor is None:
        return False
    handles = has_power(actor, Power.PETITION_HANDLE, Scope(sweep.scope.path), at=at)
    return handles or sweep.participants.filter(pk=actor.pk).exists()


def kinds_of_scope() -> tuple[str, ...]:
    """The levels of the tree that can be swept."""
    return (PlaceKind.COMMUNITY, PlaceKind.ESTATE, PlaceKind.GRID)
