"""评事, 回访, 归档: those who asked judge; a refused result is done again; the end comes by itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.duties import Duty, Power
from community.permissions import require_power
from community.workflow import Limit, Mode, Stage
from core.errors import ConflictError, GoneError, NotAllowedError
from core.language import gettext as _
from core.models import User
from petitions import deadlines, notices, workflow
from petitions.actions.base import Work, refuse_closed, text_of, work_by_itself, work_on
from petitions.actions.locking import lock
from petitions.actions.walls import walls_changed
from petitions.models import Evaluation, Petition, ReturnVisit
from petitions.selectors.facts import facts_in_hand, facts_of
from petitions.selectors.handlers import handlers_of
from petitions.workflow import Audience, Event

REOPENS = 1
"""A refused result is reopened by itself this often; a further refusal is told to the subdistrict."""


@transaction.atomic
def petition_judge(
    *, evaluation_id: int, is_satisfied: bool, comment: str, at: datetime, recorded_by: User | None = None
) -> Petition:
    """Somebody who asked, or who sat at a session about it, judges the result, once a round (P-47).

    The first "not satisfied" reopens it at once.

    `recorded_by` is the member of staff who asked somebody without a phone; never the handler.

    Raises:
        GoneError: the window has closed, or this round is over.
        ConflictError: already judged, or somebody who can be reached has to judge in person.
        NotAllowedError: `recorded_by` handled the matter, or holds no post over it.
    """
    petition_id = Evaluation.objects.values_list("petition_id", flat=True).get(pk=evaluation_id)
    work = _judging(petition_id, recorded_by, at)
    petition = work.petition
    evaluation = (
        petition.evaluations.select_for_update(of=("self",))
        .select_related("reporter", "participant")
        .get(pk=evaluation_id)
    )
    work.reporter = evaluation.reporter
    _refuse_late(evaluation, petition, at)
    if recorded_by is not None and evaluation.person.is_reachable:
        raise ConflictError(_("这位诉求人留了联系方式，请由本人评价。"))
    evaluation.is_satisfied, evaluation.answered_at = is_satisfied, at
    evaluation.comment = text_of(comment, limit=300, name=_("评价"), required=False)
    evaluation.recorded_by, evaluation.sweep_at = recorded_by, None
    evaluation.save(update_fields=["is_satisfied", "answered_at", "comment", "recorded_by", "sweep_at"])
    audience = Audience.STAFF if evaluation.reporter is None else Audience.REPORTER
    work.note(Event.JUDGED, _("满意") if is_satisfied else _("不满意"), audience=audience)
    if is_satisfied:
        petition.satisfied_count += 1
    else:
        petition.dissatisfied_count += 1
        sat_there = _("参加议事的人表示不满意。")
        _refuse_result(work, sat_there if evaluation.reporter is None else evaluation.comment)
    settle(work)
    return work.finish(["evaluation"])


@transaction.atomic
def petition_return_visit(
    *, petition_id: int, actor: User, way: str, holds: bool, words: str, at: datetime
) -> Petition:
    """回访 by somebody other than the handler; a result that does not hold is done again (P-21).

    Raises:
        NotAllowedError: `actor` handled the matter.
        IllegalMoveError: it has not been answered yet.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_VISIT, at=at)
    petition = work.petition
    _refuse_handler(petition, actor)
    text = text_of(words, limit=500, name=_("回访情况"))
    if petition.return_visits.filter(round=petition.round).exists():
        raise ConflictError(_("这一轮已经回访过。"))
    work.move(Stage.FOLLOWED_UP, Event.RETURN_VISITED, text, audience=Audience.REPORTER)
    ReturnVisit.objects.create(
        petition=petition,
        round=petition.round,
        visited_by=actor,
        visited_at=at,
        way=way,
        holds=holds,
        words=text,
    )
    if not holds:
        _refuse_result(work, text)
    settle(work)
    return work.finish(["return_visit"])


@transaction.atomic
def petition_archive(*, petition_id: int, actor: User, at: datetime) -> Petition:
    """归档 by staff: only when the loop is closed; the system does the same by itself.

    Raises:
        GateClosedError: a gate of the profile is not passed.
        IllegalMoveError: the loop is not closed yet.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_TRIAGE, at=at)
    petition = work.petition
    if petition.awaits_decision:
        require_power(actor, Power.PETITION_SUPERVISE, petition.scope, at=at)
        petition.awaits_decision = False
    if petition.evaluations.filter(round=petition.round, answered_at=None, closed_at=None).exists():
        raise ConflictError(_("还有诉求人没有评价，评价期结束后会自动归档。"))
    _evaluate_if_due(work)
    _archive(work)
    return work.finish(["stage"])


@transaction.atomic
def petition_reopen(*, petition_id: int, actor: User, reason: str, at: datetime) -> Petition:
    """The subdistrict has a matter done again that was refused a second time.

    Raises:
        NotAllowedError: `actor` supervises nothing here.
        ConflictError: it does not wait for that decision.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_SUPERVISE, at=at)
    if not work.petition.awaits_decision:
        raise ConflictError(_("只有再次不满意的诉求才由街道决定是否重办。"))
    _reopen(work, text_of(reason, limit=200, name=_("重办要求")))
    return work.finish(["stage"])


@transaction.atomic
def petition_settle(*, petition_id: int, at: datetime) -> Petition:
    """By itself: once everybody was heard or silent, 评事 is over, and what may be archived is."""
    work = work_by_itself(petition_id, at=at)
    settle(work)
    if work.lines:
        work.finish(["stage"])
    return work.petition


def settle(work: Work) -> None:
    """Close the loop as far as it goes; changes nothing while somebody has still to be heard."""
    petition = work.petition
    if petition.stage not in workflow.AWAITING or not facts_of(petition).evaluation_settled:
        return
    _evaluate_if_due(work)
    if petition.awaits_decision:
        duration = work.profile.limits[Limit.ACCEPT]
        deadlines.clock_start(petition, Limit.ACCEPT, duration, at=work.at, clock=work.clock)
    elif workflow.standing_gate((Stage.ARCHIVED,), facts_in_hand(petition)):
        return
    elif workflow.can_move(work.profile, Stage(petition.stage), Stage.ARCHIVED):
        _archive(work)


def _evaluate_if_due(work: Work) -> None:
    petition = work.petition
    if work.profile.mode(Stage.EVALUATED) == Mode.OFF:
        return
    if workflow.can_move(work.profile, Stage(petition.stage), Stage.EVALUATED):
        work.move(Stage.EVALUATED, Event.EVALUATED)


def _archive(work: Work) -> None:
    work.move(Stage.ARCHIVED, Event.ARCHIVED)
    work.petition.closed_at = work.at


def _judging(petition_id: int, recorded_by: User | None, at: datetime) -> Work:
    if recorded_by is None:
        work = work_by_itself(petition_id, at=at)
    else:
        petition = lock(petition_id)
        held = require_power(recorded_by, Power.PETITION_VISIT, petition.scope, at=at)
        _refuse_handler(petition, recorded_by)
        work = Work(petition, recorded_by, held, at)
    return work


def _refuse_late(evaluation: Evaluation, petition: Petition, at: datetime) -> None:
    if evaluation.answered_at is not None:
        raise ConflictError(_("您已经评价过了，谢谢。"))
    if evaluation.closed_at is not None or evaluation.closes_at <= at or evaluation.round != petition.round:
        raise GoneError(_("评价期已过。如果问题还在，请重新反映。"))
    refuse_closed(petition)


def _refuse_handler(petition: Petition, person: User) -> None:
    if person.pk in handlers_of(petition):
        raise NotAllowedError(_("经办人不能回访或代为评价自己办的事，请换一位同事。"))


def _refuse_result(work: Work, words: str) -> None:
    """The first refusal reopens at once, one tier up; a second one is for the subdistrict to decide."""
    petition, at = work.petition, work.at
    if petition.round <= REOPENS:
        _reopen(work, words)
        return
    petition.awaits_decision = True
    supervisor = work.hold(Duty.SUPERVISOR)
    secretary = work.holders.from_tier(petition.scope, Duty.SECRETARY)
    body = _("%(number)s 再次被评为不满意，请决定是否重办。%(words)s") % {
        "number": petition.number,
        "words": words,
    }
    people = [supervisor, secretary.user_id]
    key = f"round.{petition.round}"
    work.tell(notices.to_staff(people, petition, "second_refusal", _("再次不满意"), body, at=at, key=key))


def _reopen(work: Work, words: str) -> None:
    """Back to 办事 with a clock of its own, one tier up; open questions of this round are closed."""
    petition, at = work.petition, work.at
    workflow.check_reopen(work.profile, Stage(petition.stage))
    petition.evaluations.filter(round=petition.round, answered_at=None, closed_at=None).update(
        closed_at=at, sweep_at=None
    )
    petition.photos.filter(is_public=True).update(is_public=False)
    petition.wall_posts.filter(taken_down_at=None).update(
        taken_down_at=at, taken_down_reason=_("诉求人不满意，正在重办")
    )
    walls_changed(petition.community_id)
    petition.round += 1
    petition.stage = Stage.IN_PROGRESS
    petition.awaits_decision = False
    petition.claimed_at = petition.resolved_at = petition.published_at = None
    petition.paused_minutes = 0
    petition.clock = ""
    user_id = work.climb()
    work.note(Event.REOPENED, words, audience=Audience.PUBLIC)
    work.run_clock()
    told = _("诉求人不满意，已转上一级重新办理。")
    work.tell(notices.stage_changed(work.reporters, petition, at=at, words=told))
    body = _("%(number)s 诉求人不满意，请重新办理。%(words)s") % {"number": petition.number, "words": words}
    work.tell(notices.to_staff([user_id], petition, "reopened", _("诉求重办"), body, at=at))
