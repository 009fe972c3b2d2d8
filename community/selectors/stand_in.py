"""A stand-in for everybody with posts of the same kinds, for whom a statement is written into SQL once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from community.duties import Duty
from community.permissions import HeldPost, account_with, held_posts
from core.models import User
from core.registries import Asking
from core.tiles import StandIn

FORMS_KEPT: Final = 500
AT: Final = datetime(1971, 1, 2, 4, tzinfo=UTC)
NOBODY: Final = -(10**6)
Form = tuple[tuple[Duty, str, int], ...]


def stand_in_for(user: User, *, at: datetime) -> tuple[StandIn, Mapping[Any, Any]]:
    """Who stands in for this person, and the person's own value for each of the stand-in's. No statement."""
    posts = held_posts(user, at=at)
    places: dict[int, int] = {}
    for post in posts:
        places.setdefault(post.place_id, len(places) + 1)
    form = tuple((post.duty, str(post.place_kind), places[post.place_id]) for post in posts)
    values: dict[Any, Any] = {NOBODY: user.pk}
    for post in posts:
        number = places[post.place_id]
        values |= {-number: post.place_id, f"/-{number}/%": f"{post.place_path}%"}
    return _of_form(form), values


@lru_cache(maxsize=FORMS_KEPT)
def _of_form(form: Form) -> StandIn:
    posts = (
        HeldPost(-at, duty, -number, f"/-{number}/", kind, "", is_deputy=False)
        for at, (duty, kind, number) in enumerate(form, 1)
    )
    return StandIn(form, Asking(account_with(NOBODY, posts, at=AT), AT))
