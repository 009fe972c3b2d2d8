"""What falls due around projects, each exactly once: phases, talks, blocks that nobody speaks of, prices."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from community.duties import Duty
from community.permissions import Scope
from core import outbox, reminders
from core.batches import rows_update
from core.outbox import Message
from petitions import project_notices, timetable
from petitions.models import PersuasionTask, ProjectBlock, ProjectPhase, ProjectPrice
from petitions.selectors.holders import Holders, holders_of
from petitions.timetable import PhaseStep, TalkStep

BATCH: Final = 200


def projects_sweep(*, at: datetime, batch: int = BATCH) -> int:
    """Remind of phases, of talks, of blocks, and of prices after a year; how many rows were looked at."""
    swept = 0
    for sweep in (_phases, _prices, _talks, _blocks):
        while True:
            found = sweep(at, batch)
            swept += found
            if found < batch:
                break
    return swept


@transaction.atomic
def _phases(at: datetime, batch: int) -> int:
    due = ProjectPhase.objects.filter(sweep_at__lte=at).order_by("sweep_at", "pk")
    rows = due.select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("project__community__place")[:batch])
    by_claim: dict[str, list[ProjectPhase]] = {}
    for phase in found:
        step = timetable.due_phase_step(phase, at)
        if step is not None:
            by_claim.setdefault(f"{step.value}.{phase.due_on}", []).append(phase)
        phase.sweep_at = timetable.next_phase_sweep(phase, at)
    holders = holders_of([Scope(phase.project.community.place.path) for phase in found], at)
    said: list[Message] = []
    for stage, phases in by_claim.items():
        mine = reminders.claim("project.phase", stage, [phase.pk for phase in phases], at)
        step = PhaseStep(stage.partition(".")[0])
        said += [m for phase in phases if phase.pk in mine for m in _reminder(phase, step, holders, at)]
    rows_update(found, ("sweep_at",))
    outbox.send(said)
    return len(found)


def _reminder(phase: ProjectPhase, step: PhaseStep, holders: Holders, at: datetime) -> list[Message]:
    """Before the end and on the day to whoever answers for it, the day after also to the tier above."""
    above = _above(phase, holders) if step == PhaseStep.LATE else None
    return project_notices.phase_due(phase, step, above, at=at)


def _above(phase: ProjectPhase, holders: Holders) -> int | None:
    """The secretary; above the secretary the subdistrict."""
    scope = Scope(phase.project.community.place.path)
    tiers = (holders.at(scope, Duty.SECRETARY), holders.at(scope, Duty.SUPERVISOR))
    return next((user for user in tiers if user not in {None, phase.responsible_id}), None)


@transaction.atomic
def _talks(at: datetime, batch: int) -> int:
    due = PersuasionTask.objects.filter(sweep_at__lte=at).order_by("sweep_at", "pk")
    rows = due.select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("block__project__community__place")[:batch])
    scopes = [Scope(task.block.project.community.place.path) for task in found]
    holders = holders_of(scopes, at)
    said: list[Message] = []
    for task, scope in zip(found, scopes, strict=True):
        step = timetable.due_talk_step(task, at)
        key = f"{step}.{task.next_try_on}"
        if step is not None and reminders.claim("project.talks", key, [task.pk], at):
            people = [task.talker_id, task.block.opened_by_id]
            people += [holders.at(scope, Duty.SECRETARY)] if step == TalkStep.LATE else []
            said += project_notices.persuasion_due(task, people, key, at)
        task.sweep_at = timetable.next_persuasion_sweep(task, at)
    rows_update(found, ("sweep_at",))
    outbox.send(said)
    return len(found)


@transaction.atomic
def _blocks(at: datetime, batch: int) -> int:
    """Whoever answers for it is asked; from the second time on the secretary too."""
    due = ProjectBlock.objects.filter(sweep_at__lte=at).order_by("sweep_at", "pk")
    rows = due.select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("project__community__place", "phase")[:batch])
    tries = dict(
        PersuasionTask.objects.filter(block__in=found, ended_at=None).values_list("block", "next_try_on")
    )
    scopes = [Scope(block.project.community.place.path) for block in found]
    holders = holders_of(scopes, at)
    said: list[Message] = []
    for block, scope in zip(found, scopes, strict=True):
        spells = timetable.quiet_spells(block, tries.get(block.pk), at)
        key = f"{timezone.localdate(block.heard_at)}.{spells}"
        if spells and reminders.claim("project.block", key, [block.pk], at):
            days = (timezone.localdate(at) - timezone.localdate(block.heard_at)).days
            people: list[int | None] = [block.phase.responsible_id if block.phase else block.opened_by_id]
            people += [holders.at(scope, Duty.SECRETARY)] if spells > 1 else []
            said += project_notices.block_quiet(block, people, days, key=key, at=at)
        block.sweep_at = timetable.next_block_sweep(block, tries.get(block.pk), at)
    rows_update(found, ("sweep_at",))
    outbox.send(said)
    return len(found)


@transaction.atomic
def _prices(at: datetime, batch: int) -> int:
    due = ProjectPrice.objects.filter(sweep_at__lte=at).order_by("sweep_at", "pk")
    rows = due.select_for_update(of=("self",), skip_locked=True)
    found = list(rows.select_related("project__community__place")[:batch])
    mine = reminders.claim("project.price", "year", [price.pk for price in found], at)
    scopes = [Scope(price.project.community.place.path) for price in found]
    holders = holders_of(scopes, at)
    for price in found:
        price.sweep_at = None
    rows_update(found, ("sweep_at",))
    outbox.send(
        [
            message
            for price, scope in zip(found, scopes, strict=True)
            if price.pk in mine
            for message in project_notices.price_due(
                price, [holders.at(scope, Duty.CLERK), holders.at(scope, Duty.SECRETARY)], at=at
            )
        ]
    )
    return len(found)
