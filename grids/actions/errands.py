"""代办: taken at a door, done, and over only once the household has been told (G-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from community import permissions
from community.duties import Power
from community.models import Household, Place, Resident
from community.permissions import Scope
from core import outbox
from core.audit import record
from core.errors import ConflictError, IllegalMoveError, InvalidInputError, RepeatedError
from core.language import gettext as _
from core.models import User
from grids import errand_notices
from grids.actions.doors import lock_household
from grids.models import Errand, ErrandKind, ErrandState, ToldHow, Visit
from grids.selectors.doors import scope_of
from grids.selectors.rungs import rungs_over

TELL_WITHIN: Final = timedelta(days=1)
WITHIN: Final = timedelta(days=31)
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for, and which of the people behind the door."""

    text: str
    kind: ErrandKind = ErrandKind.OTHER
    resident: Resident | None = None
    taken_at: datetime | None = None
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """How the household was told, what they said, and what else they need: another errand."""

    how: ToldHow
    reply: str = ""
    more: str = ""
    told_at: datetime | None = None


@transaction.atomic
def errand_take(*, household_id: int, asked: Asked, key: UUID, actor: User, at: datetime) -> Errand:
    """Take on an errand for a household; the same key again gives the same errand.

    Raises:
        NotFoundError: no such door in use.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: no words, somebody from behind another door, a time that cannot be.
        ConflictError: the key is of somebody else's errand.
    """
    household = lock_household(household_id)
    known = Errand.objects.select_related("household__place").filter(key=key).first()
    scope, place = scope_of(household)
    trace = permissions.authorise(actor, Power.HOME_VISIT, scope, at=at)
    if known is not None:
        if known.worker_id != actor.pk:
            raise ConflictError(_("这个编号的记录是别人的。"))
        return known
    return errand_open(household, place, asked, key=key, actor=actor, trace=trace, at=at)


def errand_open(
    household: Household, place: Place, asked: Asked, *, key: UUID, actor: User, trace: str, at: datetime
) -> Errand:
    """Write an errand of a door that is locked, by somebody whose power was checked.

    Raises:
        InvalidInputError: as for `errand_take`.
    """
    text, taken_at = asked.text.strip(), asked.taken_at or at
    if not text:
        raise InvalidInputError(_("请写明要办什么事。"))
    if asked.resident is not None and asked.resident.household_id != household.pk:
        raise InvalidInputError(_("请选择这一户的人。"))
    if taken_at > at or taken_at < at - WITHIN:
        raise InvalidInputError(_("接办时间须在最近 31 天内，不能晚于现在。"))
    errand = Errand.objects.create(
        key=key,
        household=household,
        resident=asked.resident,
        place=place,
        visit=asked.visit,
        kind=asked.kind,
        text=text[:LONGEST],
        worker=actor,
        taken_at=taken_at,
    )
    record(event="errand.taken", actor=actor, subject=errand, at=at, scope_path=place.path, post=trace)
    return errand


@transaction.atomic
def errand_finish(*, errand_id: int, result: str, is_in_vain: bool, actor: User, at: datetime) -> Errand:
    """Say that it is done, or cannot be; whoever took it has to tell the household, within a day.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: not a word of how.
        ConflictError: done already.
    """
    errand, trace = _locked(errand_id, actor, at)
    if errand.state != ErrandState.DOING:
        raise RepeatedError(_("这件事已经办过了。"))
    if not result.strip():
        raise InvalidInputError(_("请写明办得怎样。"))
    errand.done_at, errand.done_by, errand.remind_at = at, actor, at + TELL_WITHIN
    errand.result, errand.is_in_vain = result.strip()[:LONGEST], is_in_vain
    errand.save(update_fields=["done_at", "done_by", "remind_at", "result", "is_in_vain"])
    path = errand.place.path
    record(event="errand.done", actor=actor, subject=errand, at=at, scope_path=path, post=trace)
    teller = rungs_over([errand.place], at=at).who_tells(errand.place, errand.worker_id)
    if teller != actor.pk:
        outbox.send(errand_notices.to_tell(errand, teller, at=at))
    return errand


@transaction.atomic
def errand_tell(*, errand_id: int, word: Word, actor: User, at: datetime) -> Errand:
    """The household knows, and only now the errand is over; what else they need becomes the next one.

    Raises:
        NotAllowedError: `actor` holds no post over that grid.
        ConflictError: not done yet, or told already.
        InvalidInputError: told before it was done.
    """
    errand, trace = _locked(errand_id, actor, at)
    if errand.state == ErrandState.DOING:
        raise IllegalMoveError(_("这件事还没有办好，办好后再告知居民。"))
    if errand.state == ErrandState.CLOSED:
        raise RepeatedError(_("已经告知过居民了。"))
    told_at = word.told_at or at
    assert errand.done_at is not None
    if told_at > at or told_at < errand.done_at:
        raise InvalidInputError(_("告知时间不能早于办好的时间，也不能晚于现在。"))
    errand.told_at, errand.told_by, errand.told_how = told_at, actor, word.how
    errand.reply, errand.remind_at = word.reply.strip()[:LONGEST], None
    errand.save(update_fields=["told_at", "told_by", "told_how", "reply", "remind_at"])
    path = errand.place.path
    record(event="errand.told", actor=actor, subject=errand, at=at, scope_path=path, post=trace)
    if word.more.strip():
        more = Asked(text=word.more, resident=errand.resident, taken_at=told_at)
        key = uuid5(errand.key, "more")
        errand_take(household_id=errand.household_id, asked=more, key=key, actor=actor, at=at)
    return errand


def _locked(errand_id: int, actor: User, at: datetime) -> tuple[Errand, str]:
    rows = Errand.objects.locked().select_related("place", "household__place__parent__parent", "resident")
    errand = rows.get(pk=errand_id)
    trace = permissions.authorise(actor, Power.HOME_VISIT, Scope(errand.place.path), at=at)
    return errand, trace
