"""What every page may show of the ground floor; nothing is asked of the database unless it is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.display import is_large
from core.models import InboxItem


def ground(request: HttpRequest) -> dict[str, Any]:
    """`large`: 长辈版 or not. `unread_count`: notices not read yet, counted when a template asks."""
    return {"large": is_large(request), "unread_count": SimpleLazyObject(lambda: _unread(request))}


def _unread(request: HttpRequest) -> int:
    if not request.user.is_authenticated:
        return 0
    return InboxItem.objects.visible_to(request.user).unread().count()
