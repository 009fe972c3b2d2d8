"""Lists of the desk into Excel: asked for with a reason, made by the worker, gone after a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from celery import current_app
from django.core.files.storage import default_storage
from django.db import transaction

from community import notices
from community.models import ListExport
from community.permissions import held_posts
from core import outbox
from core.actions.job import job_beat, job_end, job_take
from core.audit import record
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.language import gettext as _
from core.models import JobState, User

PERSONAL: Final = {
    *("core.user", "core.outboxmessage", "core.auditentry", "core.sensitiveaccess"),
    *("community.post", "community.household", "community.resident"),
}
"""Tables about people: whoever takes them along says what for. Upper apps add theirs from `ready`."""
UNMASKABLE: Final = frozenset({"community.resident"})
"""Tables whose numbers are shown in full to whoever may change a row."""
AT_ONCE: Final = 3
KEPT_FOR: Final = timedelta(days=1)
LONGEST_QUERY: Final = 1000


@transaction.atomic
def list_export_ask(
    *, owner: User, table: str, title: str, querystring: str, purpose: str, unmasked: bool, at: datetime
) -> ListExport:
    """Ask for a list of the desk as it stands; the worker makes it.

    Raises:
        NotAllowedError: no current post opens this table, or its numbers.
        InvalidInputError: a list about people without a purpose.
        ConflictError: several of theirs are being made already.
    """
    _check_power(owner, table, unmasked=unmasked)
    purpose = purpose.replace("\x00", "").strip()
    if table in PERSONAL and not purpose:
        raise InvalidInputError(_("这份清单有个人信息，请写明用途。"))
    if len(purpose) > 100 or len(querystring) > LONGEST_QUERY:
        raise InvalidInputError(_("用途或筛选太长，请写短一些。"))
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    waiting = ListExport.objects.filter(owner=owner, state__in=(JobState.QUEUED, JobState.RUNNING))
    if waiting.count() >= AT_ONCE:
        raise ConflictError(_("您还有导出没有完成，请等它们完成以后再试。"))
    job = ListExport.objects.create(
        owner=owner,
        table=table,
        title=title[:60],
        querystring=querystring,
        purpose=purpose,
        unmasked=unmasked,
        created_at=at,
    )
    _trace("list.export_unmasked" if unmasked else "list.export_asked", job, at, audience="charge")
    transaction.on_commit(_wake, robust=True)
    return job


def _check_power(owner: User, table: str, *, unmasked: bool) -> None:
    app, _dot, model = table.partition(".")
    if not owner.has_perm(f"{app}.view_{model}"):
        raise NotAllowedError(_("您的任职不允许导出这份清单。"))
    if unmasked and not (table in UNMASKABLE and owner.has_perm(f"{app}.change_{model}")):
        raise NotAllowedError(_("您的任职不允许导出完整的手机号。"))


def _trace(event: str, job: ListExport, at: datetime, *, audience: str = "staff") -> None:
    post = next(iter(held_posts(job.owner, at=at)), None)
    record(
        event=event,
        actor=job.owner,
        subject=job,
        at=at,
        scope_path=post.place_path if post else "",
        post=post.trace if post else "",
        audience=audience,
    )


def _wake() -> None:
    """The worker begins at once; with the broker away, at its next look."""
    current_app.send_task("community.tasks.run_list_exports", retry=False)


def list_export_take(*, at: datetime) -> ListExport | None:
    """The next list for a worker."""
    return job_take(ListExport.objects.select_related("owner"), at=at, tell=notices.export_told)


def list_export_beat(*, job: ListExport, done: int, total: int, at: datetime) -> bool:
    """Note how far a worker has got; False when another has the job now."""
    return job_beat(job, at=at, done=done, total=total)


@transaction.atomic
def list_export_finish(*, job: ListExport, file: str, rows: int, at: datetime) -> None:
    """The file lies ready for its owner, and the trail says so; one that was overtaken is thrown away."""
    if _end(job, JobState.DONE, at, file=file, done=rows, total=rows):
        _trace("list.exported", job, at)
    else:
        default_storage.delete(file)


@transaction.atomic
def list_export_refuse(*, job: ListExport, reason: str, at: datetime) -> None:
    """The list cannot be made, and why."""
    _end(job, JobState.FAILED, at, note=reason[:200])


def _end(job: ListExport, state: JobState, at: datetime, **result: Any) -> bool:
    """The job is over, and its owner hears of it; False when it was not this worker's any more."""
    if not job_end(job, state, at=at, **result):
        return False
    outbox.send(notices.export_told(ListExport.objects.get(pk=job.pk)))
    return True


def list_exports_expire(*, at: datetime) -> int:
    """Delete the files of a day ago, at most a batch; the record of each export stays."""
    old = list(ListExport.objects.filter(created_at__lt=at - KEPT_FOR).exclude(file="")[:200])
    for job in old:
        default_storage.delete(job.file)
    return ListExport.objects.filter(pk__in=[job.pk for job in old]).update(file="")
