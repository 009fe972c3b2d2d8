"""包户: households are put into a worker's hands, and go on to the next one's (G-17)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from community import permissions
from community.actions.place import hold_tree
from community.duties import IN_THE_FIELD, Power
from community.models import Household, Place, Post
from community.permissions import Scope
from core.audit import record
from core.errors import ConflictError, InvalidInputError
from core.language import gettext as _
from grids.models import Grid, HouseholdCharge
from grids.selectors.homes import households_in

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def households_charge(
    *,
    post_id: int,
    places: Iterable[Place] = (),
    households: Collection[int] = (),
    starts_on: date,
    actor: User | None,
    at: datetime,
) -> int:
    """Put households, or all behind the doors of these buildings and entrances, into somebody's hands.

    Whoever had one before keeps it up to the day before; how many changed hands.

    Raises:
        NotAllowedError: `actor` neither runs the grid nor answers for its area.
        InvalidInputError: a household is not of the post's grid, or none is named.
        ConflictError: the post is over, or none of a worker.
    """
    hold_tree()
    post = Post.objects.select_related("place").locked().get(pk=post_id)
    trace = permissions.authorise(actor, Power.HOUSEHOLD_CHARGE, Scope(post.place.path), at=at)
    if post.duty not in IN_THE_FIELD:
        raise ConflictError(_("只有网格员和辅助网格员可以包户。"))
    if post.ends_on is not None and post.ends_on < starts_on:
        raise ConflictError(_("这一任职到那天已经结束。"))
    grid = Grid.objects.select_related("community__place").get(pk=post.place_id)
    own = set(households_in(grid.pk, grid.community.place.path))
    wanted = set(households)
    for place in places:
        wanted |= own & set(households_below(place))
    if not wanted:
        raise InvalidInputError(_("没有选到这个网格的住户。"))
    if not wanted <= own:
        raise InvalidInputError(_("有住户不属于这个网格。"))
    moved = charges_pass(post, wanted, starts_on)
    record(
        event="household.charged",
        actor=actor,
        subject=post,
        at=at,
        scope_path=post.place.path,
        post=trace,
        fields=["households"],
    )
    return moved


def households_below(place: Place) -> list[int]:
    """The households behind the doors of a place."""
    rows = Household.objects.filter(place__path__startswith=place.path, is_active=True)
    return list(rows.values_list("pk", flat=True))


def charges_pass(post: Post, household_ids: Collection[int], starts_on: date) -> int:
    """From a day on these households are in the hands of a post; in the caller's transaction."""
    begins = max(starts_on, post.starts_on)
    locked = Household.objects.filter(pk__in=household_ids).order_by("pk").select_for_update()
    ids = [household.pk for household in locked]
    held = HouseholdCharge.objects.filter(household__in=ids).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=begins)
    )
    stay = set(
        held.filter(post=post, starts_on__lte=begins, ends_on=None).values_list("household", flat=True)
    )
    others = held.exclude(household__in=stay)
    others.filter(starts_on__gte=begins).delete()
    others.filter(starts_on__lt=begins).update(ends_on=begins - timedelta(days=1))
    made = HouseholdCharge.objects.bulk_create(
        HouseholdCharge(household_id=pk, post=post, starts_on=begins) for pk in ids if pk not in stay
    )
    return len(made)
