"""议事角: the corners where people sit down, and how many estates have one (P-27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from community.duties import Power
from community.models import Community, Place, TalkPoint
from community.models.place import PlaceKind, TalkPointKind
from community.permissions import HeldPost, held_posts
from community.querysets import below
from core.models import User
from grids.models import GridBuilding


@dataclass(frozen=True, slots=True)
class Corners:
    """How many of a community's estates have a corner."""

    estates: int
    with_corner: int

    @property
    def percent(self) -> int:
        return round(100 * self.with_corner / self.estates) if self.estates else 0


def corners_of(community: Community) -> Corners:
    """21 of 30 estates, counted from the places themselves; two statements."""
    estates = Place.objects.active().under(community.place.path).filter(kind=PlaceKind.ESTATE)
    paths = list(estates.values_list("path", flat=True))
    points = TalkPoint.objects.filter(community=community, kind=TalkPointKind.CORNER, is_active=True)
    spots = list(points.values_list("place__path", flat=True))
    return Corners(len(paths), sum(any(spot.startswith(path) for spot in spots) for path in paths))


def corners_in_reach(user: User, *, at: datetime) -> list[TalkPoint]:
    """The corners at which this person may save a session; two statements."""
    posts = [post for post in held_posts(user, at=at) if Power.PETITION_ENTER in post.powers]
    paths = [post.place_path for post in posts if post.place_kind != PlaceKind.GRID]
    grids = [post.place_id for post in posts if post.place_kind == PlaceKind.GRID]
    of_grid = list(GridBuilding.objects.filter(grid__in=grids).values_list("place_id", "place__parent_id"))
    ids = {pk for pair in of_grid for pk in pair if pk}
    points = TalkPoint.objects.filter(
        Q(place_id__in=ids) | below(paths, "place__path"), kind=TalkPointKind.CORNER, is_active=True
    )
    return list(points.select_related("community__place", "place__parent").order_by("community", "name"))


def post_at_corner(user: User, corner: TalkPoint, *, at: datetime) -> HeldPost | None:
    """The post that lets somebody enter matters at a corner: above it, or at a grid of its estate."""
    entering = [post for post in held_posts(user, at=at) if Power.PETITION_ENTER in post.powers]
    above = next((post for post in entering if corner.place.path.startswith(post.place_path)), None)
    return above or next((post for post in entering if own_buildings(post, corner).exists()), None)


def own_buildings(post: HeldPost, corner: TalkPoint) -> QuerySet[GridBuilding]:
    """The buildings of a grid's post in the estate of a corner."""
    estate = estate_of(corner.place) or corner.place
    return GridBuilding.objects.filter(grid=post.place_id, place__path__startswith=estate.path)


def estate_of(place: Place) -> Place | None:
    """The estate a place lies in; None for one of the community itself."""
    node: Place | None = place
    while node is not None and node.kind != PlaceKind.ESTATE:
        node = node.parent
    return node
