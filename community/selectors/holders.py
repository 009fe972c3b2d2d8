"""Who holds a duty for a place, and the first tier of the ladder that somebody holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from community.duties import LADDER, Duty
from community.models import Post
from community.querysets import place_ids
from core.models import User


def _holders(place_path: str, grid_path: str, duties: Sequence[Duty], at: datetime) -> list[Post]:
    """Posts of these duties over the place or its grid: the nearest first, a deputy before the deputised."""
    return list(
        Post.objects.held_on(timezone.localdate(at))
        .filter(place_id__in=place_ids([place_path, grid_path]), duty__in=duties, user__is_active=True)
        .select_related("user", "place")
        .order_by("-place__depth", "deputises_id", "pk")
    )


def _first(posts: Sequence[Post], duty: Duty) -> Post | None:
    """The first post of a duty. NULLs sort last in PostgreSQL, so deputies stand before the deputised."""
    return next((post for post in posts if post.duty == duty), None)


def holder_for(*, place_path: str, grid_path: str, duty: Duty, at: datetime) -> User | None:
    """Who holds `duty` for the place at `at`: deputies first, the nearest place first; one statement."""
    post = _first(_holders(place_path, grid_path, [duty], at), duty)
    return post.user if post else None


def ladder_holder(
    *, place_path: str, grid_path: str, start: Duty, at: datetime
) -> tuple[Duty, User] | tuple[Duty, None]:
    """The first tier of the ladder from `start` upwards that somebody holds, and who; one statement.

    Nobody at any tier is `(Duty.SUPERVISOR, None)`.
    """
    tiers = LADDER[LADDER.index(start) :]
    posts = _holders(place_path, grid_path, tiers, at)
    for duty in tiers:
        post = _first(posts, duty)
        if post is not None:
            return duty, post.user
    return Duty.SUPERVISOR, None
