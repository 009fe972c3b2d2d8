"""Who holds which rung over several places at once, and who is nearest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from community.duties import Duty
from community.models import Place, Post

Held = Mapping[tuple[int, Duty], int]
"""(place, duty) → account."""


def held_over(places: Iterable[Place], duties: Sequence[Duty], day: date) -> Held:
    """Who holds these duties at the places and above them, deputies first; one statement."""
    ids = {pk for place in places for pk in (place.pk, *place.ancestor_ids)}
    posts = Post.objects.held_on(day).filter(place_id__in=ids, duty__in=duties, user__is_active=True)
    found: dict[tuple[int, Duty], int] = {}
    for place_id, duty, user_id in posts.order_by("deputises_id", "pk").values_list(
        "place_id", "duty", "user_id"
    ):
        found.setdefault((place_id, Duty(duty)), user_id)
    return found


def nearest(place: Place, duty: Duty, held: Held) -> int | None:
    """Who holds this duty at a place, else at the nearest above it."""
    found = (held.get((pk, duty)) for pk in (place.pk, *reversed(place.ancestor_ids)))
    return next((pk for pk in found if pk is not None), None)


def first_of(place: Place, duties: Iterable[Duty], held: Held) -> int | None:
    """Who holds the first of these duties that somebody holds over a place."""
    found = (nearest(place, duty, held) for duty in duties)
    return next((pk for pk in found if pk is not None), None)
