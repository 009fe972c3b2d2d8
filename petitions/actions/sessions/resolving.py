"""决议: each with a responsible person, a day and a supervisor; urged, and seen through (P-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from community.duties import Power
from community.permissions import has_power
from core import audit, outbox
from core.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    RepeatedError,
)
from core.language import gettext as _
from core.language import in_house
from core.models import User
from petitions import session_notices
from petitions.actions.base import REPEAT, text_of
from petitions.actions.deliberating import Minutes, deliberate
from petitions.actions.sessions.base import Sitting, refuse_cancelled, sitting_of
from petitions.actions.supervising import urge_with_resolution
from petitions.models import (
    DeliberationSession,
    Petition,
    Resolution,
    ResolutionState,
)
from petitions.models.resolution import RESOLUTION_MAX
from petitions.selectors.session_people import is_in_post_at

DECIDED: Final = ("text", "responsible", "supervisor", "due_on", "petition", "state", "sweep_at")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided; what is left out keeps it a draft."""

    text: str
    responsible: User | None = None
    supervisor: User | None = None
    due_on: date | None = None
    petition: Petition | None = None


@transaction.atomic
def resolution_add(*, session_id: int, actor: User, decision: Decision, at: datetime) -> Resolution:
    """Write down a decision: final at once where the minutes are quorate and everything is named.

    Raises:
        InvalidInputError: no text, a person without a post here, one person in both roles, a past day.
        ConflictError: the session has not begun, or is cancelled.
        RepeatedError: the same text was written down before.
    """
    sitting = sitting_of(session_id, actor=actor, at=at)
    session = sitting.session
    refuse_cancelled(session)
    if not session.has_begun(at):
        raise ConflictError(_("还没有开会，不能写决议。"))
    resolution = Resolution(session=session, recorded_by=actor, recorded_at=at)
    _fill(sitting, resolution, decision)
    if session.resolutions.filter(text=resolution.text).exists():
        raise RepeatedError(_("这条决议已经记录过。"))
    resolution.save(force_insert=True)
    if session.is_held and session.is_quorate and resolution.is_complete:
        _finalise(sitting, resolution)
    sitting.finish("resolution_added")
    return resolution


@transaction.atomic
def resolution_complete(*, resolution_id: int, actor: User, decision: Decision, at: datetime) -> Resolution:
    """Complete or correct a draft; final once everything is named and the meeting was quorate.

    Raises:
        ConflictError: it is final already.
        InvalidInputError: as for a new one.
    """
    sitting, resolution = _locked(resolution_id, actor=actor, at=at)
    if resolution.state != ResolutionState.DRAFT:
        raise ConflictError(_("这条决议已经定下，不能再改。"))
    _fill(sitting, resolution, decision)
    resolution.save(update_fields=DECIDED)
    if sitting.session.is_held and sitting.session.is_quorate and resolution.is_complete:
        _finalise(sitting, resolution)
    sitting.finish("resolution_changed")
    return resolution


def finalise_complete(sitting: Sitting) -> None:
    """With quorate minutes, every draft that names everything becomes final."""
    drafts = Resolution.objects.filter(session=sitting.session, state=ResolutionState.DRAFT)
    for resolution in drafts.select_for_update(of=("self",)).order_by("pk"):
        resolution.session = sitting.session
        if resolution.is_complete:
            _finalise(sitting, resolution)
    outbox.send(sitting.messages)


@transaction.atomic
def resolution_settle(
    *, resolution_id: int, actor: User, is_done: bool, note: str, at: datetime
) -> Resolution:
    """The responsible person, or whoever runs sessions, says what became of it.

    Raises:
        NotAllowedError: neither responsible nor running sessions there.
        ConflictError: it is settled already, or done though never final.
    """
    resolution = _lock(resolution_id)
    session = resolution.session
    runs = has_power(actor, Power.SESSION_RUN, session.scope, at=at)
    if actor.pk != resolution.responsible_id and not runs:
        raise NotAllowedError(_("只有责任人或社区可以记录落实情况。"))
    if not is_done and not runs:
        raise NotAllowedError(_("只有社区可以终止一条决议。"))
    if not resolution.is_unfinished:
        raise ConflictError(_("这条决议已经了结。"))
    if is_done and resolution.state != ResolutionState.OPEN:
        raise ConflictError(_("草案还没有定下，不能算落实。"))
    resolution.state = ResolutionState.DONE if is_done else ResolutionState.DROPPED
    resolution.settled_note = text_of(note, limit=300, name=_("落实情况"))
    resolution.settled_at, resolution.sweep_at = at, None
    resolution.save(update_fields=["state", "settled_note", "settled_at", "sweep_at"])
    outbox.send(session_notices.resolution_settled(resolution, at=at))
    _trace(resolution, actor, "settled", at)
    return resolution


@transaction.atomic
def resolution_urge(*, resolution_id: int, actor: User, at: datetime) -> Resolution:
    """催办 by the supervisor: the handler is told, and the counter rises, also the matter's; a second tap
    does nothing (P-17).

    Raises:
        NotAllowedError: neither its supervisor nor somebody who supervises there.
        ConflictError: it is not open.
        RepeatedError: urged a moment ago.
    """
    resolution = _lock(resolution_id)
    supervises = has_power(actor, Power.PETITION_SUPERVISE, resolution.session.scope, at=at)
    if actor.pk != resolution.supervisor_id and not supervises:
        raise NotAllowedError(_("只有监督人可以催办。"))
    if resolution.state != ResolutionState.OPEN:
        raise ConflictError(_("只有落实中的决议可以催办。"))
    if resolution.urged_at is not None and resolution.urged_at > at - REPEAT:
        raise RepeatedError(_("刚才已经催办过。"))
    resolution.urge_count += 1
    resolution.urged_at = at
    resolution.save(update_fields=["urge_count", "urged_at"])
    outbox.send(session_notices.resolution_urged(resolution, at=at))
    if resolution.petition_id is not None:
        urge_with_resolution(
            petition_id=resolution.petition_id,
            actor=actor,
            session=resolution.session,
            words=resolution.text,
            at=at,
        )
    _trace(resolution, actor, "urged", at)
    return resolution


def _fill(sitting: Sitting, resolution: Resolution, decision: Decision) -> None:
    session, at = sitting.session, sitting.at
    resolution.text = text_of(decision.text, limit=RESOLUTION_MAX, name=_("决议"))
    for person in (decision.responsible, decision.supervisor):
        if person is not None and not is_in_post_at(person, session, at):
            raise InvalidInputError(_("%s 在本社区没有任职，不能作为责任人或监督人。") % person)
    if decision.responsible is not None and decision.responsible == decision.supervisor:
        raise InvalidInputError(_("责任人和监督人不能是同一个人。"))
    if decision.due_on is not None and decision.due_on < timezone.localdate(session.starts_at):
        raise InvalidInputError(_("完成期限不能早于开会那天。"))
    if decision.petition is not None and decision.petition.community_id != session.community_id:
        raise InvalidInputError(_("这件诉求不属于本社区。"))
    resolution.responsible, resolution.supervisor = decision.responsible, decision.supervisor
    resolution.due_on, resolution.petition = decision.due_on, decision.petition


def _finalise(sitting: Sitting, resolution: Resolution) -> None:
    """From now on it binds: reminders run, both are told, and the matter has its minutes."""
    resolution.state = ResolutionState.OPEN
    resolution.sweep_at = sitting.at
    resolution.save(update_fields=["state", "sweep_at"])
    sitting.tell(session_notices.resolution_given(resolution, at=sitting.at))
    petition = resolution.petition
    if petition is not None and petition.is_open and sitting.actor is not None:
        deliberate(
            petition_id=petition.pk,
            actor=sitting.actor,
            minutes=minutes_for(sitting.session, resolution.text, resolution.supervisor),
            at=sitting.at,
            session=sitting.session,
        )


@in_house
def minutes_for(session: DeliberationSession, decision: str, supervisor: User | None) -> Minutes:
    """What the matter keeps of the session."""
    return Minutes(
        held_on=timezone.localdate(session.starts_at),
        venue=session.venue,
        participants=session.title,
        headcount=session.headcount or 1,
        decision=decision,
        supervisor=supervisor,
    )


def _lock(resolution_id: int) -> Resolution:
    rows = Resolution.objects.select_for_update(of=("self",)).select_related("session__community__place")
    found = rows.filter(pk=resolution_id).first()
    if found is None:
        raise NotFoundError(_("没有找到这条决议。"))
    return found


def _locked(resolution_id: int, *, actor: User, at: datetime) -> tuple[Sitting, Resolution]:
    session_id = Resolution.objects.filter(pk=resolution_id).values_list("session_id", flat=True).first()
    if session_id is None:
        raise NotFoundError(_("没有找到这条决议。"))
    sitting = sitting_of(session_id, actor=actor, at=at)
    resolution = _lock(resolution_id)
    resolution.session = sitting.session
    return sitting, resolution


def _trace(resolution: Resolution, actor: User, event: str, at: datetime) -> None:
    audit.record(
        event=f"resolution.{event}",
        actor=actor,
        subject=resolution,
        at=at,
        scope_path=resolution.session.community.place.path,
    )
