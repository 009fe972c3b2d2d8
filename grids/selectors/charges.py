"""Who answers for a household, and the households in somebody's hands (G-17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from community.duties import IN_THE_FIELD, Duty, Power
from community.models import Household, Post
from community.permissions import paths_with
from community.querysets import below
from core import paging
from core.errors import NotFoundError
from core.registries import Tile
from grids.models import Grid, HouseholdCharge
from grids.selectors.buildings import grid_of
from grids.selectors.doors import GRIDS, doors_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.models import User

PAGE: Final = 30
DOOR: Final = "place__parent__parent"


@dataclass(frozen=True, slots=True)
class Responsible:
    """The people who answer for one door: its grid, 包户, 网格长 and 包片."""

    grid: Grid | None
    household_worker: User | None
    worker: User | None
    leader: User | None
    officer: User | None

    @property
    def people(self) -> list[tuple[str, User | None]]:
        """What each is to the household, and who: somebody of two duties once, none where vacant."""
        near: list[tuple[str, User | None]] = [(_("网格员"), self.worker)]
        if self.household_worker is not None and self.household_worker == self.worker:
            near = [(_("包户网格员"), self.worker)]
        elif self.household_worker is not None:
            near = [(_("包户的人"), self.household_worker), *near]
        return [*near, (_("网格长"), self.leader), (_("包片干部"), self.officer)]


def charge_of(household: Household, day: date) -> HouseholdCharge | None:
    """In whose hands a household is on a day; one statement."""
    held = HouseholdCharge.objects.held_on(day).filter(household=household, post__in=Post.objects.named())
    return held.select_related("post__user").first()


def households_of(user: User, day: date, cursor: str | None = None) -> paging.Page[Household]:
    """A page of the doors in somebody's hands on a day, with their places; one statement."""
    charges = HouseholdCharge.objects.held_on(day).filter(post__user=user)
    rows = Household.objects.filter(is_active=True, pk__in=charges.values("household"))
    return paging.keyset(rows.select_related(DOOR), order=("pk",), cursor=cursor, size=PAGE)


def orphans_of(grid: Grid, day: date, cursor: str | None = None) -> paging.Page[Household]:
    """A page of the doors of a grid that are in nobody's hands on a day, with their places; one statement."""
    charged = HouseholdCharge.objects.held_on(day).filter(household=OuterRef("pk"))
    rows = Household.objects.filter(~Exists(charged), is_active=True, pk__in=doors_of([grid.pk]))
    return paging.keyset(rows.select_related(DOOR), order=("pk",), cursor=cursor, size=PAGE)


def watched_grid(user: User, chosen: str, *, at: datetime) -> tuple[Grid | None, Sequence[Grid]]:
    """The grid that was chosen, else the first, of those that somebody looks after, and all of them.

    Raises:
        NotFoundError: the chosen one is none of theirs.
    """
    within = below(paths_with(user, Power.GRID_WATCH, at=at), "place__path")
    rows = Grid.objects.active().filter(within).select_related("place", "community__place").order_by("pk")
    known = list(rows[:GRIDS])
    found = next((grid for grid in known if not chosen or str(grid.pk) == chosen), None)
    if chosen and found is None:
        raise NotFoundError(_("您的任职范围里没有这个网格。"))
    return found, known


def chargeable(grid: Grid, day: date) -> list[Post]:
    """Into whose hands a door of a grid can be given on a day: its worker first; one statement."""
    posts = Post.objects.held_on(day).filter(place=grid.pk, duty__in=IN_THE_FIELD, user__is_active=True)
    return list(posts.select_related("user").order_by("-duty", "pk"))


def charges_of(grid: Grid, day: date) -> list[tuple[str, int]]:
    """How many households are in whose hands through posts at a grid; one statement."""
    held = HouseholdCharge.objects.held_on(day).filter(post__place=grid.pk, household__is_active=True)
    rows = held.order_by("post__user__display_name").values_list("post__user__display_name")
    return [(name, count) for name, count in rows.annotate(Count("pk"))]


def responsible_for(household: Household, day: date) -> Responsible:
    """Everybody who answers for a door, whoever deputises before the deputised; three statements."""
    charge = charge_of(household, day)
    return answering_at(grid_of(household.place), day, charge.post.user if charge else None)


def answering_at(grid: Grid | None, day: date, household_worker: User | None = None) -> Responsible:
    """Everybody who answers for a grid, whoever deputises before the deputised; one statement."""
    posts = _posts_of(grid, day) if grid else ()
    by_duty = {post.duty: post.user for post in reversed(posts)}
    return Responsible(
        grid=grid,
        household_worker=household_worker,
        worker=by_duty.get(Duty.GRID_WORKER),
        leader=by_duty.get(Duty.GRID_LEADER),
        officer=by_duty.get(Duty.AREA_OFFICER),
    )


def tile_where(_request: HttpRequest) -> Tile:
    """On the page 我的: which grid one stands in, by the phone's position."""
    return Tile(
        title=_("我在哪个网格"),
        text=_("按手机位置找网格和网格员"),
        url=reverse("grids:where"),
        icon="map-pin",
    )


def tile_responsible(_request: HttpRequest) -> Tile:
    """On the page 我的: who answers for one's door."""
    return Tile(
        title=_("我的责任人"),
        text=_("网格员、网格长是谁，怎么找"),
        url=reverse("grids:responsible"),
        icon="contact-round",
    )


def _posts_of(grid: Grid, day: date) -> Sequence[Post]:
    held = Post.objects.held_on(day).named().filter(place=grid.pk, user__is_active=True)
    return list(held.select_related("user").order_by("deputises_id", "pk"))  # NULL, no deputy, sorts last
