"""Who answers for a household, and the households in somebody's hands (G-17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count

from community.duties import Duty
from community.models import Household, Post
from grids.models import Grid, HouseholdCharge
from grids.selectors.buildings import grid_of

if TYPE_CHECKING:
    from core.models import User


@dataclass(frozen=True, slots=True)
class Responsible:
    """The people who answer for one door: its grid, 包户, 网格长 and 包片."""

    grid: Grid | None
    household_worker: User | None
    worker: User | None
    leader: User | None
    officer: User | None


def charge_of(household: Household, day: date) -> HouseholdCharge | None:
    """In whose hands a household is on a day; one statement."""
    held = HouseholdCharge.objects.held_on(day).filter(household=household)
    return held.select_related("post__user").first()


def households_of(user: User, day: date) -> list[Household]:
    """The households in somebody's hands on a day, with their places; one statement."""
    charges = HouseholdCharge.objects.held_on(day).filter(post__user=user)
    rows = charges.select_related("household__place__parent__parent").order_by("household__place__path", "pk")
    return [charge.household for charge in rows if charge.household.is_active]


def charges_of(grid: Grid, day: date) -> list[tuple[str, int]]:
    """How many households are in whose hands through posts at a grid; one statement."""
    held = HouseholdCharge.objects.held_on(day).filter(post__place=grid.pk, household__is_active=True)
    rows = held.order_by("post__user__display_name").values_list("post__user__display_name")
    return [(name, count) for name, count in rows.annotate(Count("pk"))]


def responsible_for(household: Household, day: date) -> Responsible:
    """Everybody who answers for a door; three statements."""
    grid, charge = grid_of(household.place), charge_of(household, day)
    posts = _posts_of(grid, day) if grid else ()
    by_duty = {post.duty: post.user for post in posts}
    return Responsible(
        grid=grid,
        household_worker=charge.post.user if charge else None,
        worker=by_duty.get(Duty.GRID_WORKER),
        leader=by_duty.get(Duty.GRID_LEADER),
        officer=by_duty.get(Duty.AREA_OFFICER),
    )


def _posts_of(grid: Grid, day: date) -> Sequence[Post]:
    return list(Post.objects.held_on(day).primary().filter(place=grid.pk).select_related("user"))
