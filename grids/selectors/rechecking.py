"""Who looks again at a hazard that is said to be put right (G-19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from community.duties import LADDER, POWERS, Duty, Power
from community.models import Post
from grids.models import Hazard
from grids.selectors.ladder import Held, nearest

Checkers = Mapping[int, int | None]
"""Hazard → account."""
HANDLERS: Final = tuple(duty for duty in Duty if Power.PETITION_HANDLE in POWERS[duty])
NEXT: Final = (*LADDER[1:], LADDER[0])


def checkers_of(hazards: Sequence[Hazard], held: Held, day: date) -> Checkers:
    """Whoever found it while they are in post there and do not answer for it; else who stands next.

    That is the leader, who leads them, or at last the worker; never who has to put it right. One statement.
    Who found what an older ledger tells of is known in words alone.
    """
    if not hazards:
        return {}
    posts = Post.objects.held_on(day).filter(
        user__in={one.found_by_id for one in hazards} - {None}, user__is_active=True, duty__in=HANDLERS
    )
    over: dict[int | None, list[str]] = defaultdict(list)
    for user_id, path in posts.values_list("user_id", "place__path"):
        over[user_id].append(path)
    return {one.pk: _checker(one, over[one.found_by_id], held) for one in hazards}


def _checker(hazard: Hazard, over: Sequence[str], held: Held) -> int | None:
    is_there = any(hazard.scope.path.startswith(path) for path in over)
    if is_there and hazard.found_by_id != hazard.responsible_id:
        return hazard.found_by_id
    others = (nearest(hazard.scope, duty, held) for duty in NEXT)
    return next((pk for pk in others if pk not in (None, hazard.responsible_id)), None)
