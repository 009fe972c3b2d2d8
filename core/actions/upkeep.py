"""What the ground floor throws away in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.models import CacheRow, OutboxMessage

KEEP_SECRETS: Final = timedelta(hours=1)


def expired_delete(*, at: datetime) -> None:
    """Delete expired cache rows; erase secrets whatever became of them."""
    CacheRow.objects.filter(expires__lt=at).delete()
    secrets = OutboxMessage.objects.filter(secret=True, created_at__lt=at - KEEP_SECRETS).exclude(body="")
    secrets.update(title="", body="", url="")
