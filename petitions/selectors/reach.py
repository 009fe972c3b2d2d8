"""How far somebody's posts reach: the communities and grids in which they may enter matters."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.auth.models import AnonymousUser

from community.duties import Power
from community.models import Community
from community.permissions import held_posts, paths_with
from community.querysets import around
from core.models import User
from core.prepared import PreparedModel
from grids.models import Grid


def communities_in_reach(user: User | AnonymousUser, power: Power, *, at: datetime) -> list[Community]:
    """Active communities at, above or below the posts that give `power`, by name; one statement."""
    paths = paths_with(user, power, at=at)
    rows = Community.objects.active().select_related("place", "profile").filter(profile__isnull=False)
    return list(rows.filter(around(paths, "place__path")).order_by("name"))


_OF_SLUG: Final = PreparedModel(
    lambda slug: (
        Community.objects.active().select_related("place", "profile").filter(slug=slug, profile__isnull=False)
    ),
    slug="?",
)


def community_in_reach(
    user: User | AnonymousUser, power: Power, slug: str, *, at: datetime
) -> Community | None:
    """The one of `communities_in_reach` with this slug; one statement."""
    found = _OF_SLUG.first(slug=slug)
    if found is None:
        return None
    own = found.place.path
    reached = any(own.startswith(path) or path.startswith(own) for path in paths_with(user, power, at=at))
    return found if reached else None


def own_grids(user: User, community: Community, *, at: datetime) -> tuple[tuple[int, str], ...]:
    """The grids that this person works in, as place and name; one statement at most."""
    ids = [post.place_id for post in held_posts(user, at=at) if post.place_kind == "grid"]
    if not ids:
        return ()
    found = Grid.objects.filter(pk__in=ids, community=community, is_active=True)
    return tuple(found.values_list("pk", "name"))
