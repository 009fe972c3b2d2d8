"""The directory of estates: company, building heads, and what each consists of (C-03)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Q, QuerySet

from community.duties import Duty
from community.models import Community, Place, Post
from community.models.place import BuildingKind, PlaceKind
from core.prepared import BELOW, DAY, Prepared, PreparedModel, below_of, path_of


@dataclass(frozen=True, slots=True)
class EstateCard:
    """One estate of the directory. `heads` are building heads; figures are counted, not stored."""

    place: Place
    company: str
    heads: tuple[str, ...]
    blocks: int
    villas: int
    entrances: int
    households: int

    @property
    def has_no_company(self) -> bool:
        return not self.company

    @property
    def has_no_contact(self) -> bool:
        """Neither a property company nor a building head (C-03)."""
        return not self.company and not self.heads


_ESTATES: Final = PreparedModel(lambda below: _estates(path_of(below)), below=BELOW)
_ESTATE: Final = PreparedModel(lambda pk, below: _estates(path_of(below)).filter(pk=pk), pk=-1, below=BELOW)
_PARTS: Final = Prepared(
    lambda below: (
        Place.objects.under(path_of(below))
        .active()
        .filter(kind__in=(PlaceKind.BUILDING, PlaceKind.ENTRANCE))
        .values("path", "kind", "building_kind")
        .annotate(doors=Count("households", filter=Q(households__is_active=True)))
        .values_list("path", "kind", "building_kind", "doors")
    ),
    below=BELOW,
)
_HEADS: Final = PreparedModel(
    lambda below, on: (
        Post.objects.held_on(on)
        .named()
        .filter(duty=Duty.BUILDING_HEAD, user__is_active=True, place__path__startswith=path_of(below))
        .select_related("user", "place")
        .order_by("place__order", "pk")
    ),
    below=BELOW,
    on=DAY,
)


def estates_of(community: Community, on: date) -> list[EstateCard]:
    """The community's estates with company, building heads and what they consist of; three statements."""
    path = community.place.path
    return _cards(_ESTATES.all(below=below_of(path)), path, on)


def estate_of(community: Community, pk: int, on: date) -> EstateCard | None:
    """One of them; three statements."""
    estates = _ESTATE.all(pk=pk, below=below_of(community.place.path))
    return next((card for estate in estates for card in _cards([estate], estate.path, on)), None)


def _estates(path: str) -> QuerySet[Place]:
    estates = Place.objects.under(path).active().filter(kind=PlaceKind.ESTATE)
    return estates.select_related("estate__property_company").order_by("order", "pk")


def _cards(estates: Sequence[Place], path: str, on: date) -> list[EstateCard]:
    """A card for each of these estates, which all lie at or below `path`."""
    ids = {estate.pk for estate in estates}
    counted = _counts_by_estate(path, ids)
    heads: dict[int, list[str]] = {}
    for post in _HEADS.all(below=below_of(path), on=on):
        home = next((pk for pk in (*post.place.ancestor_ids, post.place_id) if pk in ids), None)
        if home is not None:
            heads.setdefault(home, []).append(str(post.user))
    return [_card(estate, counted.get(estate.pk, {}), heads.get(estate.pk, [])) for estate in estates]


def _counts_by_estate(path: str, estates: Collection[int]) -> dict[int, dict[str, int]]:
    """Blocks, villas, entrances and households below `path` by estate id; one statement."""
    found: dict[int, dict[str, int]] = {}
    for below, kind, building_kind, doors in _PARTS.rows(below=below_of(path)):
        above = (int(part) for part in below.split("/") if part)
        estate = next((pk for pk in above if pk in estates), None)
        if estate is None:
            continue
        figures = found.setdefault(estate, {"blocks": 0, "villas": 0, "entrances": 0, "households": 0})
        figures["households"] += doors
        if kind == PlaceKind.ENTRANCE:
            figures["entrances"] += 1
        else:
            figures["villas" if building_kind == BuildingKind.VILLA else "blocks"] += 1
    return found


def _card(place: Place, figures: dict[str, int], heads: list[str]) -> EstateCard:
    details = getattr(place, "estate", None)
    company = details.property_company if details else None
    return EstateCard(
        place=place,
        company=company.name if company else "",
        heads=tuple(dict.fromkeys(heads)),
        blocks=figures.get("blocks", 0),
        villas=figures.get("villas", 0),
        entrances=figures.get("entrances", 0),
        households=figures.get("households", 0),
    )
