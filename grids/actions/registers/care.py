"""Who is cared for: taken into a scheme, given another colour, taken out; the next visit follows at once."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.models import Place, Resident
from core import outbox
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.language import gettext as _
from core.models import User
from grids import register_notices as notices
from grids.actions.registers.tagging import authorised, lock_resident
from grids.care_days import next_care_on
from grids.models import (
    CareSubject,
    CensusEntry,
    CensusRound,
    CensusState,
    ColourChange,
    SchemeColour,
    SchemeKind,
)
from grids.selectors.registers.told import care_staff


@transaction.atomic
def care_open(
    *, resident_id: int, colour_id: int, reason: str, actor: User | None, at: datetime
) -> CareSubject:
    """Take somebody into a scheme of care, in a colour, and say why.

    Raises:
        NotFoundError: no such resident.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: no colour of this community's, no reason.
        ConflictError: died or moved away, or in that scheme already.
    """
    resident = lock_resident(resident_id)
    place, trace = authorised(resident, actor, at)
    if resident.is_silent:
        raise ConflictError(_("这个人已故或已搬离。"))
    colour = _colour(colour_id)
    if colour.scheme.community_id not in resident.household.place.ancestor_ids:
        raise InvalidInputError(_("请选择本社区的关爱方案和颜色。"))
    _require(reason)
    if resident.care.filter(scheme=colour.scheme, closed_at=None).exists():
        raise ConflictError(_("这个人已经在这个方案里了。"))
    subject = CareSubject(
        resident=resident, scheme=colour.scheme, colour=colour, opened_at=at, opened_by=actor
    )
    plan_next(subject, timezone.localdate(at))
    subject.save()
    ColourChange.objects.create(subject=subject, after=colour, reason=reason.strip()[:200], by=actor, at=at)
    _found_in_round(subject, actor, at)
    record(event="care.opened", actor=actor, subject=subject, at=at, scope_path=place.path, post=trace)
    return subject


@transaction.atomic
def care_colour_change(
    *, subject_id: int, colour_id: int, reason: str, actor: User | None, at: datetime
) -> CareSubject:
    """Give a subject another colour: the next visit is planned anew at once, and staff hear the same moment
    of one that is visited more often (G-29).

    Raises:
        NotFoundError: no such subject in care.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: a colour of another scheme, no reason.
        ConflictError: it has that colour.
    """
    subject, place, trace = held_subject(subject_id, actor, at)
    colour, before = _colour(colour_id), subject.colour
    if colour.scheme_id != subject.scheme_id:
        raise InvalidInputError(_("请选择这个方案里的颜色。"))
    if colour.pk == before.pk:
        raise ConflictError(_("现在就是这个颜色。"))
    _require(reason)
    subject.colour = colour
    plan_next(subject, timezone.localdate(at))
    subject.save(update_fields=["colour", "next_on"])
    change = ColourChange.objects.create(
        subject=subject,
        before=before,
        after=colour,
        is_upward=colour.is_above(before),
        reason=reason.strip()[:200],
        by=actor,
        at=at,
    )
    record(
        event="care.colour_changed",
        actor=actor,
        subject=subject,
        at=at,
        scope_path=place.path,
        post=trace,
        fields=["colour", "next_on"],
    )
    if change.is_upward and not subject.resident.is_silent:
        told = [pk for pk in care_staff(subject, at=at) if actor is None or pk != actor.pk]
        outbox.send(notices.more_urgent(change, told, at=at))
    return subject


@transaction.atomic
def care_close(*, subject_id: int, reason: str, actor: User | None, at: datetime) -> CareSubject:
    """Take somebody out of a scheme; the helper is free again.

    Raises:
        NotFoundError: no such subject in care.
        NotAllowedError: `actor` holds no post over that grid.
        InvalidInputError: no reason.
    """
    subject, place, trace = held_subject(subject_id, actor, at)
    _require(reason)
    subject.closed_at, subject.close_reason = at, reason.strip()[:100]
    subject.save(update_fields=["closed_at", "close_reason"])
    subject.pairings.filter(ended_at=None).update(ended_at=at, end_reason=subject.close_reason)
    subject.census.filter(state=CensusState.PENDING, round__closed_at=None).update(
        state=CensusState.CLOSED, by=actor, at=at, note=subject.close_reason
    )
    record(event="care.closed", actor=actor, subject=subject, at=at, scope_path=place.path, post=trace)
    return subject


def held_subject(
    subject_id: int, actor: User | None, at: datetime, power: Power = Power.REGISTER_KEEP
) -> tuple[CareSubject, Place, str]:
    """A subject in care, locked with its resident, the place it is booked to and the post that allows this.

    Raises:
        NotFoundError: none in care.
        NotAllowedError: `actor` has not this power over that grid.
    """
    resident_id = CareSubject.objects.filter(pk=subject_id).values_list("resident", flat=True).first()
    if resident_id is None:
        raise NotFoundError(_("没有找到这个关爱对象，或者已经结束。"))
    resident: Resident = lock_resident(resident_id)
    place, trace = authorised(resident, actor, at, power)
    rows = CareSubject.objects.select_related("colour__scheme", "scheme")
    subject = rows.select_for_update(of=("self",)).get(pk=subject_id)
    if subject.closed_at is not None:
        raise NotFoundError(_("没有找到这个关爱对象，或者已经结束。"))
    subject.resident = resident
    return subject, place, trace


def plan_next(subject: CareSubject, today: date) -> None:
    """Set when somebody comes next; not saved."""
    subject.next_on = next_care_on(
        last_on=subject.last_on,
        today=today,
        every_days=subject.colour.visit_days,
        is_monthly=subject.scheme.is_monthly,
    )


def _colour(colour_id: int) -> SchemeColour:
    rows = SchemeColour.objects.select_related("scheme").filter(is_active=True, scheme__is_active=True)
    colour = rows.filter(pk=colour_id, scheme__kind=SchemeKind.CARE).first()
    if colour is None:
        raise InvalidInputError(_("请选择本社区的关爱方案和颜色。"))
    return colour


def _require(reason: str) -> None:
    if not reason.strip():
        raise InvalidInputError(_("请写明原因。"))


def _found_in_round(subject: CareSubject, actor: User | None, at: datetime) -> None:
    """A child who becomes known while a round is open is part of it, and checked (G-26)."""
    if not subject.scheme.for_children:
        return
    rounds = CensusRound.objects.filter(community=subject.scheme.community_id, closed_at=None)
    for census in rounds.exclude(opened_at=None):
        CensusEntry.objects.create(
            round=census, subject=subject, state=CensusState.CONFIRMED, is_new=True, by=actor, at=at
        )
