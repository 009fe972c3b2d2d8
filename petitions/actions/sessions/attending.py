"""Who comes: invited, signed up, signed in. Once each, whatever way and however often they try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from community.meetings import Body
from community.models import Organisation
from community.models.people import OrganisationKind
from core import ratelimits
from core.errors import ConflictError, GoneError, InvalidInputError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from core.phones import phone_of
from petitions import session_notices
from petitions.actions.base import text_of
from petitions.actions.sessions.base import (
    Sitting,
    lock_session,
    refuse_cancelled,
    refuse_held,
    sitting_of,
)
from petitions.models import DeliberationSession, Participant, SignInWay

EARLY: Final = timedelta(hours=2)
"""So long before the beginning the sign-in code works already; it ends with the day."""
PER_ADDRESS: Final = 300
ROLES: Final = {
    OrganisationKind.RESIDENTS_COMMITTEE: Body.COMMITTEE,
    OrganisationKind.OWNERS_COMMITTEE: Body.OWNERS,
    OrganisationKind.PROPERTY_MGMT_COMMITTEE: Body.OWNERS,
    OrganisationKind.PROPERTY_COMPANY: Body.PROPERTY,
}


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who somebody is, as far as they say; `address` serves limits only."""

    name: str = ""
    phone: str = ""
    role: str = Body.RESIDENT
    user: User | None = None
    address: str = ""


@transaction.atomic
def session_invite(
    *,
    session_id: int,
    actor: User,
    people: Sequence[Attendee],
    organisations: Sequence[Organisation],
    at: datetime,
) -> int:
    """Invite people and bodies; whoever is on the list already stays as they are. How many are new.

    Raises:
        InvalidInputError: a body of another community.
    """
    sitting = sitting_of(session_id, actor=actor, at=at)
    session = sitting.session
    refuse_cancelled(session)
    refuse_held(session)
    if any(body.community_id != session.community_id for body in organisations):
        raise InvalidInputError(_("这个单位不属于本社区。"))
    wanted = [_person(session, one) for one in people]
    wanted += [
        Participant(
            session=session,
            organisation=body,
            name=body.name[:40],
            role=ROLES.get(OrganisationKind(body.kind), Body.PARTNER),
        )
        for body in organisations
    ]
    known = {_key(person) for person in session.participants.all()}
    new = [person for person in wanted if _key(person) not in known]
    for person in new:
        person.invited_at = at
    Participant.objects.bulk_create(new)
    for person in new:
        sitting.tell(session_notices.invited(person, session, at=at))
    sitting.finish("invited")
    return len(new)


@transaction.atomic
def session_sign_up(*, session_id: int, attendee: Attendee, at: datetime) -> Participant:
    """A resident says that they will come, while there are seats (P-04).

    Raises:
        NotFoundError: not announced yet.
        ConflictError: not open, over, or no seat left.
        RepeatedError: on the list already.
    """
    session = lock_session(session_id)
    _refuse_closed(session, at)
    _limit(attendee)
    person = _known(session, attendee)
    thinks_again = person is not None and person.declined_at is not None
    if person is not None and not thinks_again and (person.signed_up_at or person.invited_at):
        raise RepeatedError(_("您已经在名单上了，到时候见。"))
    taken = Participant.objects.coming().filter(session=session).count()
    if session.seats is not None and taken >= session.seats:
        raise ConflictError(_("席位已满。您仍可以提议题，或到场旁听。"))
    person = person or _person(session, attendee)
    person.signed_up_at, person.declined_at = at, None
    person.save()
    Sitting(session, attendee.user, None, at).finish("signed_up")
    return person


def session_sign_in(*, session_id: int, attendee: Attendee, at: datetime) -> Participant:
    """Somebody there has scanned the code: with their account, or with a name and a role (P-14).

    Two phones of one account, or one form twice, leave one line.

    Raises:
        GoneError: not on this day.
        RepeatedError: signed in already.
    """
    _limit(attendee)
    try:
        with transaction.atomic():
            session = lock_session(session_id)
            _refuse_other_day(session, at)
            person = _known(session, attendee) or _person(session, attendee)
            return _sign(Sitting(session, attendee.user, None, at), person, SignInWay.CODE)
    except IntegrityError as failure:
        raise _twice() from failure


@transaction.atomic
def session_enter(*, session_id: int, attendee: Attendee, actor: User, at: datetime) -> Participant:
    """The clerk writes somebody down who is there; a body that was invited is recognised by its name.

    Raises:
        ConflictError: cancelled, or before the day.
        RepeatedError: signed in already, by the desk.
    """
    sitting = sitting_of(session_id, actor=actor, at=at)
    session = sitting.session
    _refuse_early(session, at)
    person = _known(session, attendee)
    if person is None:
        found = session.participants.filter(name=attendee.name.strip(), role=attendee.role).first()
        person = found or _person(session, attendee)
    return _enter(sitting, person, actor)


@transaction.atomic
def participant_enter(*, participant_id: int, actor: User, at: datetime) -> Participant:
    """Somebody on the list, or a body that was invited, is there; what they signed themselves is confirmed.

    Raises:
        NotFoundError: no such line.
        ConflictError: cancelled, or before the day.
        RepeatedError: the desk has signed them in already.
    """
    sitting, person = _listed(participant_id, actor, at)
    _refuse_early(sitting.session, at)
    return _enter(sitting, person, actor)


@transaction.atomic
def participant_strike(*, participant_id: int, actor: User, at: datetime) -> None:
    """A line that was entered by mistake is struck off, as long as no minutes are written.

    Raises:
        NotFoundError: no such line.
        ConflictError: minutes are written.
    """
    sitting, person = _listed(participant_id, actor, at)
    refuse_held(sitting.session)
    person.delete()
    sitting.finish("struck_off")


def _listed(participant_id: int, actor: User, at: datetime) -> tuple[Sitting, Participant]:
    """A line of the list as it stands once its session is locked."""
    rows = Participant.objects.filter(pk=participant_id)
    session_id = rows.values_list("session_id", flat=True).first()
    sitting = None if session_id is None else sitting_of(session_id, actor=actor, at=at)
    person = rows.first()
    if sitting is None or person is None:
        raise NotFoundError(_("名单上没有这个人。"))
    return sitting, person


def _refuse_early(session: DeliberationSession, at: datetime) -> None:
    refuse_cancelled(session)
    if timezone.localdate(at) < timezone.localdate(session.starts_at):
        raise ConflictError(_("还没有到开会那天，不能签到。"))


def _enter(sitting: Sitting, person: Participant, actor: User) -> Participant:
    """The desk's word; what somebody signed with the code before is confirmed by it."""
    if person.signed_in_at is not None and person.recorded_by_id is None:
        person.recorded_by = actor
        person.save(update_fields=["recorded_by"])
        sitting.finish("sign_in_confirmed")
        return person
    person.recorded_by = actor
    return _sign(sitting, person, SignInWay.CLERK)


def _sign(sitting: Sitting, person: Participant, way: SignInWay) -> Participant:
    if person.signed_in_at is not None:
        raise _twice()
    person.signed_in_at, person.way, person.declined_at = sitting.at, way, None
    person.save()
    sitting.finish("signed_in")
    return person


def _twice() -> RepeatedError:
    return RepeatedError(_("这个名字已经签到了。如果您不是同一个人，请在名字后面加上楼栋。"))


def _person(session: DeliberationSession, attendee: Attendee) -> Participant:
    name = attendee.name or (attendee.user.display_name if attendee.user else "")
    role = attendee.role if attendee.role in Body.values else Body.OTHER
    return Participant(
        session=session,
        user=attendee.user,
        name=text_of(name, limit=40, name=_("姓名"), required=attendee.user is None),
        phone=phone_of(attendee.phone) if attendee.phone else "",
        role=role,
    )


def _known(session: DeliberationSession, attendee: Attendee) -> Participant | None:
    """The line of the same account or phone; without either, the one of the same name and role."""
    people = session.participants.all()
    if attendee.user is not None and (found := people.filter(user=attendee.user).first()):
        return found
    if attendee.phone and (found := people.filter(phone=phone_of(attendee.phone)).first()):
        return found
    if attendee.user is not None or attendee.phone:
        return None
    plain = people.filter(user=None, phone="", organisation=None)
    return plain.filter(name=attendee.name.strip(), role=attendee.role).first()


def _key(person: Participant) -> tuple[object, ...]:
    if person.organisation_id is not None:
        return ("body", person.organisation_id)
    if person.user_id is not None:
        return ("user", person.user_id)
    return ("phone", person.phone) if person.phone else ("name", person.name, person.role)


def _refuse_closed(session: DeliberationSession, at: datetime) -> None:
    if session.announced_at is None:
        raise NotFoundError(_("没有找到这次议事会。"))
    refuse_cancelled(session)
    if not session.is_open or session.starts_at <= at:
        raise ConflictError(_("这次议事会不能报名，或已经开始。"))


def _refuse_other_day(session: DeliberationSession, at: datetime) -> None:
    refuse_cancelled(session)
    is_today = timezone.localdate(session.ends_at) == timezone.localdate(at)
    if at < session.starts_at - EARLY or not (is_today or at <= session.ends_at):
        raise GoneError(_("签到码只在开会当天有效。"))
    if session.is_held:
        raise GoneError(_("会议记录已写好，不能再签到。"))


def _limit(attendee: Attendee) -> None:
    """Whole rooms share one network address; floods do not pass."""
    if attendee.address:
        ratelimits.hit("session.address", attendee.address, limit=PER_ADDRESS, seconds=3600)
