"""What a person did with their inbox."""

from __future__ import annotations

from datetime import datetime

from core.models import InboxItem, User


def inbox_mark_read(*, user: User, at: datetime, item_id: int | None = None) -> int:
    """Mark one notice of this person read, or all of them; the number that were unread."""
    unread = InboxItem.objects.visible_to(user).unread()
    if item_id is not None:
        unread = unread.filter(pk=item_id)
    return unread.update(read_at=at)
