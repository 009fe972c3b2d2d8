"""Somebody whom the household trusts talks to it, in confidence; an agreement clears the block (P-36)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core import audit, outbox
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.language import gettext as _
from core.models import User
from petitions import project_notices, timetable
from petitions.actions.base import text_of
from petitions.actions.projects.base import Site, lock_project
from petitions.actions.projects.blocks import HEARD, cleared, heard, locked_block
from petitions.models import BlockKind, PersuasionNote, PersuasionResult, PersuasionTask
from petitions.models.block import NAME_MAX, NOTE_MAX
from petitions.selectors.blocks import in_confidence


@dataclass(frozen=True, slots=True)
class Talks:
    """Who talks to whom, and when next. A resident by name has to have agreed."""

    whom: str
    next_try_on: date
    talker: User | None = None
    talker_name: str = ""
    talker_agreed: bool = False


@transaction.atomic
def persuasion_begin(*, block_id: int, actor: User, talks: Talks, at: datetime) -> PersuasionTask:
    """Ask somebody to talk to the household.

    Raises:
        ConflictError: cleared, no household's block, or somebody talks already.
        InvalidInputError: nobody to talk, a resident who has not agreed, or a day that is past.
    """
    block, site = locked_block(block_id, actor, at)
    if not block.is_open or block.kind != BlockKind.HOUSEHOLD:
        raise ConflictError(_("只有住户还没有同意、还没有解除的受阻才安排沟通。"))
    if block.persuasions.filter(ended_at=None).exists():
        raise ConflictError(_("已经有人在沟通，请先了结。"))
    name = text_of(talks.talker_name, limit=NAME_MAX, name=_("居民姓名"), required=False)
    if (talks.talker is None) == (not name):
        raise InvalidInputError(_("请选一位工作人员，或写一位居民，二选一。"))
    if name and not talks.talker_agreed:
        raise InvalidInputError(_("请居民去谈，须本人同意。"))
    _check_day(talks.next_try_on, at)
    task = PersuasionTask(
        block=block,
        whom=text_of(talks.whom, limit=NAME_MAX, name=_("和谁谈")),
        talker=talks.talker,
        talker_name=name,
        talker_agreed=bool(name),
        next_try_on=talks.next_try_on,
        begun_at=at,
    )
    task.sweep_at = timetable.next_persuasion_sweep(task, at)
    task.save(force_insert=True)
    _heard(task, at)
    site.tell(project_notices.persuasion_given(task, but=actor, at=at))
    site.finish("persuasion_begun")
    return task


@transaction.atomic
def persuasion_note(
    *, task_id: int, actor: User, text: str, next_try_on: date, at: datetime
) -> PersuasionNote:
    """What was said this time, in confidence, and when somebody goes again.

    Raises:
        NotAllowedError: not one of the responsible posts.
        ConflictError: the talks are over.
    """
    task, site = _open_task(task_id, actor, at)
    if site.project.is_over:
        raise ConflictError(_("这个工程已经结束，不能再改。"))
    said = text_of(text, limit=NOTE_MAX, name=_("内容"))
    _check_day(next_try_on, at)
    just_now = task.notes.filter(author=actor, text=said, written_at__gt=at - timedelta(minutes=2))
    if just_now.exists():
        raise RepeatedError(_("刚才已经写过，没有重复记录。"))
    note = PersuasionNote.objects.create(task=task, author=actor, written_at=at, text=said)
    task.next_try_on = next_try_on
    task.sweep_at = timetable.next_persuasion_sweep(task, at)
    task.save(update_fields=["next_try_on", "sweep_at"])
    _heard(task, at)
    _trace(site, "persuasion_noted")
    return note


@transaction.atomic
def persuasion_end(
    *, task_id: int, actor: User, result: PersuasionResult, outcome: str, at: datetime
) -> PersuasionTask:
    """How the talks ended. An agreement clears the block at once; `outcome` is then public.

    Raises:
        NotAllowedError: not one of the responsible posts.
        ConflictError: the talks are over.
    """
    task, site = _open_task(task_id, actor, at)
    task.result, task.ended_at, task.ended_by, task.sweep_at = result, at, actor, None
    task.save(update_fields=["result", "ended_at", "ended_by", "sweep_at"])
    if result == PersuasionResult.AGREED and task.block.is_open:
        cleared(site, task.block, outcome)
    else:
        _heard(task, at)
    _trace(site, "persuasion_ended")
    outbox.send(site.messages)
    return task


@transaction.atomic
def persuasion_notes_read(*, task: PersuasionTask, actor: User, at: datetime) -> list[PersuasionNote]:
    """The confidential notes, for the responsible posts alone; each reading is on the trail.

    Raises:
        NotAllowedError: not one of them.
    """
    post = _require_confidence(task, actor, at)
    project = task.block.project
    audit.record(
        event="project.notes_read",
        actor=actor,
        subject=project,
        at=at,
        scope_path=project.community.place.path,
        post=post,
        fields=["persuasion_notes"],
        audience="charge",
    )
    return list(task.notes.select_related("author"))


def _open_task(task_id: int, actor: User, at: datetime) -> tuple[PersuasionTask, Site]:
    """The task as it stands once its project is locked; for whoever is in confidence."""
    rows = PersuasionTask.objects.select_related("block__phase")
    task = rows.filter(pk=task_id).first()
    if task is None:
        raise NotFoundError(_("没有找到这个沟通任务。"))
    project = lock_project(task.block.project_id)
    task = rows.get(pk=task_id)
    task.block.project = project
    _require_confidence(task, actor, at)
    if not task.is_open:
        raise ConflictError(_("这个沟通任务已经了结。"))
    return task, Site(project, actor, None, at)


def _heard(task: PersuasionTask, at: datetime) -> None:
    """Talking counts as a word about the block; from then, or from the next try, days are counted anew."""
    if task.block.is_open:
        heard(task.block, task.next_try_on if task.is_open else None, at=at)
        task.block.save(update_fields=HEARD)


def _require_confidence(task: PersuasionTask, actor: User, at: datetime) -> str:
    post = in_confidence(task, actor, at=at)
    if post is None:
        raise NotAllowedError(_("沟通任务只有负责的岗位能看。"))
    return post


def _check_day(day: date, at: datetime) -> None:
    if day < timezone.localdate(at):
        raise InvalidInputError(_("下次去谈不能早于今天。"))


def _trace(site: Site, event: str) -> None:
    audit.record(
        event=f"project.{event}",
        actor=site.actor,
        subject=site.project,
        at=site.at,
        scope_path=site.project.community.place.path,
        fields=["persuasion"],
    )
