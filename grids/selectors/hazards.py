"""Hazards as somebody in post sees them: those of their grids, and those that they have to put right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from community.duties import POWERS, Duty, Power
from community.models import Community, Place, Post
from community.models.place import PlaceKind
from community.permissions import held_posts, paths_with, powers_anywhere
from community.querysets import around, below, place_ids
from core.errors import NotFoundError
from core.models import User
from core.registries import Asking, AskingTile, Tile
from grids.models import Grid, GridBuilding, Hazard, HazardPhoto, HazardState, HazardType
from grids.selectors.kept import by_community

SHOWN: Final = 60
KEPT: Final = 20
CONTEXT: Final = ("place__parent__parent", "scope", "type", "responsible", "responsible_body", "found_by")
OFFERED: Final = (PlaceKind.ESTATE, PlaceKind.BUILDING)
HANDLERS: Final = tuple(duty for duty in Duty if Power.PETITION_HANDLE in POWERS[duty])


def hazards_of(user: User, *, at: datetime) -> QuerySet[Hazard]:
    """Every hazard that this person may see."""
    paths = paths_with(user, Power.PETITION_READ, at=at)
    return Hazard.objects.visible_under(paths, user).select_related(*CONTEXT)


def hazards_due(user: User, *, at: datetime) -> Sequence[Hazard]:
    """What is not safe yet, what is due first on top, sixty at most; one statement."""
    return list(hazards_of(user, at=at).unsafe().order_by("rectify_by", "pk")[:SHOWN])  # type: ignore[attr-defined]


def hazard_of(user: User, pk: int, *, at: datetime) -> Hazard:
    """One hazard with its history and photos.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    rows = hazards_of(user, at=at).select_related(
        *CONTEXT, "violation__campaign", "violation__bike__household"
    )
    found = rows.prefetch_related("events__by", "photos").filter(pk=pk).first()
    if found is None:
        raise NotFoundError(_("没有找到这处隐患。"))
    return found


def hazard_photo_of(user: User, pk: int, photo: int, *, at: datetime) -> HazardPhoto:
    """One photo of a hazard that this person may see.

    Raises:
        NotFoundError: none, or none of theirs.
    """
    rows = HazardPhoto.objects.select_related("image").filter(
        hazard__in=hazards_of(user, at=at).filter(pk=pk)
    )
    found = rows.filter(pk=photo).first()
    if found is None:
        raise NotFoundError(_("没有找到这张照片。"))
    return found


def _unsafe(who: Asking) -> QuerySet[Hazard, Any] | None:
    at = who.at
    if Power.PETITION_HANDLE not in powers_anywhere(who.user, at):
        return None
    paths = paths_with(who.user, Power.PETITION_READ, at=at)
    rows = Hazard.objects.visible_under(paths, who.user).unsafe().order_by()
    return rows.values("rectify_by")[:SHOWN]


def _unsafe_tile(rows: Sequence[Mapping[str, Any]]) -> Tile | None:
    today = timezone.localdate().isoformat()
    late = sum(row["rectify_by"] < today for row in rows)
    return Tile(
        _("隐患台账"),
        reverse("grids:hazards"),
        text=_("超期 %d 处") % late if late else "",
        count=len(rows),
        icon="shield-alert",
        code="hazard",
    )


TILE_HAZARDS: Final = AskingTile(_unsafe, _unsafe_tile)
"""On a worker's day: how many hazards are not safe yet; with none it is still the way to the ledger."""


def pages_kept(request: HttpRequest) -> Sequence[str]:
    """What a worker opens without signal: the list, the form, the nearest hazards with their steps."""
    at = timezone.now()
    if Power.PETITION_ENTER not in powers_anywhere(request.user, at):
        return []
    assert isinstance(request.user, User)
    rows = hazards_of(request.user, at=at).order_by(F("rectify_by").asc(nulls_last=True), "pk")
    found = rows.filter(closed_at=None).select_related(None).values_list("pk", "state")[:KEPT]
    own = [
        page
        for pk, state in found
        for page in (
            reverse("grids:hazard", args=[pk]),
            *([reverse("grids:hazard_step", args=[pk, "done"])] if state == HazardState.OPEN else []),
            reverse("grids:hazard_step", args=[pk, "recheck"]),
        )
    ]
    forms = by_community(reverse("grids:hazard_new"), communities_for(request.user, at=at))
    return [reverse("grids:hazards"), *forms, *own]


def communities_for(user: User, *, at: datetime) -> Sequence[Community]:
    """Where this person may enter hazards; one statement."""
    paths = paths_with(user, Power.PETITION_ENTER, at=at)
    rows = Community.objects.active().select_related("place")
    return list(rows.filter(around(paths, "place__path")).order_by("name"))


def places_for(user: User, community: Community, *, at: datetime) -> Sequence[Place]:
    """Estates and buildings of a community within this person's posts; of a grid what it holds."""
    paths = paths_with(user, Power.PETITION_ENTER, at=at)
    rows = Place.objects.active().filter(kind__in=OFFERED, path__startswith=community.place.path)
    if not any(community.place.path.startswith(path) for path in paths):
        grids = Grid.objects.filter(below(paths, "place__path"), community=community)
        held = list(GridBuilding.objects.filter(grid__in=grids).values_list("place__path", flat=True))
        rows = rows.filter(below(held) | Q(pk__in=place_ids(held), kind=PlaceKind.ESTATE))
    return list(rows.select_related("parent__parent").order_by("path"))


def types_for(community: Community) -> QuerySet[HazardType]:
    """The portal's types and the community's own."""
    return HazardType.objects.filter(Q(community=None) | Q(community=community), is_active=True)


def people_for(scope_path: str, *, at: datetime) -> Sequence[tuple[int, str]]:
    """Staff over a place who can answer for a hazard, the nearest first; one statement."""
    ids = [int(part) for part in scope_path.split("/") if part]
    posts = Post.objects.held_on(timezone.localdate(at)).filter(
        place_id__in=ids, duty__in=HANDLERS, user__is_active=True
    )
    found: dict[int, str] = {}
    for post in posts.select_related("user", "place").order_by("-place__depth", "pk"):
        found.setdefault(post.user_id, f"{post.user} · {post.place.name}{post.get_duty_display()}")
    return list(found.items())


def home_of(user: User, community: Community, *, at: datetime) -> str:
    """The path of the person's own grid in a community, else the community's."""
    posts = (post for post in held_posts(user, at=at) if post.place_kind == PlaceKind.GRID)
    own = (post.place_path for post in posts if post.place_path.startswith(community.place.path))
    return next(own, community.place.path)
