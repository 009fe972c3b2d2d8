"""What people who have left their grid had in hand goes to whoever is there now (G-03)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from community.duties import Duty
from community.models import Place, Post
from community.selectors.holders import ladder_holder
from core import outbox
from core.language import gettext as _
from core.models import User
from core.outbox import Message
from grids import moving_notices
from grids.actions.moving import moved_keep
from grids.models import AssistedApplication, Errand, HandOver, Need


@dataclass(frozen=True, slots=True)
class Successor:
    """Who takes over from whom, at a grid."""

    before: User
    after: User
    place: Place


@dataclass(frozen=True, slots=True)
class Kind:
    """What somebody can have in hand: what is not over of it, the field of who has it, the field of a
    `HandOver` that names it, and what the successor is told."""

    not_over: Callable[[], QuerySet[Any]]
    holder: str
    name: str
    told: Callable[..., list[Message]]


KINDS: Final = (
    Kind(
        lambda: Need.objects.filter(solved_at=None, closed_at=None),
        "handler",
        "need",
        moving_notices.need_moved,
    ),
    Kind(lambda: Errand.objects.filter(told_at=None), "worker", "errand", moving_notices.errand_moved),
    Kind(
        lambda: AssistedApplication.objects.filter(ended_at=None),
        "worker",
        "application",
        moving_notices.application_moved,
    ),
)


def work_passed_on(*, at: datetime, by: Successor | None = None) -> int:
    """Needs, errands and applications in the name of somebody without a post over them go to the worker, or
    up the ladder; deadlines stay. Where nobody is in post they stay in that name; how many changed hands.

    With `by` only what this person leaves at this grid, and to the successor.
    """
    left = [(kind, pk, before) for kind in KINDS for pk, before in _left(kind, at, by)]
    return sum(_pass(kind, pk, before, by.after if by else None, at) for kind, pk, before in left)


def _left(kind: Kind, at: datetime, by: Successor | None) -> list[tuple[int, int]]:
    """The keys of rows whose holder is in no post over their place today, each with that holder's."""
    posts = Post.objects.held_on(timezone.localdate(at)).filter(user=OuterRef(kind.holder))
    rows = kind.not_over().filter(**{f"{kind.holder}__isnull": False})
    if by is not None:
        rows = rows.filter(**{kind.holder: by.before, "place__path__startswith": by.place.path})
    left = rows.exclude(Exists(posts.over("place__path")))
    return list(left.order_by("pk").values_list("pk", kind.holder))


@transaction.atomic
def _pass(kind: Kind, pk: int, before: int, to: User | None, at: datetime) -> bool:
    """Nothing, if it is over by now, or somebody has put it into other hands."""
    rows = kind.not_over().filter(**{kind.holder: before}).select_related("place")
    row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    holder = to or (_next(row.place, at) if row is not None else None)
    if row is None or holder is None or holder.pk == before:
        return False
    setattr(row, kind.holder, holder)
    move = HandOver(before_id=before, after=holder, at=at, reason=_("原经办人已离任"), **{kind.name: row})
    moved_keep(move, row, kind.holder, "")
    outbox.send(kind.told(move, at=at))
    return True


def _next(place: Place, at: datetime) -> User | None:
    """Who answers for the place now."""
    return ladder_holder(place_path=place.path, grid_path=place.path, start=Duty.GRID_WORKER, at=at)[1]
