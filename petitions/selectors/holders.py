"""Who holds which tier over a matter: for one, or for a whole batch, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from community.duties import LADDER, Duty
from community.models import Post
from community.permissions import Scope
from core.prepared import Prepared

INTAKE: Final = (Duty.DISPATCHER, Duty.CLERK, Duty.SECRETARY, Duty.SUPERVISOR)
"""Who accepts what comes in, the first tier that somebody holds."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in post, as far as a matter is concerned."""

    duty: Duty
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Holders:
    """The posts over a batch of scopes: {(place id, duty): user ids, deputies first}."""

    posts: Mapping[tuple[int, str], Sequence[int]]

    def at(self, scope: Scope, duty: Duty) -> int | None:
        """Who holds `duty` over `scope`: the nearest place first, a deputy before the deputised."""
        for place_id in _nearest_first(scope):
            found = self.posts.get((place_id, duty))
            if found:
                return found[0]
        return None

    def first(self, scope: Scope, tiers: Sequence[Duty]) -> Holder:
        """The first of these tiers that somebody holds; nobody at all is the last tier without a person."""
        for duty in tiers:
            user_id = self.at(scope, duty)
            if user_id is not None:
                return Holder(duty, user_id)
        return Holder(tiers[-1], None)

    def covers(self, scope: Scope, user_id: int) -> bool:
        """Whether this person holds any of these duties over `scope`."""
        ids = set(_nearest_first(scope))
        return any(user_id in users for (place_id, _duty), users in self.posts.items() if place_id in ids)

    def from_tier(self, scope: Scope, start: Duty) -> Holder:
        """The first holder on the ladder from `start` upwards."""
        return self.first(scope, LADDER[LADDER.index(start) :] if start in LADDER else (start, *LADDER[-2:]))


def _posts(day: date, place_ids: Sequence[int]) -> QuerySet[Post, Any]:
    """Place, duty and account of the posts at these places, deputies first."""
    return (
        Post.objects.held_on(day)
        .filter(place_id__in=place_ids, duty__in=[*dict.fromkeys((*LADDER, *INTAKE))], user__is_active=True)
        .order_by("place_id", "duty", "deputises_id", "pk")
        .values_list("place_id", "duty", "user_id")
    )


_FEW: Final = Prepared(
    lambda day, **ids: _posts(day, list(ids.values())),
    day=date.min,
    **{f"p{at}": -1 - at for at in range(16)},
)
"""For the places above one matter: a path and its grid's."""


def holders_of(scopes: Iterable[Scope], at: datetime) -> Holders:
    """The current holders of every tier over these scopes: one statement."""
    ids = list({place_id for scope in scopes for place_id in _nearest_first(scope)})
    day = timezone.localdate(at)
    names = [name for name in _FEW.samples if name != "day"]
    few = len(ids) <= len(names)
    padded = {name: ids[at] if at < len(ids) else 0 for at, name in enumerate(names)}
    posts: dict[tuple[int, str], list[int]] = {}
    for place_id, duty, user_id in _FEW.rows(day=day, **padded) if few else _posts(day, ids):
        posts.setdefault((place_id, duty), []).append(user_id)
    return Holders(posts)


def _nearest_first(scope: Scope) -> list[int]:
    """Ids on both paths: the grid and the building before what lies above them."""
    grid = [int(part) for part in scope.grid_path.split("/") if part]
    place = [int(part) for part in scope.place_path.split("/") if part]
    return list(dict.fromkeys([*reversed(grid), *reversed(place)]))
