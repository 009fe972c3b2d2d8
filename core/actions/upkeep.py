"""What the ground floor throws away in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.models import CacheRow, MessageState, OutboxMessage

KEEP_MESSAGES: Final = timedelta(days=180)
KEEP_SECRETS: Final = timedelta(hours=1)
CHUNK: Final = 5000
DONE: Final = (MessageState.SENT, MessageState.DROPPED)


def expired_delete(*, at: datetime) -> None:
    """Delete expired cache rows and messages sent half a year ago; erase secrets whatever became of them."""
    CacheRow.objects.filter(expires__lt=at).delete()
    secrets = OutboxMessage.objects.filter(secret=True, created_at__lt=at - KEEP_SECRETS).exclude(body="")
    secrets.update(title="", body="", url="")
    old = OutboxMessage.objects.filter(state__in=DONE, created_at__lt=at - KEEP_MESSAGES).order_by("pk")
    while keys := list(old.values_list("pk", flat=True)[:CHUNK]):
        OutboxMessage.objects.filter(pk__in=keys).delete()
