"""Who holds a duty over many grids at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from community.duties import Duty
from community.models import Place, Post
from community.querysets import place_ids
from grids.models import Grid

Held = Mapping[tuple[int, str], int]
"""(place, duty) → account."""
KEPT_BY: Final = (Duty.AREA_OFFICER, Duty.SECRETARY, Duty.SUPERVISOR)
"""Who sees to it that every door is in somebody's hands."""


def held_above(grids: Sequence[Grid], duties: Sequence[Duty], day: date) -> Held:
    """Who holds these duties at the grids and the places above them, deputies first; one statement."""
    return held_above_places([grid.place for grid in grids], duties, day)


def held_above_places(places: Sequence[Place], duties: Sequence[Duty], day: date) -> Held:
    """The same for any places; one statement."""
    ids = place_ids(place.path for place in places)
    posts = Post.objects.held_on(day).filter(place_id__in=ids, duty__in=duties, user__is_active=True)
    rows = posts.order_by("deputises_id", "pk").values_list("place_id", "duty", "user_id")
    found: dict[tuple[int, str], int] = {}
    for place_id, duty, user_id in rows:
        found.setdefault((place_id, duty), user_id)
    return found


def first_held(posts: Held, grid: Grid, duties: Sequence[Duty]) -> int | None:
    """Who holds the first of these duties that somebody holds over a grid, the nearest place first."""
    return first_held_at(posts, grid.place, duties)


def first_held_at(posts: Held, place: Place, duties: Sequence[Duty]) -> int | None:
    """The same for any place."""
    path = [int(part) for part in reversed(place.path.strip("/").split("/"))]
    held = (posts.get((place_id, duty)) for duty in duties for place_id in path)
    return next((user_id for user_id in held if user_id is not None), None)
