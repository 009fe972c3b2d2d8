"""Whoever was invited or signed up says whether they come: by their own link, or the desk for them (P-03)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Duty
from community.permissions import Scope
from core.errors import ConflictError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions import session_notices
from petitions.actions.sessions.base import (
    Sitting,
    lock_session,
    refuse_cancelled,
    refuse_held,
    sitting_of,
)
from petitions.models import Participant
from petitions.selectors.holders import holders_of


@transaction.atomic
def invitation_answer(*, participant_id: int, is_coming: bool, at: datetime) -> Participant:
    """Coming or not, until the session begins; one who does not come leaves the seat, and may think again.

    Whoever runs the session hears of a refusal. The same answer twice changes nothing.

    Raises:
        NotFoundError: the line was struck off.
        ConflictError: cancelled, begun, or the seat is taken meanwhile.
    """
    session_id = _session_of(participant_id)
    session = lock_session(session_id)
    person = Participant.objects.filter(pk=participant_id).first()
    if person is None:
        raise _gone()
    refuse_cancelled(session)
    if session.has_begun(at):
        raise ConflictError(_("议事会已经开始，不用再答复。到场请扫码签到。"))
    sitting = Sitting(session, person.user, None, at)
    if not is_coming:
        return _decline(sitting, person)
    if person.declined_at is None and person.signed_up_at is not None:
        return person
    if person.declined_at is not None and session.seats is not None:
        taken = Participant.objects.coming().filter(session=session).count()
        if taken >= session.seats:
            raise ConflictError(_("席位已满。您仍可以提议题，或到场旁听。"))
    person.declined_at, person.signed_up_at = None, at
    person.save(update_fields=["declined_at", "signed_up_at"])
    sitting.finish("accepted")
    return person


@transaction.atomic
def participant_decline(*, participant_id: int, actor: User, at: datetime) -> Participant:
    """The desk notes that somebody, or a body, has said they do not come.

    Raises:
        NotFoundError: no such line.
        ConflictError: cancelled, minutes are written, or they are there.
        RepeatedError: noted already.
    """
    sitting = sitting_of(_session_of(participant_id), actor=actor, at=at)
    refuse_cancelled(sitting.session)
    refuse_held(sitting.session)
    person = Participant.objects.filter(pk=participant_id).first()
    if person is None:
        raise _gone()
    if person.signed_in_at is not None:
        raise ConflictError(_("已经到会，不能记为不来。"))
    if person.declined_at is not None:
        raise RepeatedError(_("已经记过不来。"))
    person.declined_at = at
    person.save(update_fields=["declined_at"])
    sitting.finish("declined")
    return person


def _decline(sitting: Sitting, person: Participant) -> Participant:
    if person.declined_at is not None:
        return person
    person.declined_at, person.signed_up_at = sitting.at, None
    person.save(update_fields=["declined_at", "signed_up_at"])
    scope = Scope(sitting.session.community.place.path)
    clerk = holders_of([scope], sitting.at).at(scope, Duty.CLERK)
    desk = [sitting.session.chair_id, clerk]
    sitting.tell(session_notices.declined(person, sitting.session, desk, at=sitting.at))
    sitting.finish("declined")
    return person


def _session_of(participant_id: int) -> int:
    found = Participant.objects.filter(pk=participant_id).values_list("session_id", flat=True).first()
    if found is None:
        raise _gone()
    return found


def _gone() -> NotFoundError:
    return NotFoundError(_("名单上没有这个人。"))
