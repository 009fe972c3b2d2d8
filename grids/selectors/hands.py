"""Into whose hands something that is done from door to door may be put."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils import timezone

from community.duties import POWERS, Duty, Power
from community.models import Place, Post

FROM_DOOR_TO_DOOR: Final = tuple(
    duty for duty in Duty if POWERS[duty] >= {Power.HOME_VISIT, Power.PETITION_HANDLE}
)


def hands_for(place: Place, *, at: datetime) -> Sequence[tuple[int, str]]:
    """Who goes from door to door in a grid or answers for those who do, the nearest first; one statement."""
    posts = Post.objects.held_on(timezone.localdate(at)).filter(
        place_id__in=[place.pk, *place.ancestor_ids], duty__in=FROM_DOOR_TO_DOOR, user__is_active=True
    )
    found: dict[int, str] = {}
    for post in posts.select_related("user", "place").order_by("-place__depth", "pk"):
        found.setdefault(post.user_id, f"{post.user} · {post.place.name}{post.get_duty_display()}")
    return list(found.items())
