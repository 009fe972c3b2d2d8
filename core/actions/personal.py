"""A person's own data: asked for as a file, corrected, erased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from celery import current_app
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q

from core import audit
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from core.models import InboxItem, OutboxMessage, PersonalExport, PersonalExportState, User
from core.personal import subject_of
from core.registries import account_places, personal_sources

KEPT_FOR: Final = timedelta(days=1)
SILENT_FOR: Final = timedelta(minutes=3)
TRIES_MAX: Final = 3
A_DAY_MAX: Final = 5
NAME_MAX: Final = 60
UNFINISHED: Final = (PersonalExportState.QUEUED, PersonalExportState.RUNNING)


@transaction.atomic
def personal_export_ask(*, owner: User, at: datetime) -> PersonalExport:
    """Ask for everything held about oneself; asking again while it is made gives the same job.

    Raises:
        ConflictError: asked for too often within a day.
    """
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    mine = PersonalExport.objects.filter(owner=owner)
    waiting = mine.filter(state__in=UNFINISHED).first()
    if waiting is not None:
        return waiting
    if mine.filter(created_at__gt=at - timedelta(days=1)).count() >= A_DAY_MAX:
        raise ConflictError(_("今天已经整理过几次，请下载现有的，或明天再试。"))
    job = PersonalExport.objects.create(owner=owner, created_at=at)
    audit.record(
        event="account.export_asked",
        actor=owner,
        subject=owner,
        at=at,
        scope_path=_where(owner),
        audience="charge",
    )
    transaction.on_commit(_wake, robust=True)
    return job


def _where(user: User) -> str:
    """The place whose person in charge reads of it: the first that anybody knows for this account."""
    return next((path for known in account_places if (path := known(user))), "")


def _wake() -> None:
    """The worker begins at once; with the broker away, at its next look."""
    current_app.send_task("core.tasks.run_personal_exports", retry=False)


@transaction.atomic
def personal_export_take(*, at: datetime) -> PersonalExport | None:
    """The next job for a worker: queued, or left by one that died. Tried three times at most."""
    jobs = PersonalExport.objects.select_for_update(skip_locked=True, of=("self",)).order_by("created_at")
    left = Q(state=PersonalExportState.RUNNING, beat_at__lt=at - SILENT_FOR)
    job = jobs.filter(Q(state=PersonalExportState.QUEUED) | left).select_related("owner").first()
    if job is None:
        return None
    job.tries += 1
    over = job.tries > TRIES_MAX
    job.state = PersonalExportState.FAILED if over else PersonalExportState.RUNNING
    job.done, job.beat_at = 0, at
    job.save(update_fields=["tries", "state", "done", "beat_at"])
    return None if over else job


def personal_export_beat(*, job: PersonalExport, done: int, total: int, at: datetime) -> bool:
    """Note how far a worker has got; False when the job was given to another worker meanwhile."""
    return _mine(job.pk, job.tries).update(done=done, total=total, beat_at=at) == 1


def personal_export_finish(*, job: PersonalExport, file: str) -> None:
    """The file lies ready for its owner; one that was overtaken, or whose owner left, is thrown away."""
    if not _mine(job.pk, job.tries).update(state=PersonalExportState.DONE, file=file):
        default_storage.delete(file)


def _mine(pk: UUID, tries: int) -> models.QuerySet[PersonalExport]:
    return PersonalExport.objects.filter(pk=pk, tries=tries, state=PersonalExportState.RUNNING)


def personal_exports_expire(at: datetime) -> int:
    """Delete jobs and their files after a day."""
    return _drop(PersonalExport.objects.filter(created_at__lt=at - KEPT_FOR))


def _drop(jobs: models.QuerySet[PersonalExport]) -> int:
    old = list(jobs[:200])
    for job in old:
        if job.file:
            default_storage.delete(job.file)
    PersonalExport.objects.filter(pk__in=[job.pk for job in old]).delete()
    return len(old)


@transaction.atomic
def account_name_correct(*, user: User, name: str, at: datetime) -> User:
    """A person corrects what they are called.

    Raises:
        InvalidInputError: too long.
    """
    typed = name.replace("\x00", "").strip()
    if len(typed) > NAME_MAX:
        raise InvalidInputError(_("称呼最多 %d 个字。") % NAME_MAX)
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held.display_name = typed
    held.save(update_fields=["display_name"])
    audit.record(event="account.corrected", actor=user, subject=held, at=at, fields=["display_name"])
    return held


@transaction.atomic
def account_erase(*, user: User, at: datetime) -> list[str]:
    """Erase what is held about a person and close the account; what has to wait, a sentence each.

    While something waits the account stays, and the nightly sweep tries again.

    Raises:
        ConflictError: somebody in post: their account is closed by whoever gave the post.
    """
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if held.is_staff:
        raise ConflictError(_("工作人员的账号由管理任职的人停用，不能自己注销。"))
    if not held.is_active:
        return []
    subject, where = subject_of(held), _where(held)
    waits = [text for source in personal_sources if source.erase for text in source.erase(subject, at)]
    if waits:
        if held.erasure_asked_at is None:
            held.erasure_asked_at = at
            held.save(update_fields=["erasure_asked_at"])
            audit.record(
                event="account.erasure_asked",
                actor=held,
                subject=held,
                at=at,
                scope_path=where,
                audience="charge",
            )
        return waits
    _close(held, subject.phone, where, at)
    return []


def _close(user: User, phone: str, where: str, at: datetime) -> None:
    InboxItem.objects.filter(user=user).delete()
    OutboxMessage.objects.filter(user=user).delete()
    if phone:
        OutboxMessage.objects.filter(phone=phone).delete()
    _drop(PersonalExport.objects.filter(owner=user))
    user.phone, user.phone_verified, user.username = None, False, None
    user.display_name = user.email = ""
    user.is_active, user.erasure_asked_at = False, None
    user.set_unusable_password()
    user.save()
    audit.record(event="account.erased", actor=None, subject=user, at=at, scope_path=where, audience="charge")


def accounts_asked_erase(at: datetime) -> int:
    """Close the accounts whose owners asked, and for whom nothing has to wait any longer; how many were."""
    asked = User.objects.filter(erasure_asked_at__isnull=False).order_by("pk")
    return sum(not account_erase(user=user, at=at) for user in asked)
