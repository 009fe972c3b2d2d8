"""What falls due around sessions and resolutions, each exactly once: claim, state and message in one go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from community.duties import Duty
from community.home_cache import home_forget
from community.permissions import Scope
from core import outbox, reminders
from core.batches import rows_update
from core.outbox import Message
from petitions import session_notices, timetable
from petitions.models import DeliberationSession, Participant, Resolution
from petitions.selectors.estates import people_of_estates
from petitions.selectors.holders import Holders, holders_of
from petitions.timetable import Step

BATCH: Final = 200
Claimed = dict[int, set[Step]]


def sessions_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Announce, invite topics, remind, chase minutes and notes; how many sessions were looked at."""
    return _batch_after_batch(_sweep_batch, at, batch)


def resolutions_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Remind those who owe a resolution; how many were looked at."""
    return _batch_after_batch(_remind_batch, at, batch)


def _batch_after_batch(sweep: Callable[[datetime, int], int], at: datetime, batch: int) -> int:
    swept = 0
    while True:
        found = sweep(at, batch)
        swept += found
        if found < batch:
            return swept


@transaction.atomic
def _sweep_batch(at: datetime, batch: int) -> int:
    due = DeliberationSession.objects.filter(sweep_at__lte=at).order_by("sweep_at")
    rows = due.select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("community__place", "schedule", "estate")[:batch])
    if not found:
        return 0
    claimed = _claim(found, at)
    for session in found:
        if Step.ANNOUNCE in claimed[session.pk]:
            session.announced_at = at
            home_forget(session.community_id)
        session.sweep_at = timetable.next_sweep(session, at)
    rows_update(found, ("announced_at", "sweep_at"))
    outbox.send(_messages(found, claimed, at))
    return len(found)


def _claim(found: Sequence[DeliberationSession], at: datetime) -> Claimed:
    """The steps that belong to this sweep; a moved session is reminded of anew."""
    by_claim: dict[tuple[Step, int], list[int]] = defaultdict(list)
    for session in found:
        for step in timetable.due_steps(session, at):
            by_claim[step, session.moves].append(session.pk)
    claimed: Claimed = defaultdict(set)
    for (step, moves), ids in by_claim.items():
        for pk in reminders.claim(f"session.{step.value}", str(moves), ids, at):
            claimed[pk].add(step)
    return claimed


def _messages(found: Sequence[DeliberationSession], claimed: Claimed, at: datetime) -> list[Message]:
    holders = holders_of([Scope(session.community.place.path) for session in found], at)
    coming = _coming([session.pk for session in found if Step.REMIND in claimed[session.pk]])
    visited = [session.estate for session in found if Step.ESTATE in claimed[session.pk]]
    people = people_of_estates([estate for estate in visited if estate is not None], at)
    said: list[Message] = []
    for session in found:
        steps, desk = claimed[session.pk], _desk(session, holders)
        if Step.ANNOUNCE in steps:
            said += session_notices.announced(session, at=at)
        if Step.ESTATE in steps:
            said += session_notices.estate_told(session, people.get(session.estate_id or 0, ()), at=at)
        if Step.AGENDA in steps:
            said += session_notices.agenda_called(session, desk, at=at)
        if Step.REMIND in steps:
            said += session_notices.reminded(session, coming[session.pk], at=at)
        for step in steps & {Step.MINUTES, Step.MINUTES_LATE}:
            late = step == Step.MINUTES_LATE
            said += session_notices.minutes_owed(session, desk, late=late, at=at)
        if Step.NOTES in steps:
            said += session_notices.notes_owed(session, [session.created_by_id, *desk], at=at)
    return said


def _desk(session: DeliberationSession, holders: Holders) -> list[int | None]:
    """The chair and the community's clerk."""
    scope = Scope(session.community.place.path)
    return [session.chair_id, holders.at(scope, Duty.CLERK)]


def _coming(session_ids: Sequence[int]) -> dict[int, list[Participant]]:
    people: dict[int, list[Participant]] = defaultdict(list)
    if session_ids:
        for person in Participant.objects.coming().filter(session_id__in=session_ids):
            people[person.session_id].append(person)
    return people


@transaction.atomic
def _remind_batch(at: datetime, batch: int) -> int:
    due = Resolution.objects.filter(sweep_at__lte=at).order_by("sweep_at")
    rows = due.select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("session__community")[:batch])
    by_claim: dict[str, list[int]] = defaultdict(list)
    for resolution in found:
        for step, moment in timetable.resolution_steps(resolution):
            if moment <= at and resolution.state == "open":
                by_claim[f"{step.value}.{resolution.due_on}"].append(resolution.pk)
        resolution.sweep_at = timetable.next_resolution_sweep(resolution, at)
    late: dict[int, bool] = {}
    for stage, ids in by_claim.items():
        for pk in reminders.claim("resolution", stage, ids, at):
            late[pk] = late.get(pk, False) or stage.startswith(timetable.Duty.LATE.value)
    rows_update(found, ("sweep_at",))
    outbox.send(
        [
            message
            for resolution in found
            if resolution.pk in late
            for message in session_notices.resolution_due(resolution, late=late[resolution.pk], at=at)
        ]
    )
    return len(found)
