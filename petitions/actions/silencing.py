"""Somebody who asked died or moved away: nobody waits for their word; taken back, they are asked (G-10)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from community.models import Resident
from petitions import deadlines, workflow
from petitions.actions.base import Work, work_by_itself
from petitions.actions.evaluating import settle
from petitions.models import Evaluation, Question
from petitions.selectors.silent import rows_of
from petitions.workflow import Audience, Event


def judgements_follow(resident: Resident, at: datetime) -> None:
    """In the transaction of the mark: open judgements and questions of this person are over, silently, and
    each loop goes on as far as it goes; or, taken back, what may still be judged is open again."""
    theirs = rows_of(resident, "reporter__") | rows_of(resident, "participant__")
    if resident.is_silent:
        before = {"petition__changed_at__lte": at}  # a mark of the past rewrites no history
        waiting = Evaluation.objects.filter(theirs, answered_at=None, closed_at=None, **before)
        asked = Question.objects.filter(
            rows_of(resident, "petition__reporters__"),
            petition__reporters__is_first=True,
            answered_at=None,
            lapsed_at=None,
            **before,
        )
        ids = {*waiting.values_list("petition", flat=True), *asked.values_list("petition", flat=True)}
        for petition_id in sorted(ids):
            _silence(work_by_itself(petition_id, at=at), waiting, asked)
    else:
        closed = Evaluation.objects.filter(theirs, is_unreachable=True, closes_at__gt=at)
        for petition_id in sorted(set(closed.values_list("petition", flat=True))):
            _ask_again(work_by_itself(petition_id, at=at), theirs)


def _silence(work: Work, waiting: QuerySet[Evaluation], asked: QuerySet[Question]) -> None:
    """Both are looked at once more, now that the matter is locked."""
    petition = work.petition
    waiting.filter(petition=petition).update(closed_at=work.at, sweep_at=None, is_unreachable=True)
    ids = list(asked.filter(petition=petition).values_list("pk", flat=True))
    lapsed = Question.objects.filter(pk__in=ids).update(lapsed_at=work.at) if ids else 0
    if lapsed and petition.is_paused:
        deadlines.clock_resume(petition, at=work.at, clock=work.clock)
        work.note(Event.RESUMED, audience=Audience.REPORTER)
    settle(work)
    if work.lines:
        work.finish(["stage"])


def _ask_again(work: Work, theirs: Q) -> None:
    petition = work.petition
    if petition.stage not in workflow.AWAITING:
        return
    again = petition.evaluations.filter(theirs, is_unreachable=True, round=petition.round)
    for evaluation in again.filter(closes_at__gt=work.at):
        evaluation.closed_at, evaluation.is_unreachable = None, False
        half = evaluation.invited_at + (evaluation.closes_at - evaluation.invited_at) / 2
        is_asked = evaluation.reminded_at is not None or half <= work.at
        evaluation.sweep_at = evaluation.closes_at if is_asked else half
        evaluation.save(update_fields=["closed_at", "is_unreachable", "sweep_at"])
