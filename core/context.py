"""What every page may show of the ground floor; nothing is asked of the database unless it is shown."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.models import InboxItem, User
from core.prepared import Prepared

UNREAD: Final = Prepared(
    lambda user_id: (
        InboxItem.objects.visible_to(User(pk=user_id))
        .unread()
        .order_by()
        .values("user_id")
        .annotate(count=Count("pk"))
        .values_list("count")
    ),
    user_id=-1,
)


def ground(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `unread_count`, notices not read yet, counted when a template asks."""
    return {"unread_count": SimpleLazyObject(lambda: _unread(request))}


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    return sum(count for (count,) in UNREAD.rows(user_id=user.pk))
