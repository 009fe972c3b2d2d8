"""交接: the next person takes over a post in a grid, with the households that went with it (G-03)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from community.actions import post_end, post_give
from community.actions.place import hold_tree
from community.duties import PLACE_KINDS, Duty
from community.models import Post
from community.models.place import PlaceKind
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from grids.actions.charge import charges_pass
from grids.actions.leaving import Successor, work_passed_on
from grids.models import HouseholdCharge

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def post_hand_over(
    *,
    post_id: int,
    successor: User,
    first_day: date,
    employment: str = "",
    actor: User | None,
    at: datetime,
) -> Post:
    """End a post in a grid the day before `first_day`, and give it with its households to somebody else, who
    does it full-time or part-time as `employment` says.

    Both posts and both charges stay in history; no day is without a holder, none has two. What the former
    holder had in hand goes along on the first day.

    Raises:
        NotAllowedError: `actor` does not manage posts there, or means themselves.
        InvalidInputError: it is no post in a grid or none of 一长两员, or the successor holds it already.
        ConflictError: the post is over, a deputy's, or begins later.
    """
    hold_tree()
    post = Post.objects.select_related("place", "user").locked().get(pk=post_id)
    if PlaceKind.GRID not in PLACE_KINDS[Duty(post.duty)]:
        raise InvalidInputError(_("只有网格里的任职可以在这里交接。"))
    if successor.pk == post.user_id:
        raise InvalidInputError(_("接任的人就是现在的人。"))
    if post.deputises_id is not None:
        raise ConflictError(_("代理任职不能交接，请交接原任职。"))
    if post.starts_on >= first_day:
        raise ConflictError(_("交接日要晚于原任职的起日。"))
    held = HouseholdCharge.objects.filter(post=post).exclude(ends_on__lt=first_day)
    households = list(held.values_list("household", flat=True))
    post_end(post_id=post.pk, last_day=first_day - timedelta(days=1), actor=actor, at=at)
    taken = post_give(
        user=successor,
        duty=post.duty,
        place=post.place,
        starts_on=first_day,
        employment=employment,
        actor=actor,
        at=at,
    )
    charges_pass(taken, households, first_day)
    if first_day <= timezone.localdate(at):
        work_passed_on(at=at, by=Successor(post.user, successor, post.place))
    record(
        event="post.handed_over",
        actor=actor,
        subject=taken,
        at=at,
        scope_path=post.place.path,
        fields=["user"],
    )
    return taken
