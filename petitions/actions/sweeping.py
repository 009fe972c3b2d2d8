"""What the clock brings: reminders, ended pauses, closed windows, archiving. Each exactly once.

A sweep asks the database what is due now, locks it, and commits state, claim and message together: two
workers, a restart or a kill neither lose nor double anything, and a missed hour is caught up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final

from celery import current_app
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from community.clocks import hours_of
from community.duties import Duty
from community.models import Post
from community.workflow import Clock
from core import outbox, reminders
from core.batches import rows_update
from core.language import gettext as _
from core.outbox import Message
from core.sweeps import go_through, sweep_all
from core.workdays import WorkingClock, load_overrides
from petitions import deadlines, limit_notices, notices, workflow
from petitions.actions.base import Work, work_by_itself
from petitions.actions.evaluating import settle
from petitions.models import Evaluation, Petition, PetitionEvent, Question
from petitions.selectors.holders import Holders, holders_of
from petitions.workflow import Audience, Event

BATCH: Final = 200
SWEPT_FIELDS: Final = (
    "sweep_at",
    "sweep_step",
    "assignee",
    "tier",
    "claimed_at",
    "clock_from",
    "due_at",
    "due_is_provisional",
    "paused_at",
    "pause_ends_at",
    "pause_reason",
    "paused_minutes",
    "neglect_at",
)


def petitions_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Remind of everything that has become due by `at`, end pauses that are over; how many were swept."""
    due = Petition.objects.filter(sweep_at__lte=at)
    return sweep_all(due, lambda rows, size: _sweep_batch(rows, at, size), batch)


def evaluations_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Send each judgement's one reminder, close windows, and close the loops that end thereby."""
    due = Evaluation.objects.filter(sweep_at__lte=at)
    open_still, over = due.filter(closes_at__gt=at), due.filter(closes_at__lte=at)
    reminded = sweep_all(open_still, lambda rows, size: _remind_of_evaluations(rows, at, size), batch)
    return reminded + sweep_all(over, lambda rows, _size: _close_window(rows, at), 1)


def petitions_settle_overdue(*, at: datetime) -> int:
    """Once a day: settle whatever is answered and heard but still open (a profile was changed, say)."""
    unheard = Evaluation.objects.filter(
        petition=OuterRef("pk"), round=OuterRef("round"), answered_at=None, closed_at=None
    )
    waiting = Petition.objects.filter(stage__in=sorted(workflow.AWAITING), awaits_decision=False)
    ids = list(waiting.exclude(Exists(unheard)).order_by("pk").values_list("pk", flat=True))
    for petition_id in ids:
        _settle_one(petition_id, at)
    return len(ids)


def departed_replaced(*, at: datetime) -> int:
    """Once a day: matters in the hands of somebody without a post over them go to the tier's next holder."""
    posts = Post.objects.held_on(timezone.localdate(at)).filter(user=OuterRef("assignee"))
    in_post = posts.over("place_path", "grid_path")
    left = Petition.objects.unanswered().filter(assignee__isnull=False).exclude(Exists(in_post))
    ids = list(left.order_by("pk").values_list("pk", flat=True))
    for petition_id in ids:
        _replace_one(petition_id, at)
    return len(ids)


def deadlines_recompute(*, at: datetime) -> int:
    """Take the working calendar as it is now for every provisional deadline; how many were looked at.

    A worker may die at any point: what is done is no longer provisional, the next run finds the rest.
    """
    rows = Petition.objects.open().filter(due_is_provisional=True)
    rows = rows.filter(clock_unit=Clock.WORKING, clock_from__isnull=False)

    def recompute(found: list[Petition]) -> int:
        clocks = Clocks()
        for petition in found:
            deadlines.clock_recompute(petition, clocks.of(petition))
            petition.changed_at = at
        rows_update(found, ("due_at", "due_is_provisional", "sweep_at", "changed_at"))
        return len(found)

    return go_through(rows.locked().select_related("community"), recompute, BATCH)


def follow_calendar(days: Sequence[date], _at: datetime) -> None:
    """Staff changed the nature of some days: what is due on them or later is provisional at once.

    That is one statement; the worker recomputes, now or, with the broker away, at its next look.
    """
    if not days:
        return
    first = timezone.make_aware(datetime.combine(min(days), time.min))
    running = Petition.objects.open().filter(clock_unit=Clock.WORKING, clock_from__isnull=False)
    running.filter(due_at__gte=first, due_is_provisional=False).update(due_is_provisional=True)
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    current_app.send_task("petitions.tasks.recompute_provisional", retry=False)


class Clocks:
    """The working clocks of a batch: one statement for the override table, however many communities."""

    def __init__(self) -> None:
        self._overrides = load_overrides()
        self._clocks: dict[int, WorkingClock] = {}

    def of(self, petition: Petition) -> WorkingClock:
        """The clock of the petition's community."""
        if petition.community_id not in self._clocks:
            hours = hours_of(petition.community)
            self._clocks[petition.community_id] = WorkingClock(hours, self._overrides)
        return self._clocks[petition.community_id]


@transaction.atomic
def _sweep_batch(due: QuerySet[Petition], at: datetime, batch: int) -> int:
    rows = due.order_by("sweep_at").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("community__profile")[:batch])
    if not found:
        return 0
    holders = holders_of([petition.scope for petition in found], at)
    clocks = Clocks()
    lines: list[PetitionEvent] = []
    steps: dict[int, tuple[int, ...]] = {}
    for petition in found:
        work = Work(petition, None, None, at)
        work.__dict__["clock"] = clocks.of(petition)
        _replace_departed(work, holders)
        if petition.is_paused:
            _end_pause(work)
        else:
            steps[petition.pk] = deadlines.steps_reached(petition, at, work.clock)
            deadlines.sweep_advance(petition, len(steps[petition.pk]), work.clock)
            if steps[petition.pk] and petition.sweep_step >= workflow.IN_VAIN:
                petition.neglect_at = at
        lines += work.lines
    ended = [line.petition_id for line in lines if line.event == Event.RESUMED]
    Question.objects.filter(petition_id__in=ended, answered_at=None, lapsed_at=None).update(lapsed_at=at)
    rows_update(found, SWEPT_FIELDS)
    PetitionEvent.objects.bulk_create(lines)
    outbox.send(_reminders(found, steps, holders, at))
    return len(found)


def _reminders(
    found: Sequence[Petition], steps: dict[int, tuple[int, ...]], holders: Holders, at: datetime
) -> list[Message]:
    """The messages of the steps that this sweep could claim: for each petition the highest one only."""
    by_claim: dict[tuple[str, str, int], list[int]] = defaultdict(list)
    for petition in found:
        for step in steps.get(petition.pk, ()):
            by_claim[petition.clock, f"{petition.clock_serial}.{step}", step].append(petition.pk)
    highest: dict[int, int] = {}
    for (clock, stage, step), ids in by_claim.items():
        for pk in reminders.claim(f"petition.{clock}", stage, ids, at):
            highest[pk] = max(step, highest.get(pk, 0))
    return [
        message
        for petition in found
        if petition.pk in highest
        for message in limit_notices.nudge(petition, highest[petition.pk], holders, at=at)
    ]


def _replace_departed(work: Work, holders: Holders) -> None:
    """A matter held by somebody who is no longer in post goes to the tier's next holder."""
    petition = work.petition
    if petition.assignee_id is None or holders.covers(petition.scope, petition.assignee_id):
        return
    if petition.stage not in workflow.UNANSWERED or petition.tier == "":
        return
    work.__dict__["holders"] = holders
    work.hold(Duty(petition.tier))
    petition.claimed_at = None
    work.note(Event.ASSIGNED, audience=Audience.PUBLIC)


def _end_pause(work: Work) -> None:
    petition = work.petition
    assert petition.pause_ends_at is not None
    deadlines.clock_resume(petition, at=min(work.at, petition.pause_ends_at), clock=work.clock)
    work.note(Event.RESUMED, audience=Audience.REPORTER)


@transaction.atomic
def _remind_of_evaluations(due: QuerySet[Evaluation], at: datetime, batch: int) -> int:
    """Ask once more, in one go for many, whoever can be reached; their next moment is the window's end."""
    rows = due.order_by("sweep_at").select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("reporter", "participant", "petition")[:batch])
    messages: list[Message] = []
    for evaluation in found:
        if evaluation.reminded_at is None and evaluation.person.is_reachable:
            evaluation.reminded_at = at
            messages += notices.invitation(evaluation, evaluation.petition, at=at, reminder=True)
        evaluation.sweep_at = evaluation.closes_at
    rows_update(found, ("reminded_at", "sweep_at"))
    outbox.send(messages)
    return len(found)


@transaction.atomic
def _close_window(due: QuerySet[Evaluation], at: datetime) -> int:
    """The windows of the matter whose turn it is, and its loop, if that ends thereby."""
    petition_id = due.order_by("sweep_at").values_list("petition_id", flat=True).first()
    if petition_id is None:
        return 0
    work = work_by_itself(petition_id, at=at)
    due_here = work.petition.evaluations.filter(sweep_at__lte=at, closes_at__lte=at)
    due_here.update(closed_at=at, sweep_at=None)
    settle(work)
    if work.lines:
        work.finish(["stage"])
    return 1


@transaction.atomic
def _replace_one(petition_id: int, at: datetime) -> None:
    work = work_by_itself(petition_id, at=at)
    _replace_departed(work, work.holders)
    if work.lines:
        petition = work.petition
        body = _("%s 原经办人已离任，转由您负责。") % petition.number
        work.tell(
            notices.to_staff([petition.assignee_id], petition, "assigned", _("有诉求待认领"), body, at=at)
        )
        work.finish(["assignee"])


@transaction.atomic
def _settle_one(petition_id: int, at: datetime) -> None:
    work = work_by_itself(petition_id, at=at)
    settle(work)
    if work.lines:
        work.finish(["stage"])
