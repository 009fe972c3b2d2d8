"""What every page may show of the ground floor; nothing is asked of the database unless it is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.models import InboxItem


def ground(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `unread_count`, notices not read yet, counted when a template asks."""
    return {"unread_count": SimpleLazyObject(lambda: _unread(request))}


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    return InboxItem.objects.visible_to(user).unread().count()
