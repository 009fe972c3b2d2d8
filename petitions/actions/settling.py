"""办结 and 反馈: the work is done, and everybody who asked is answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from community.duties import LADDER, Duty, Power
from community.workflow import Limit, Mode, Route, Severity, Stage
from core.language import gettext as _
from core.models import StoredImage, User
from petitions import deadlines, notices, workflow
from petitions.actions.base import Work, text_of, work_on
from petitions.actions.claims import refuse_others
from petitions.models import Assistance, Evaluation, Origin, Petition, PhotoKind
from petitions.selectors.session_people import participants_to_ask
from petitions.selectors.silent import is_silent, silent_among
from petitions.workflow import Audience, Event

OUTCOME_MAX = 1000


@transaction.atomic
def petition_resolve(
    *, petition_id: int, actor: User, outcome: str, photos: Sequence[StoredImage], at: datetime
) -> Petition:
    """办结, with an "after" photo where the profile asks for one.

    Raises:
        IllegalMoveError: it is not being handled.
        ConflictError: a colleague has claimed it.
        GateClosedError: no photo of the result.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_others(work, actor)
    petition = work.petition
    petition.outcome = text_of(outcome, limit=OUTCOME_MAX, name=_("办理结果"))
    work.attach(photos, PhotoKind.AFTER)
    if petition.is_paused:
        deadlines.clock_resume(petition, at=at, clock=work.clock)
    _note_punctuality(work)
    work.move(Stage.RESOLVED, Event.RESOLVED, petition.outcome, audience=Audience.REPORTER)
    petition.resolved_at, petition.resolved_by = at, actor
    _tell_desk(work)
    return work.finish(["stage", "outcome"])


@transaction.atomic
def petition_settle_on_spot(
    *, petition_id: int, actor: User, outcome: str, photos: Sequence[StoredImage], at: datetime
) -> Petition:
    """A small matter settled where it was raised: every passed stage is written, in order (P-08, G-13)."""
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    refuse_others(work, actor)
    settle_here(work, outcome, photos)
    _tell_desk(work)
    return work.finish(["stage", "outcome"])


def settle_here(work: Work, outcome: str, photos: Sequence[StoredImage]) -> None:
    """Take a matter through every passed stage to 办结; with 议事 where it happens at a session."""
    petition, actor, at = work.petition, work.actor, work.at
    assert work.held is not None and actor is not None  # noqa: PT018
    petition.outcome = text_of(outcome, limit=OUTCOME_MAX, name=_("办理结果"))
    work.attach(photos, PhotoKind.AFTER)
    petition.severity = petition.severity or Severity.BLUE
    petition.route = petition.route or Route.SELF_HELP
    petition.scale, petition.difficulty = petition.scale or 1, petition.difficulty or 1
    petition.social_impact = petition.social_impact or 1
    petition.assignee = actor
    petition.tier = work.held.duty if work.held.duty in LADDER else Duty.SECRETARY
    _note_punctuality(work)
    stages = workflow.on_the_spot(work.profile, Stage(petition.stage), at_session=work.session is not None)
    events = {
        Stage.TRIAGED: Event.TRIAGED,
        Stage.DELIBERATING: Event.DELIBERATED,
        Stage.ACCEPTED: Event.CLAIMED,
        Stage.IN_PROGRESS: Event.STARTED,
        Stage.RESOLVED: Event.RESOLVED,
    }
    work.jump(stages, events, petition.outcome)
    petition.triaged_at = petition.triaged_at or at
    petition.claimed_at = petition.claimed_at or at
    petition.resolved_at, petition.resolved_by = at, actor


@transaction.atomic
def petition_feed_back(*, petition_id: int, actor: User, answer: str, at: datetime) -> Petition:
    """反馈: everybody who asked gets the answer; no way round it. Where nothing public follows, they are
    asked to judge at the same time.

    Raises:
        IllegalMoveError: it is not resolved.
    """
    work = work_on(petition_id, actor=actor, power=Power.PETITION_HANDLE, at=at)
    feed_back_here(work, answer)
    return work.finish(["stage", "outcome"])


def feed_back_here(work: Work, answer: str) -> None:
    """Answer everybody who asked; ask them to judge where nothing public follows."""
    petition, at = work.petition, work.at
    petition.outcome = text_of(answer, limit=OUTCOME_MAX, name=_("答复"))
    petition.fed_back_at = at
    work.move(Stage.FED_BACK, Event.FED_BACK, petition.outcome, audience=Audience.REPORTER)
    if work.profile.mode(Stage.PUBLISHED) != Mode.ON:
        invite(work)
    else:
        work.tell(
            notices.to_reporters(
                work.reporters, petition, "answer", _("您反映的事已答复"), petition.outcome, at=at
            )
        )


def invite(work: Work) -> None:
    """Ask every reporter once in this round, and whoever sat at a session about it (P-47).

    A reporter without a phone is asked by staff; a participant without one is not asked. A worker's own
    finding has nobody behind it until a neighbour joins: that is said, and counts as nothing (decision 0015).
    Of somebody who has died or moved away the judgement is over from the start.
    """
    petition, at = work.petition, work.at
    window = work.profile.limits[Limit.EVALUATE]
    closes_at = deadlines.after(at, window.minutes, window.clock, work.clock).at
    halfway: timedelta = (closes_at - at) / 2
    evaluations = [
        Evaluation(
            petition=petition,
            reporter=reporter,
            round=petition.round,
            invited_at=at,
            closes_at=closes_at,
            sweep_at=at + halfway if reporter.is_reachable else closes_at,
        )
        for reporter in work.reporters
        if not (petition.origin == Origin.PROACTIVE and reporter.is_nobody)
    ]
    evaluations += [
        Evaluation(
            petition=petition,
            participant=person,
            round=petition.round,
            invited_at=at,
            closes_at=closes_at,
            sweep_at=at + halfway,
        )
        for person in participants_to_ask(petition, work.reporters, work.handlers)
    ]
    silent = silent_among(evaluation.person for evaluation in evaluations)
    for evaluation in evaluations:
        if is_silent(evaluation.person, silent):
            evaluation.closed_at, evaluation.sweep_at, evaluation.is_unreachable = at, None, True
    if not evaluations:
        work.note(Event.NOBODY_ASKED, audience=Audience.PUBLIC)
    Evaluation.objects.bulk_create(evaluations)
    for evaluation in (one for one in evaluations if not one.is_unreachable):
        work.tell(notices.invitation(evaluation, petition, at=at))


def _note_punctuality(work: Work) -> None:
    """Whether an item of the guide was done within its own limit, while its clock still stands (C-27)."""
    petition = work.petition
    if petition.service_minutes is None or petition.due_at is None:
        return
    row = Assistance.objects.filter(petition=petition, was_on_time=None)
    row.update(was_on_time=work.at <= petition.due_at)


def _tell_desk(work: Work) -> None:
    """Whoever answers for the community knows that an answer is due."""
    petition = work.petition
    secretary = work.holders.from_tier(petition.scope, Duty.SECRETARY)
    body = _("%s 已办结，请答复诉求人。") % petition.number
    people = [petition.assignee_id, secretary.user_id]
    work.tell(notices.to_staff(people, petition, "resolved", _("诉求已办结待反馈"), body, at=work.at))
