"""督办 beside the stages: who looks after a matter, what was found, and urging in measure (P-17, P-42)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Duty, Power
from community.permissions import has_power, require_power
from community.workflow import Clock
from core.display import moment
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.language import gettext as _
from core.models import User
from petitions import deadlines, watching_notices, workflow
from petitions.actions.base import Work, text_of, work_on
from petitions.actions.locking import lock
from petitions.models import DeliberationSession, Petition, SupervisionCheck
from petitions.workflow import Event

FINDING_MAX = 500


@transaction.atomic
def petition_supervise(
    *, petition_id: int, actor: User, supervisor: User, is_tracked: bool, seen: int | None, at: datetime
) -> Petition:
    """Put a matter under supervision, follow it all the way (全程跟踪督办), or change who does.

    `seen` is the key of the supervisor whom `actor` saw there, None for nobody: of two at once the second
    is refused.

    Raises:
        NotAllowedError: `actor` may not supervise here, or `supervisor` may not read it.
        ConflictError: somebody else supervises it meanwhile.
        InvalidInputError: `supervisor` is the one who handles it.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_SUPERVISE, at=at)
    petition = work.petition
    if petition.supervisor_id != seen:
        now = _("%s 已在督办这件诉求。") % petition.supervisor if petition.supervisor else _("督办已经结束。")
        raise ConflictError(now)
    if petition.claimed_at is not None and petition.assignee_id == supervisor.pk:
        raise InvalidInputError(_("督办人不能是经办人本人。"))
    require_power(supervisor, Power.PETITION_READ, petition.scope, at=at)
    is_new = petition.supervisor_id != supervisor.pk
    petition.is_tracked = is_tracked
    supervise(work, supervisor)
    if is_new and actor != supervisor:
        work.tell(watching_notices.supervised(petition, at=at))
    name = supervisor.display_name
    work.note(Event.SUPERVISED, _("%s，全程跟踪") % name if is_tracked else name)
    return work.finish(["supervisor", "is_tracked"])


def supervise(work: Work, supervisor: User | None) -> None:
    """From now on this person looks after the matter, and is reminded to; nobody is no change."""
    if supervisor is None:
        return
    petition = work.petition
    petition.supervisor = supervisor
    petition.supervise_at = work.at + workflow.look_every(is_tracked=petition.is_tracked)


def supervise_if_nobody_does(work: Work, supervisor: User | None) -> None:
    """Whoever watches over a decision watches over its matter, unless somebody does, or handles it."""
    petition = work.petition
    if supervisor is None or petition.supervisor_id is not None or petition.assignee_id == supervisor.pk:
        return
    supervise(work, supervisor)


@transaction.atomic
def petition_check(*, petition_id: int, actor: User, finding: str, urge: bool, at: datetime) -> Petition:
    """The supervisor looked after it: what was found, and whether the handler is urged.

    Raises:
        NotAllowedError: `actor` neither supervises this matter nor anything here.
        ConflictError: nobody works on it any more, or the same person urged less than a working hour ago.
    """
    work = _supervising(petition_id, actor, at)
    petition = work.petition
    words = text_of(finding, limit=FINDING_MAX, name=_("督办情况"), required=not urge)
    if urge:
        _refuse_flood(work, actor)
        _urge(work, words)
    else:
        work.refuse_repeat(Event.CHECKED, words)
        work.note(Event.CHECKED, words)
    SupervisionCheck.objects.create(
        petition=petition, supervisor=actor, finding=words, is_urge=urge, made_at=at
    )
    petition.supervise_at = at + workflow.look_every(is_tracked=petition.is_tracked)
    return work.finish(["supervision"])


@transaction.atomic
def petition_unsupervise(*, petition_id: int, actor: User, finding: str, at: datetime) -> Petition:
    """End the supervision with what was found last; what was followed all the way stays so to its end.

    Raises:
        NotAllowedError: `actor` neither supervises this matter nor anything here.
        ConflictError: it is not supervised, or it is followed all the way.
    """
    work = _supervising(petition_id, actor, at)
    petition = work.petition
    if petition.is_tracked:
        raise ConflictError(_("全程跟踪的诉求要督办到归档；确实不用跟踪的，请先调整督办。"))
    words = text_of(finding, limit=FINDING_MAX, name=_("督办结论"))
    SupervisionCheck.objects.create(
        petition=petition, supervisor=actor, finding=words, is_urge=False, made_at=at
    )
    petition.supervisor = petition.supervise_at = None
    work.note(Event.UNSUPERVISED, words)
    return work.finish(["supervisor"])


def urge_with_resolution(
    *, petition_id: int, actor: User, session: DeliberationSession, words: str, at: datetime
) -> None:
    """A resolution about this matter was urged: that counts here too, and stands in its history (P-17)."""
    work = Work(lock(petition_id), actor, None, at, session=session)
    if work.petition.is_open:
        work.petition.urge_count += 1
        work.note(Event.URGED, _("决议：%s") % words)
        work.finish(["urge_count"])


def _supervising(petition_id: int, actor: User, at: datetime) -> Work:
    work = work_on(petition_id, actor=actor, power=Power.PETITION_READ, at=at)
    petition = work.petition
    supervises = has_power(actor, Power.PETITION_SUPERVISE, petition.scope, at=at)
    if petition.supervisor_id != actor.pk and not supervises:
        raise NotAllowedError(_("只有督办人可以记录督办情况。"))
    if petition.supervisor_id is None:
        raise ConflictError(_("这件诉求没有列入督办。"))
    return work


def _refuse_flood(work: Work, actor: User) -> None:
    """Once a working hour and person, and only while somebody works on it."""
    if work.petition.stage not in workflow.UNANSWERED:
        raise ConflictError(_("这件诉求已经答复，不用再催。"))
    mine = work.petition.supervision_checks.filter(supervisor=actor, is_urge=True)
    last = mine.order_by("-made_at").values_list("made_at", flat=True).first()
    if last is not None and work.clock.minutes_between(last, work.at) < workflow.URGE_MINUTES:
        again = deadlines.after(last, workflow.URGE_MINUTES, Clock.WORKING, work.clock).at
        raise ConflictError(_("刚催办过，%s 以后可以再催。") % moment(again))


def _urge(work: Work, words: str) -> None:
    petition = work.petition
    petition.urge_count += 1
    handler = petition.assignee_id
    if handler is None:
        handler = work.holders.from_tier(petition.scope, Duty(petition.tier or Duty.SECRETARY)).user_id
    work.tell(watching_notices.urged(handler, petition, words, at=work.at))
    work.note(Event.URGED, words)
