"""Who may be given a matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from community.duties import POWERS, Duty, Power
from community.models import Post
from community.permissions import Scope
from community.querysets import place_ids


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person in post over a matter."""

    user_id: int
    label: str


def people_over(
    scope: Scope, power: Power, *, at: datetime, but: Iterable[int | None] = ()
) -> list[Candidate]:
    """Everybody whose current post over `scope` gives `power`, the nearest first; one statement."""
    return people_over_any([scope], power, at=at, but=but)


def people_over_any(
    scopes: Iterable[Scope], power: Power, *, at: datetime, but: Iterable[int | None] = ()
) -> list[Candidate]:
    """Everybody whose current post gives `power` over at least one of these scopes; one statement."""
    paths = [path for scope in scopes for path in (scope.grid_path, scope.place_path)]
    duties = [duty for duty in Duty if power in POWERS[duty]]
    posts = (
        Post.objects.held_on(timezone.localdate(at))
        .filter(place_id__in=place_ids(paths), duty__in=duties, user__is_active=True)
        .exclude(user_id__in=[pk for pk in but if pk is not None])
        .select_related("user", "place")
        .order_by("-place__depth", "pk")
    )
    found: dict[int, Candidate] = {}
    for post in posts:
        label = f"{post.user} · {post.place.name}{post.get_duty_display()}"
        found.setdefault(post.user_id, Candidate(post.user_id, label))
    return list(found.values())
