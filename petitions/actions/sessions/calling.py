"""A session is called, moved or cancelled; a holiday moves it by itself. Whoever was to come is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from community.clocks import clock_of
from community.duties import Power
from community.models import Place
from community.permissions import Scope, require_power
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import User
from core.workdays import ZONE, WorkingClock
from petitions import session_notices, timetable
from petitions.actions.base import text_of
from petitions.actions.sessions.agenda import carry_to_new
from petitions.actions.sessions.base import (
    Sitting,
    lock_numbers_of,
    lock_session,
    next_number,
    refuse_cancelled,
    refuse_held,
    session_from,
    sitting_of,
)
from petitions.models import DeliberationSchedule, DeliberationSession, Participant, SessionState

MOVED: Final = (
    "starts_at",
    "ends_at",
    "moved_from",
    "moved_reason",
    "moves",
    "minutes_due_at",
    "sweep_at",
    "venue",
)


@transaction.atomic
def session_call(
    *,
    schedule: DeliberationSchedule,
    actor: User,
    starts_at: datetime,
    venue: str,
    at: datetime,
    estate: Place | None = None,
) -> DeliberationSession:
    """Call a session beside the calendar: a joint meeting, or any other kind out of turn (P-09).

    Raises:
        NotAllowedError: no current post of `actor` lets them run sessions there.
        InvalidInputError: in the past, no place, or an estate of another community.
        ConflictError: one of this schedule begins at that very moment.
    """
    community = schedule.community
    held = require_power(actor, Power.SESSION_RUN, Scope(community.place.path), at=at)
    if starts_at <= at:
        raise InvalidInputError(_("开会时间已经过去，请重新填写。"))
    if estate is not None and not estate.path.startswith(community.place.path):
        raise InvalidInputError(_("这个小区不属于本社区。"))
    local = starts_at.astimezone(ZONE)
    session = session_from(schedule, held_on=local.date(), at=at, clock=clock_of(community), estate=estate)
    length = session.ends_at - session.starts_at
    session.starts_at, session.ends_at = local, local + length
    session.venue = text_of(venue or session.venue, limit=80, name=_("地点"))
    session.created_by = actor
    locked = DeliberationSchedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
    taken = locked.sessions.filter(starts_at=session.starts_at).exclude(state=SessionState.CANCELLED)
    if taken.exists():
        raise ConflictError(_("这个时间已经安排了一次。"))
    session.session_no = next_number(schedule)
    session.save(force_insert=True)
    carry_to_new(session, at=at)
    return Sitting(session, actor, held, at).finish("called")


@transaction.atomic
def session_move(
    *, session_id: int, actor: User, starts_at: datetime, venue: str, reason: str, at: datetime
) -> DeliberationSession:
    """Another day, hour or place, with a reason; everybody invited or signed up is told (P-03).

    Raises:
        ConflictError: it is cancelled, or was held.
        InvalidInputError: in the past, or nothing changes.
    """
    sitting = sitting_of(session_id, actor=actor, at=at)
    session = sitting.session
    refuse_cancelled(session)
    refuse_held(session)
    if starts_at <= at:
        raise InvalidInputError(_("开会时间已经过去，请重新填写。"))
    place = text_of(venue or session.venue, limit=80, name=_("地点"))
    if starts_at == session.starts_at and place == session.venue:
        raise InvalidInputError(_("时间和地点都没有变。"))
    session.venue = place
    words = text_of(reason, limit=60, name=_("改期原因"))
    _move(sitting, starts_at, words, sitting.clock)
    return sitting.finish("moved", MOVED)


@transaction.atomic
def session_cancel(*, session_id: int, actor: User, reason: str, at: datetime) -> DeliberationSession:
    """It does not take place; the numbers of those to come close the gap (P-14).

    Raises:
        ConflictError: it is cancelled already, or was held.
    """
    lock_numbers_of(session_id)
    sitting = sitting_of(session_id, actor=actor, at=at)
    refuse_cancelled(sitting.session)
    refuse_held(sitting.session)
    _cancel(sitting, text_of(reason, limit=100, name=_("取消原因")))
    return sitting.finish("cancelled", CANCELLED)


CANCELLED: Final = ("state", "cancelled_reason", "session_no", "sweep_at")


def follow_holidays(days: Sequence[date], at: datetime) -> None:
    """Staff changed the nature of some days: sessions on a new holiday are moved, with notice."""
    if not days:
        return
    rows = DeliberationSession.objects.filter(
        state=SessionState.PLANNED,
        starts_at__gt=at,
        starts_at__gte=timetable.begins(min(days), timetable.MORNING.min),
        schedule__moves_on_holiday=True,
    )
    for pk in list(rows.order_by("starts_at").values_list("pk", flat=True)):
        _follow(pk, frozenset(days), at)


@transaction.atomic
def _follow(session_id: int, days: frozenset[date], at: datetime) -> None:
    lock_numbers_of(session_id)
    session = lock_session(session_id)
    day = timezone.localdate(session.starts_at)
    sitting = Sitting(session, None, None, at)
    target = timetable.moved(day, sitting.clock)
    if day not in days or target == day or session.state != SessionState.PLANNED:
        return
    others = DeliberationSession.objects.filter(schedule=session.schedule, state=SessionState.PLANNED)
    starts_at = timetable.begins(target, session.starts_at.astimezone(ZONE).time())
    if others.exclude(pk=session.pk).filter(starts_at__date=target).exists():
        _cancel(sitting, _("法定节假日，与下一次合并举行"))
        sitting.finish("cancelled", CANCELLED)
        return
    _move(sitting, starts_at, _("法定节假日"), sitting.clock)
    sitting.finish("moved", MOVED)


def _move(sitting: Sitting, starts_at: datetime, reason: str, clock: WorkingClock) -> None:
    """Whoever could not come on the day before is asked anew for another."""
    session, at = sitting.session, sitting.at
    before = timezone.localdate(session.starts_at)
    length = session.ends_at - session.starts_at
    session.starts_at, session.ends_at = starts_at, starts_at + length
    people = list(session.participants.all())
    if timezone.localdate(starts_at) != before:
        session.moved_from, session.moved_reason = before, reason
        session.participants.update(declined_at=None)
    session.moves += 1
    days = session.schedule.minutes_days if session.schedule else 1
    session.minutes_due_at = timetable.minutes_due(session.ends_at, days, clock)
    session.sweep_at = at
    sitting.tell(session_notices.moved(session, people, reason, at=at))


def _cancel(sitting: Sitting, reason: str) -> None:
    session = sitting.session
    number, session.session_no = session.session_no, None
    session.state, session.cancelled_reason, session.sweep_at = SessionState.CANCELLED, reason, None
    if number is not None:
        session.save(update_fields=["session_no"])
        _close_gap(session, number)
    coming = list(Participant.objects.coming().filter(session=session))
    sitting.tell(session_notices.cancelled(session, coming, reason, at=sitting.at))


def _close_gap(session: DeliberationSession, number: int) -> None:
    """Later sessions that have not been held move up by one, so that the numbers stay consecutive."""
    later = DeliberationSession.objects.filter(community_id=session.community_id, session_no__gt=number)
    if later.exclude(state=SessionState.PLANNED).exists():
        return
    for following in later.order_by("session_no"):
        following.session_no = (following.session_no or 1) - 1
        following.save(update_fields=["session_no"])
