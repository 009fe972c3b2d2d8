"""Who stands on which rung over many places at once: worker, leader, desk, secretary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from community.duties import IN_THE_FIELD, LADDER, Duty
from community.models import Place, Post

DESK: Final = (Duty.CLERK, Duty.DISPATCHER)
"""Who works for a community at its desk, before its secretary."""
RUNGS: Final = (*LADDER, *IN_THE_FIELD, *DESK, Duty.CHILD_OFFICER)


@dataclass(frozen=True)
class Rungs:
    """(place, duty) → accounts, deputies first."""

    held: Mapping[tuple[int, str], Sequence[int]]

    def first(self, place: Place, duties: Sequence[Duty]) -> int | None:
        """Who holds the first of these duties that somebody holds at a place or above, the nearest first."""
        path = (place.pk, *reversed(place.ancestor_ids))
        found = (self.held.get((pk, duty), ()) for duty in duties for pk in path)
        return next((users[0] for users in found if users), None)

    def everybody(self, place: Place, duties: Sequence[Duty]) -> list[int | None]:
        """All who hold one of these duties at the nearest place where anybody does."""
        for pk in (place.pk, *reversed(place.ancestor_ids)):
            users = [user for duty in duties for user in self.held.get((pk, duty), ())]
            if users:
                return list(dict.fromkeys(users))
        return []

    def holds(self, user_id: int, place: Place, duties: Sequence[Duty]) -> bool:
        """Whether somebody holds one of these duties at a place or above."""
        ids = (place.pk, *place.ancestor_ids)
        return any(user_id in self.held.get((pk, duty), ()) for pk in ids for duty in duties)

    def who_tells(self, place: Place, worker_id: int) -> int | None:
        """Whoever took something on, while in post there; else who answers for the grid now."""
        return worker_id if self.holds(worker_id, place, RUNGS) else self.first(place, LADDER)


def rungs_over(places: Iterable[Place], *, at: datetime) -> Rungs:
    """The rungs over these places on the day of `at`; one statement."""
    ids = {pk for place in places for pk in (place.pk, *place.ancestor_ids)}
    posts = Post.objects.held_on(timezone.localdate(at)).filter(
        place_id__in=ids, duty__in=RUNGS, user__is_active=True
    )
    held: dict[tuple[int, str], list[int]] = {}
    for place_id, duty, user_id in posts.order_by("deputises_id", "pk").values_list(
        "place_id", "duty", "user_id"
    ):
        held.setdefault((place_id, duty), []).append(user_id)
    return Rungs(held)
