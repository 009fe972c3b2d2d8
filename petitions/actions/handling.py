"""派单, 接单, 办事: dispatch, claim, progress, pause, hand-over, up the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from community.duties import LADDER, Duty, Power
from community.permissions import require_power
from community.workflow import Mode, Stage
from core.errors import ConflictError
from core.language import gettext as _
from core.models import StoredImage, User
from petitions import deadlines, notices, workflow
from petitions.actions.base import Work, require_handling, text_of, work_on
from petitions.actions.claims import refuse_claimed, refuse_lower, refuse_others, refuse_outsiders
from petitions.models import Petition, PhotoKind, Question
from petitions.selectors.silent import is_silent, silent_among
from petitions.workflow import Audience, Event

NOTE_MAX = 500


@transaction.atomic
def petition_assign(*, petition_id: int, actor: User, assignee: User, at: datetime) -> Petition:
    """Name the person who shall handle it; where 派单 is a stage of its own, this is it (P-24, P-25).

    Raises:
        NotAllowedError: `assignee` holds no post that may handle it.
        GateClosedError: it has not been approved.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_ASSIGN, at=at)
    petition = work.petition
    if petition.stage not in workflow.HANDLING:
        raise ConflictError(_("现在不能指定经办人，请先理事。"))
    refuse_lower(work, actor)
    post = require_power(assignee, Power.PETITION_HANDLE, petition.scope, at=at)
    petition.assignee, petition.tier = assignee, post.duty if post.duty in LADDER else Duty.SECRETARY
    petition.claimed_at = None
    is_step = work.profile.mode(Stage.DISPATCHED) == Mode.ON
    if is_step and workflow.can_move(work.profile, Stage(petition.stage), Stage.DISPATCHED):
        work.move(Stage.DISPATCHED, Event.DISPATCHED)
    else:
        work.note(Event.ASSIGNED, audience=Audience.PUBLIC)
    body = _("%s 已分派给您，请认领办理。") % petition.number
    work.tell(notices.to_staff([assignee.pk], petition, "assigned", _("有诉求待认领"), body, at=at))
    return work.finish(["assignee", "tier"])


@transaction.atomic
def petition_claim(*, petition_id: int, actor: User, at: datetime) -> Petition:
    """认领 in one tap: of two at once one wins, and the other is told who (P-24).

    Raises:
        ConflictError: somebody has claimed it; `extra["claimed_by"]` says who.
        IllegalMoveError: a compulsory stage comes first.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    petition = work.petition
    refuse_claimed(petition, actor, at)
    assert work.held is not None
    petition.assignee, petition.claimed_at = actor, at
    petition.tier = work.held.duty if work.held.duty in LADDER else Duty.SECRETARY
    if petition.stage == Stage.IN_PROGRESS:
        work.note(Event.CLAIMED, audience=Audience.PUBLIC)
    else:
        accepts = work.profile.mode(Stage.ACCEPTED) == Mode.ON
        work.move(Stage.ACCEPTED if accepts else Stage.IN_PROGRESS, Event.CLAIMED)
    work.tell(notices.stage_changed(work.reporters, petition, at=at, words=_("已有专人认领。")))
    return work.finish(["stage", "assignee", "claimed_at"])


@transaction.atomic
def petition_start(*, petition_id: int, actor: User, at: datetime) -> Petition:
    """Begin handling what was accepted, where 接单 is a stage of its own."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_others(work, actor)
    refuse_outsiders(work, actor)
    work.move(Stage.IN_PROGRESS, Event.STARTED)
    return work.finish(["stage"])


@transaction.atomic
def petition_inspect(
    *, petition_id: int, actor: User, note: str, photos: Sequence[StoredImage], at: datetime
) -> Petition:
    """Record that somebody looked at it on site (大荔: matters of the building itself)."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    _report(work, actor, Event.INSPECTED, note, photos, name=_("查看情况"))
    return work.finish(["inspected"])


@transaction.atomic
def petition_progress(
    *, petition_id: int, actor: User, note: str, photos: Sequence[StoredImage], at: datetime
) -> Petition:
    """A progress note with photos, which the reporters see."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    words = _report(work, actor, Event.PROGRESSED, note, photos, name=_("进展"))
    work.tell(
        notices.to_reporters(work.reporters, work.petition, "progress", _("诉求有新进展"), words, at=at)
    )
    return work.finish(["progress"])


def _report(
    work: Work, actor: User, event: Event, note: str, photos: Sequence[StoredImage], *, name: str
) -> str:
    """A line with photos from whoever handles it; its words, as they are kept."""
    refuse_others(work, actor)
    require_handling(work)
    words = text_of(note, limit=NOTE_MAX, name=name)
    work.refuse_repeat(event, words)
    work.attach(photos, PhotoKind.PROGRESS)
    work.note(event, words, audience=Audience.REPORTER)
    return words


@transaction.atomic
def petition_ask(*, petition_id: int, actor: User, question: str, at: datetime) -> Petition:
    """Ask the first reporter something; the clock stands still until the answer.

    Raises:
        ConflictError: a question is open already, or all pauses are used up.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_others(work, actor)
    petition = work.petition
    words = text_of(question, limit=300, name=_("问题"))
    if petition.stage not in workflow.UNANSWERED:
        raise ConflictError(_("这件事已经答复，不能再询问诉求人。"), extra={"stage": petition.stage})
    if petition.questions.filter(answered_at=None, lapsed_at=None).exists():
        raise ConflictError(_("还有一个问题在等诉求人答复。"))
    first = next(reporter for reporter in work.reporters if reporter.is_first)
    if not first.is_reachable:
        raise ConflictError(_("诉求人没有留手机号，请当面询问后用“进展”记录。"))
    if is_silent(first, silent_among([first])):
        raise ConflictError(_("诉求人已故或已搬离，不能再询问。"))
    Question.objects.create(petition=petition, text=words, asked_by=actor, asked_at=at)
    _pause(work, _("等待诉求人答复"))
    work.note(Event.ASKED, words, audience=Audience.REPORTER)
    work.tell(notices.to_reporter(first, petition, "question", _("社区有问题请您答复"), words, at=at))
    return work.finish(["paused_at"])


@transaction.atomic
def petition_pause(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """Pause the clock with a reason that the reporters see; it ends by itself.

    Raises:
        ConflictError: paused already, no handling clock runs, or all pauses are used up.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_others(work, actor)
    words = text_of(reason, limit=200, name=_("暂停原因"))
    require_handling(work)
    _pause(work, words)
    work.note(Event.PAUSED, words, audience=Audience.REPORTER)
    work.tell(notices.stage_changed(work.reporters, work.petition, at=at, words=_("暂停计时：%s") % words))
    return work.finish(["paused_at"])


@transaction.atomic
def petition_resume(*, petition_id: int, actor: User, at: datetime) -> Petition:
    """End a pause before its time."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_others(work, actor)
    if not work.petition.is_paused:
        raise ConflictError(_("这件诉求没有暂停。"))
    deadlines.clock_resume(work.petition, at=at, clock=work.clock)
    work.petition.questions.filter(answered_at=None, lapsed_at=None).update(lapsed_at=at)
    work.note(Event.RESUMED, audience=Audience.REPORTER)
    return work.finish(["due_at"])


@transaction.atomic
def petition_hand_over(*, petition_id: int, actor: User, to: User, reason: str, at: datetime) -> Petition:
    """The matter goes to another person who may handle it; the clock goes on.

    By its handler or a deputy; or by somebody no lower on the ladder, who may take it over like this.

    Raises:
        ConflictError: a colleague has claimed it, and `actor` stands lower.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    petition = work.petition
    require_handling(work)
    refuse_lower(work, actor)
    refuse_outsiders(work, actor)
    post = require_power(to, Power.PETITION_HANDLE, petition.scope, at=at)
    petition.assignee, petition.tier = to, post.duty if post.duty in LADDER else Duty.SECRETARY
    words = text_of(reason, limit=200, name=_("移交原因"))
    work.note(Event.HANDED_OVER, words)
    body = _("%(number)s 移交给您：%(reason)s") % {"number": petition.number, "reason": words}
    work.tell(notices.to_staff([to.pk], petition, "handed_over", _("有诉求移交给您"), body, at=at))
    return work.finish(["assignee", "tier"])


@transaction.atomic
def petition_escalate(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """Beyond my means: to the next tier, which is named and told at once (C-06).

    Raises:
        ConflictError: there is no higher tier.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_others(work, actor)
    petition = work.petition
    require_handling(work)
    words = text_of(reason, limit=200, name=_("上报原因"))
    work.refuse_repeat(Event.ESCALATED, words)
    if petition.tier == LADDER[-1]:
        raise ConflictError(_("已经是最高层级。"))
    user_id = work.climb()
    petition.claimed_at = None
    work.note(Event.ESCALATED, words, audience=Audience.REPORTER)
    work.tell(notices.to_staff([user_id], petition, "escalated", _("有诉求上报"), words, at=at))
    return work.finish(["tier", "assignee"])


def _pause(work: Work, reason: str) -> None:
    petition = work.petition
    if petition.is_paused or petition.clock_from is None:
        raise ConflictError(_("这件诉求已经暂停，或现在没有计时。"))
    if deadlines.pause_minutes_left(petition, work.clock) == 0:
        raise ConflictError(_("暂停时间已用完，请继续办理。"))
    deadlines.clock_pause(petition, reason, at=work.at, clock=work.clock)
