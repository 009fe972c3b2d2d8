"""Which pages a worker's phone keeps where somebody has several grids or communities, and for which posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from community.models import Community
from community.permissions import held_posts
from core.models import User
from grids.selectors.doors import GRIDS, visited_grids
from grids.selectors.walkers import walks_of

KEPT: Final = 6
"""Grids, or communities, whose forms a phone keeps: each is a page with all its doors."""


def posts_mark(user: User | AnonymousUser, *, at: datetime) -> str:
    """Short, and another one as soon as somebody's posts are others; empty without any. It tells nothing.

    Of a volunteer, who is in no post, the sweeps on which they go along.
    """
    held = [f"{post.post_id} {post.trace} {post.place_path}" for post in held_posts(user, at=at)]
    if not held and user.is_authenticated:
        held = [f"sweep {pk}" for pk in walks_of(user, timezone.localdate(at)).values_list("pk", flat=True)]
    return sha256("\n".join([str(user.pk), *sorted(held)]).encode()).hexdigest()[:16] if held else ""


def kept_grids(user: User | AnonymousUser, *, at: datetime) -> Sequence[int]:
    """The grids whose doors a phone keeps, those in which this person works first; one statement."""
    own = {post.place_id for post in held_posts(user, at=at)}
    known = visited_grids(user, at=at).values_list("pk", flat=True)[:GRIDS]
    return sorted(known, key=lambda pk: (pk not in own, pk))[:KEPT]


def by_grid(address: str, grids: Sequence[int]) -> list[str]:
    """A page as it opens; where there are several grids, as it is for each of them."""
    return _each(address, "grid", [str(pk) for pk in grids])


def by_community(address: str, communities: Iterable[Community]) -> list[str]:
    """A page as it opens; where there are several communities, as it is for each of them."""
    return _each(address, "community", [one.slug for one in communities][:KEPT])


def _each(address: str, name: str, values: Sequence[str]) -> list[str]:
    return [address, *(f"{address}?{name}={value}" for value in values if len(values) > 1)]
