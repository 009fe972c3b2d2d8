"""Who holds a duty over many grids at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from community.duties import Duty
from community.models import Post
from community.querysets import place_ids
from grids.models import Grid

Held = Mapping[tuple[int, str], int]
"""(place, duty) → account."""


def held_above(grids: Sequence[Grid], duties: Sequence[Duty], day: date) -> Held:
    """Who holds these duties at the grids and the places above them, deputies first; one statement."""
    ids = place_ids(grid.place.path for grid in grids)
    posts = Post.objects.held_on(day).filter(place_id__in=ids, duty__in=duties, user__is_active=True)
    rows = posts.order_by("deputises_id", "pk").values_list("place_id", "duty", "user_id")
    found: dict[tuple[int, str], int] = {}
    for place_id, duty, user_id in rows:
        found.setdefault((place_id, duty), user_id)
    return found


def first_held(posts: Held, grid: Grid, duties: Sequence[Duty]) -> int | None:
    """Who holds the first of these duties that somebody holds over a grid, the nearest place first."""
    path = [int(part) for part in reversed(grid.place.path.strip("/").split("/"))]
    held = (posts.get((place_id, duty)) for duty in duties for place_id in path)
    return next((user_id for user_id in held if user_id is not None), None)
