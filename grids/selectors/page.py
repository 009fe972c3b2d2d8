"""Everything that stands on a grid's page at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from community.duties import PLACE_KINDS
from community.models import Post
from community.models.place import PlaceKind
from core.charts import Columns
from grids import shapes
from grids.models import DutyItem, Grid, GridBoundary
from grids.selectors.charges import charges_of
from grids.selectors.homes import uncharged_by_grid
from grids.selectors.maps import Map, map_of
from grids.selectors.patrol_days import Count, chart_of, days_of_grid
from grids.selectors.setup import WANTED, SetupStep, missing_steps


@dataclass(frozen=True, slots=True)
class GridPage:
    """One grid with its people, now and before, its ground and its duties."""

    steps: Sequence[tuple[str, bool, str]]
    """Each step of 四定: its words, whether it is taken, and what it asks for otherwise."""
    posts: Sequence[Post]
    former: Sequence[Post]
    duties: Sequence[str]
    boundary: GridBoundary | None
    drawing: shapes.Drawing | None
    map: Map | None
    children: Sequence[Grid]
    charges: Sequence[tuple[str, int]]
    """Who has how many households (包户)."""
    uncharged: int
    by_day: Sequence[tuple[date, Count]]
    """Seven days of patrols; empty for a grid that nobody walks."""

    @property
    def chart(self) -> Columns:
        return chart_of(*zip(*self.by_day, strict=True))

    @property
    def hectares(self) -> str:
        return f"{self.boundary.square_metres / 10_000:.1f}" if self.boundary else ""


def page_of(grid: Grid, *, at: datetime) -> GridPage:
    """The page of a grid, in nine statements."""
    day = timezone.localdate(at)
    missing = missing_steps(grid, day)
    posts = list(
        Post.objects.filter(place=grid.pk, duty__in=GRID_DUTIES)
        .select_related("user", "deputises__user")
        .order_by("-starts_on", "pk")[:60]
    )
    days = days_of_grid(grid, at=at)
    boundary = GridBoundary.objects.filter(grid=grid).first()
    current = [post for post in posts if post.ends_on is None or post.ends_on >= day]
    return GridPage(
        steps=[(str(step.label), step not in missing, str(WANTED.get(step, ""))) for step in SetupStep],
        posts=sorted(current, key=lambda post: GRID_DUTIES.index(post.duty)),
        former=[post for post in posts if post not in current],
        duties=list(DutyItem.objects.filter(duty_list=grid.duty_list_id).values_list("title", flat=True)),
        boundary=boundary,
        drawing=shapes.drawing_of(boundary.shape) if boundary else None,
        map=map_of(boundary.shape, grid.checkpoints.active()) if boundary and settings.TILE_URL else None,
        children=list(Grid.objects.filter(parent=grid).order_by("pk")),
        charges=charges_of(grid, day),
        uncharged=uncharged_by_grid(grid.community.place.path, day).get(grid.pk, 0) if grid.is_active else 0,
        by_day=list(zip(*days, strict=True)) if any(one.due for one in days[1]) else [],
    )


GRID_DUTIES: list[str] = [duty.value for duty, kinds in PLACE_KINDS.items() if PlaceKind.GRID.value in kinds]
