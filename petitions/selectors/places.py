"""Where a matter may be, and how a place is named to strangers: no finer than the building."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

from community.models import Community, Place, TalkPoint
from community.models.place import PlaceKind, TalkPointKind
from core.prepared import PreparedModel


def public_place(place: Place) -> str:
    """Estate and building, such as 翠微小区 3号楼; an entrance is named by its building."""
    shown: Place = place
    if shown.kind == PlaceKind.ENTRANCE and shown.parent is not None:
        shown = shown.parent
    if (
        shown.kind == PlaceKind.BUILDING
        and shown.parent is not None
        and shown.parent.kind == PlaceKind.ESTATE
    ):
        return f"{shown.parent.name} {shown.name}"
    return shown.name


OFFERED = (PlaceKind.ESTATE, PlaceKind.BUILDING)
_ACTIVE: Final = PreparedModel(
    lambda pk: Place.objects.active().select_related("parent").filter(pk=pk).order_by(), pk=-1
)
_ANY: Final = PreparedModel(lambda pk: Place.objects.filter(pk=pk).order_by(), pk=-1)
Option = tuple[str, str] | tuple[str, list[tuple[str, str]]]


def options(community: Community, point: TalkPoint | None = None) -> list[Option]:
    """Where a matter may be, for a select: each estate with its buildings, then the rest; one statement."""
    rows = Place.objects.under(community.place.path).active().filter(kind__in=OFFERED)
    found = sorted(rows.order_by("order", "pk"), key=lambda place: (place.order, _natural(place.name)))
    estates = {place.pk: place for place in found if place.kind == PlaceKind.ESTATE}
    groups: dict[int, list[tuple[str, str]]] = {
        pk: [(str(pk), _("%s 公共区域") % estate.name)] for pk, estate in estates.items()
    }
    rest = [(str(community.pk), _("其他地方"))]
    for place in found:
        if place.kind == PlaceKind.BUILDING:
            estate = estates.get(place.parent_id or 0)
            name = f"{estate.name} {place.name}" if estate else place.name
            groups.get(place.parent_id or 0, rest).append((str(place.pk), name))
    first: list[Option] = [("", _("请选择小区和楼栋"))]
    if point is not None and point.place.kind not in OFFERED and point.place_id != community.pk:
        first.append((str(point.place_id), f"{public_place(point.place)} {point.place.name}"))
    return [*first, *((estates[pk].name, group) for pk, group in groups.items()), (_("其他"), rest)]


def offered(community: Community, pk: str, point: TalkPoint | None = None) -> Place | None:
    """The active place with this key that the form of this community offers; one statement."""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    place = _ACTIVE.first(pk=int(pk))
    if place is None or not place.path.startswith(community.place.path):
        return None
    known = {community.pk, point.place_id if point else None}
    return place if place.kind in OFFERED or place.pk in known else None


def place_of(pk: int) -> Place | None:
    """The place with this key, whether it is active or not; one statement."""
    return _ANY.first(pk=pk)


def point_of(community: Community, token: str) -> TalkPoint | None:
    """The spot whose printed code carries this token; None for a forged, renewed or foreign one."""
    points = TalkPoint.objects.select_related("place__parent")
    return points.filter(community=community, token=token, is_active=True).first()


def _natural(name: str) -> list[tuple[int, str]]:
    """2号楼 before 10号楼."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"([0-9]+)", name)]


def points_of(community: Community, keys: list[str]) -> list[TalkPoint]:
    """The active spots with a code, or those of them with these keys; buildings last; one statement."""
    points = TalkPoint.objects.filter(community=community, is_active=True).select_related("place__parent")
    if keys:
        points = points.filter(pk__in=[int(key) for key in keys if key.isascii() and key.isdigit()][:1000])
    return sorted(points, key=lambda point: (point.kind == TalkPointKind.BUILDING, _natural(point.name)))
