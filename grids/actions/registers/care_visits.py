"""A visit to somebody in care: entered once, plans the next, and fulfils its month (G-27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.models import Household, Place
from community.permissions import has_power
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import User
from grids.actions.registers.care import held_subject, plan_next
from grids.care_days import GRACE, month_of
from grids.models import CareMonth, CareSubject, CareVisit
from grids.selectors.doors import scope_of

WITHIN: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Caught:
    """A visit as it is told where there is no signal: the door, a name, the day, how they are."""

    household_id: int
    name: str
    visited_on: date
    findings: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit to somebody known: `key` is made by the page."""

    key: UUID
    visited_on: date
    findings: str


@transaction.atomic
def care_visit_at_door(*, caught: Caught, key: UUID, actor: User, at: datetime) -> Sequence[CareVisit]:
    """Enter a visit to whoever has this name behind this door, in every scheme that they are in.

    Raises:
        NotFoundError: no such door of theirs.
        InvalidInputError: nobody of this name is in care there, or a day that cannot be.
        ConflictError: two of the same name, died or moved away, the key is of somebody else's visit.
    """
    household = Household.objects.select_related("place").filter(pk=caught.household_id).first()
    if household is None or not has_power(actor, Power.REGISTER_KEEP, scope_of(household)[0], at=at):
        raise NotFoundError(_("没有找到这一户。"))
    name = "".join(caught.name.split())
    there = CareSubject.objects.filter(closed_at=None, resident__household=household).order_by("pk")
    rows = there.values_list("pk", "resident", "resident__name")
    found = [(pk, who) for pk, who, known in rows if "".join(known.split()) == name]
    if not found:
        raise InvalidInputError(_("这一户的关爱台账里没有“%s”，请核对住户和姓名。") % caught.name.strip())
    if len({who for _pk, who in found}) > 1:
        raise ConflictError(_("这一户有同名的人，请在有信号时从信息册里记。"))
    return [
        care_visit_record(
            subject_id=pk,
            key=uuid5(key, str(pk)) if nth else key,
            visited_on=caught.visited_on,
            findings=caught.findings,
            actor=actor,
            at=at,
        )
        for nth, (pk, _who) in enumerate(found)
    ]


@transaction.atomic
def care_visit_record(
    *, subject_id: int, key: UUID, visited_on: date, findings: str, actor: User, at: datetime
) -> CareVisit:
    """Enter a visit; the same key again gives the same visit. One that is entered late makes good a month
    or a day that was counted as missed.

    Raises:
        NotFoundError: no such subject in care.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: a day to come, or more than a month ago.
        ConflictError: died or moved away; the key is of somebody else's visit.
    """
    subject, place, trace = held_subject(subject_id, actor, at)
    return care_visit_enter(subject, place, Seen(key, visited_on, findings), trace=trace, actor=actor, at=at)


def care_visit_enter(
    subject: CareSubject, place: Place, seen: Seen, *, trace: str, actor: User, at: datetime
) -> CareVisit:
    """Write a visit to a locked subject, by somebody who was found to be allowed; in their transaction.

    Raises:
        InvalidInputError, ConflictError: as for `care_visit_record`.
    """
    known = CareVisit.objects.filter(key=seen.key).first()
    if known is not None:
        if (known.by_id, known.subject_id) != (actor.pk, subject.pk):
            raise ConflictError(_("这个编号的记录是别人的。"))
        return known
    today = timezone.localdate(at)
    if not today - WITHIN <= seen.visited_on <= today:
        raise InvalidInputError(_("走访日期须在最近 31 天内，不能晚于今天。"))
    if subject.resident.is_silent:
        raise ConflictError(_("这个人已故或已搬离。"))
    visit = CareVisit.objects.create(
        key=seen.key,
        subject=subject,
        visited_on=seen.visited_on,
        by=actor,
        recorded_at=at,
        findings=seen.findings.strip()[:1000],
    )
    subject.last_on = max(seen.visited_on, subject.last_on or seen.visited_on)
    plan_next(subject, today)
    subject.save(update_fields=["last_on", "next_on"])
    _fulfil(subject, seen.visited_on)
    subject.misses.filter(due_on__gte=seen.visited_on - GRACE).delete()  # entered late, made in time
    record(event="care.visited", actor=actor, subject=visit, at=at, scope_path=place.path, post=trace)
    return visit


def _fulfil(subject: CareSubject, visited_on: date) -> None:
    if not subject.scheme.is_monthly:
        return
    done = {"visited_on": visited_on, "missed_at": None}
    CareMonth.objects.update_or_create(subject=subject, month=month_of(visited_on), defaults=done)
