"""What makes up a list of the desk, and lists into Excel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from celery import current_app
from django.core.files.storage import default_storage
from django.db import transaction

from community.duties import Power
from community.permissions import held_posts
from core import audit, outbox
from core.errors import ConflictError, NotAllowedError
from core.language import gettext as _
from core.models import User
from petitions import notices
from petitions.actions.base import plain
from petitions.models import ExportJob, ExportState

FILTERS: Final = ("queue", "severity", "community", "grid", "holder", "o", "q")
"""What of the desk's address makes up a list."""
KEPT_FOR: Final = timedelta(days=1)
SILENT_FOR: Final = timedelta(minutes=3)
TRIES_MAX: Final = 3
AT_ONCE: Final = 3


def listed(querystring: str) -> dict[str, str]:
    """The part of an address that makes up a list; everything else is dropped."""
    asked = parse_qsl(querystring.lstrip("?"))[:20]
    return {name: plain(value) for name, value in asked if name in FILTERS}


@transaction.atomic
def export_ask(*, owner: User, params: Mapping[str, str], at: datetime) -> ExportJob:
    """Ask for a list in Excel; the worker makes it.

    Raises:
        NotAllowedError: no current post lets this person read matters.
        ConflictError: several of theirs are being made already.
    """
    posts = [post for post in held_posts(owner, at=at) if Power.PETITION_READ in post.powers]
    if not posts:
        raise NotAllowedError(_("您的任职不允许导出诉求。"))
    unfinished = ExportJob.objects.filter(owner=owner, state__in=(ExportState.QUEUED, ExportState.RUNNING))
    if unfinished.count() >= AT_ONCE:
        raise ConflictError(_("您还有导出没有完成，请等它们完成以后再试。"))
    job = ExportJob.objects.create(owner=owner, params=dict(params), created_at=at)
    audit.record(
        event="petition.export_asked",
        actor=owner,
        subject=job,
        at=at,
        scope_path=posts[0].place_path,
        post=posts[0].trace,
        fields=sorted(params),
        audience="charge",
    )
    transaction.on_commit(_wake, robust=True)
    return job


def _wake() -> None:
    """The worker begins at once; with the broker away, at its next look."""
    current_app.send_task("petitions.tasks.run_exports", retry=False)


@transaction.atomic
def export_take(*, at: datetime) -> ExportJob | None:
    """The next job for a worker: queued, or left by one that died. Tried three times at most."""
    waiting = ExportJob.objects.select_for_update(skip_locked=True).order_by("created_at")
    left = waiting.filter(state=ExportState.RUNNING, beat_at__lt=at - SILENT_FOR)
    job = waiting.filter(state=ExportState.QUEUED).first() or left.first()
    if job is None:
        return None
    job.tries += 1
    over = job.tries > TRIES_MAX
    job.state = ExportState.FAILED if over else ExportState.RUNNING
    job.done, job.beat_at, job.finished_at = 0, at, at if over else None
    job.save(update_fields=["tries", "state", "done", "beat_at", "finished_at"])
    if over:
        outbox.send(notices.exported(job, at=at))
        return None
    return job


def export_beat(*, job_id: UUID, tries: int, done: int, total: int, at: datetime) -> bool:
    """Note how far a worker has got; False when the job was given to another worker meanwhile."""
    mine = ExportJob.objects.filter(pk=job_id, tries=tries, state=ExportState.RUNNING)
    return mine.update(done=done, total=total, beat_at=at) == 1


@transaction.atomic
def export_finish(*, job_id: UUID, tries: int, file: str, rows: int, at: datetime) -> None:
    """The file lies ready for its owner, who hears of it; one that was overtaken is thrown away."""
    mine = ExportJob.objects.filter(pk=job_id, tries=tries, state=ExportState.RUNNING)
    finished = {"state": ExportState.DONE, "file": file, "done": rows, "total": rows, "finished_at": at}
    if mine.update(**finished):
        outbox.send(notices.exported(ExportJob.objects.get(pk=job_id), at=at))
    else:
        default_storage.delete(file)


def exports_expire(*, at: datetime) -> int:
    """Delete jobs and their files after a day; how many were."""
    old = list(ExportJob.objects.filter(created_at__lt=at - KEPT_FOR)[:200])
    ExportJob.objects.filter(pk__in=[job.pk for job in old]).delete()
    for job in old:
        if job.file:
            default_storage.delete(job.file)
    return len(old)
