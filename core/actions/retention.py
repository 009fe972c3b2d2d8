"""What is kept no longer than said: every kind of data has its period and its sweep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.actions.personal import accounts_asked_erase, personal_exports_expire
from core.models import InboxItem, MessageState, OutboxMessage, RetentionRun, StoredImage
from core.registries import Retention, retentions

CHUNK: Final = 5000
FILES: Final = 200
ROUNDS_MAX: Final = 10_000
OVER: Final = (MessageState.SENT, MessageState.DROPPED, MessageState.FAILED)


def retention_sweep(*, at: datetime) -> int:
    """End what is too old, kind by kind and batch by batch; how much it was.

    Each kind of which there was something leaves a line on the trail.
    """
    total = 0
    for name, retention in retentions.items():
        rows = _sweep(retention, at)
        if rows:
            _log(name, rows, at)
        total += rows
    return total


def _sweep(retention: Retention, at: datetime) -> int:
    rows = 0
    for _round in range(ROUNDS_MAX):
        taken = retention.sweep(at)
        rows += taken
        if not taken:
            break
    return rows


@transaction.atomic
def _log(name: str, rows: int, at: datetime) -> None:
    run = RetentionRun.objects.create(kind=name, at=at, rows=rows)
    audit.record(
        event=f"retention.{name}", actor=None, subject=run, at=at, fields=["rows"], audience="charge"
    )


@transaction.atomic
def messages_expire(at: datetime) -> int:
    """Delete messages that left, failed or were dropped so many days ago."""
    old = OutboxMessage.objects.filter(
        state__in=OVER, created_at__lt=at - timedelta(days=settings.KEEP_MESSAGES_DAYS)
    )
    keys = list(old.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:CHUNK])
    OutboxMessage.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def notices_expire(at: datetime) -> int:
    """Delete notices from inboxes after so many days, read or not."""
    old = InboxItem.objects.filter(created_at__lt=at - timedelta(days=settings.KEEP_NOTICES_DAYS))
    keys = list(old.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:CHUNK])
    InboxItem.objects.filter(pk__in=keys).delete()
    return len(keys)


def images_discarded_delete(at: datetime) -> int:  # noqa: ARG001 - a sweep
    """Delete the files of discarded photos, then their rows: a crash in between repeats the first half."""
    found = list(StoredImage.objects.filter(discarded_at__isnull=False)[:FILES])
    for image in found:
        image.file.storage.delete(str(image.file.name))
        image.thumbnail.storage.delete(str(image.thumbnail.name))
    StoredImage.objects.filter(pk__in=[image.pk for image in found]).delete()
    return len(found)


def days(number: int, _community: object) -> str:
    """A period in words, the same for every community."""
    return _("%d 天") % number


def register() -> None:
    """What the ground floor itself keeps, and how long."""
    rows: list[tuple[str, Promise, Promise, int, Callable[[datetime], int]]] = [
        (
            "core.messages",
            gettext_lazy("发出的短信"),
            gettext_lazy("核对是否送达"),
            settings.KEEP_MESSAGES_DAYS,
            messages_expire,
        ),
        (
            "core.notices",
            gettext_lazy("站内消息"),
            gettext_lazy("方便您回看"),
            settings.KEEP_NOTICES_DAYS,
            notices_expire,
        ),
    ]
    for order, (name, what, why, period, sweep) in enumerate(rows):
        retentions.register(name, Retention(what, why, partial(days, period), sweep), order=200 + order)
    asked = Retention(
        gettext_lazy("要求注销的账号"),
        gettext_lazy("还有事没办结"),
        lambda _community: str(_("办结当天夜里注销")),
        accounts_asked_erase,
    )
    retentions.register("core.accounts", asked, order=30)
    own = Retention(
        gettext_lazy("您下载的个人信息副本"),
        gettext_lazy("等您下载"),
        partial(days, 1),
        personal_exports_expire,
    )
    retentions.register("core.exports", own, order=210)
    discarded = Retention(
        gettext_lazy("已删除的照片"),
        gettext_lazy("清除存储"),
        lambda _community: str(_("当天")),
        images_discarded_delete,
    )
    retentions.register("core.images", discarded, order=900)
