"""抄表: a round begins, doors are read, and once every one is, the bill is shared (G-33)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from community import permissions
from community.duties import Power
from community.models import Place
from community.permissions import Scope
from core import outbox
from core.audit import record
from core.batches import rows_update
from core.errors import ConflictError, IllegalMoveError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import StoredImage, User
from grids import meter_notices
from grids.actions.hazards.filing import scope_of
from grids.models import MeterCycle, MeterKind, MeterReading
from grids.selectors.meters import doors_to_read, last_values, residents_told
from grids.shares import shares_of

MOST: Final = 2000
"""More doors than these are no round that somebody walks."""


@dataclass(frozen=True, slots=True)
class Round:
    """What is read, where, for which bill, between which days, and when again."""

    name: str
    kind: MeterKind
    place: Place
    bill_fen: int
    opens_on: date
    due_on: date
    next_on: date | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What the meter says, a photo of it, and who came along."""

    value: Decimal
    meter: str = ""
    reader: str = ""
    photo: StoredImage | None = None
    read_at: datetime | None = None


@transaction.atomic
def meter_cycle_open(*, plan: Round, key: UUID, actor: User, at: datetime) -> MeterCycle:
    """Begin a round over the doors in use under a place; meters stand where the last round left them.

    Whoever runs the whole place reads all its doors, each booked to its own grid; whoever runs one grid of
    several there, the doors of that grid alone.

    Raises:
        NotAllowedError: `actor` does not run that grid.
        InvalidInputError: no name, no bill, days out of order, no doors or too many.
    """
    scope, community = scope_of(plan.place, actor, at=at)
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(scope.path), at=at)
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)  # two taps, one by one
    known = MeterCycle.objects.filter(key=key).first()
    if known is not None:
        if known.created_by_id != actor.pk:
            raise ConflictError(_("这个编号的记录是别人的。"))
        return known
    _check(plan)
    whole = permissions.has_power(actor, Power.GRID_RUN, Scope(plan.place.path), at=at)
    found = doors_to_read(plan.place, None if whole else scope, MOST + 1)
    if whole and any(home != scope for home in found.values()):
        scope = community.place
    if not found or len(found) > MOST:
        raise InvalidInputError(_("这个范围里没有住户，或者超过 2000 户，请重新选择。"))
    cycle = MeterCycle.objects.create(
        key=key,
        community=community,
        place=plan.place,
        scope=scope,
        name=plan.name.strip()[:60],
        kind=plan.kind,
        bill_fen=plan.bill_fen,
        opens_on=plan.opens_on,
        due_on=plan.due_on,
        next_on=plan.next_on,
        created_by=actor,
    )
    before = last_values(plan.kind, list(found))
    MeterReading.objects.bulk_create(
        MeterReading(cycle=cycle, household_id=pk, place=home or scope, meter=meter, previous=value)
        for pk, home in found.items()
        for meter, value in [before.get(pk, ("", Decimal(0)))]
    )
    record(event="meter.opened", actor=actor, subject=cycle, at=at, scope_path=scope.path, post=trace)
    return cycle


@transaction.atomic
def meter_read(*, reading_id: int, read: Read, actor: User, at: datetime) -> MeterReading:
    """Enter what a meter says; until the bill is shared it may be entered again.

    Raises:
        NotFoundError: no such door in a round.
        NotAllowedError: `actor` holds no post over that grid.
        IllegalMoveError: the bill is shared.
        InvalidInputError: less than the last time, or a time that cannot be.
    """
    reading, cycle, trace = _locked(reading_id, actor, at)
    if cycle.shared_at is not None:
        raise IllegalMoveError(_("这次账单已经分摊，读数不能再改。"))
    if read.value < reading.previous:
        raise InvalidInputError(_("这次读数不能小于上次读数 %s。") % reading.previous)
    read_at = read.read_at or at
    if read_at > at or timezone.localdate(read_at) < cycle.opens_on:
        raise InvalidInputError(_("抄表时间不能早于开始抄表的日子，也不能晚于现在。"))
    reading.value, reading.read_by, reading.read_at = read.value, actor, read_at
    reading.meter = read.meter.strip()[:30] or reading.meter
    reading.reader, reading.photo = read.reader.strip()[:40], read.photo or reading.photo
    reading.save(update_fields=["value", "read_by", "read_at", "meter", "reader", "photo"])
    record(event="meter.read", actor=actor, subject=reading, at=at, scope_path=reading.place.path, post=trace)
    return reading


@transaction.atomic
def meter_share(*, cycle_id: int, actor: User, at: datetime) -> MeterCycle:
    """Share the bill by use, to the fen, once every door is read; each household hears its own part.

    Raises:
        NotFoundError: there is no such round.
        NotAllowedError: `actor` does not run that grid.
        ConflictError: shared already.
        IllegalMoveError: doors are unread, and how many.
    """
    cycle = _cycle_locked(cycle_id)
    trace = permissions.authorise(actor, Power.GRID_RUN, Scope(cycle.scope.path), at=at)
    if cycle.shared_at is not None:
        raise RepeatedError(_("这次账单已经分摊过了。"))
    readings = list(cycle.readings.select_for_update().order_by("pk"))
    unread = sum(one.value is None for one in readings)
    if unread:
        raise IllegalMoveError(_("还有 %d 户没有抄表，抄完才能分摊。") % unread)
    parts = shares_of(cycle.bill_fen, [int(one.use * 100) for one in readings])
    for one, part in zip(readings, parts, strict=True):
        one.share_fen = part
    rows_update(readings, ("share_fen",))
    cycle.shared_at, cycle.shared_by = at, actor
    cycle.save(update_fields=["shared_at", "shared_by"])
    record(event="meter.shared", actor=actor, subject=cycle, at=at, scope_path=cycle.scope.path, post=trace)
    outbox.send(meter_notices.shared(cycle, readings, residents_told(cycle), at=at))
    return cycle


def _check(plan: Round) -> None:
    if not plan.name.strip():
        raise InvalidInputError(_("请写明名称。"))
    if plan.bill_fen <= 0:
        raise InvalidInputError(_("账单要大于 0。"))
    if plan.due_on < plan.opens_on or (plan.next_on and plan.next_on <= plan.opens_on):
        raise InvalidInputError(_("抄完的日子、下次抄表都不能早于开始抄表。"))


def _cycle_locked(cycle_id: int) -> MeterCycle:
    cycle = MeterCycle.objects.locked().select_related("scope").filter(pk=cycle_id).first()
    if cycle is None:
        raise NotFoundError(_("没有找到这次抄表。"))
    return cycle


def _locked(reading_id: int, actor: User, at: datetime) -> tuple[MeterReading, MeterCycle, str]:
    """The round first, then its door: as whoever shares the bill takes them."""
    known = MeterReading.objects.filter(pk=reading_id).values_list("cycle", flat=True).first()
    if known is None:
        raise NotFoundError(_("没有找到这一户。"))
    cycle = _cycle_locked(known)
    rows = MeterReading.objects.select_for_update(of=("self",)).select_related("place")
    reading = rows.get(pk=reading_id)
    return reading, cycle, permissions.authorise(actor, Power.HOME_VISIT, Scope(reading.place.path), at=at)
