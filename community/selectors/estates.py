"""The directory of estates: company, building heads, and what each consists of (C-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from community.duties import Duty
from community.models import Community, Place, Post
from community.models.place import BuildingKind, PlaceKind
from community.querysets import below


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


def estates_of(community: Community, on: date) -> list[EstateCard]:
    """The community's estates with company, building heads and what they consist of; three statements."""
    path = community.place.path
    estates = list(
        Place.objects.under(path)
        .active()
        .filter(kind=PlaceKind.ESTATE)
        .select_related("estate__property_company")
        .order_by("order", "pk")
    )
    counted = _counts_by_estate(path)
    heads: dict[int, list[str]] = {}
    holders = (
        Post.objects.held_on(on)
        .named()
        .filter(duty=Duty.BUILDING_HEAD, user__is_active=True)
        .filter(below([path], "place__path"))
        .select_related("user", "place")
        .order_by("place__order", "pk")
    )
    ids = {estate.pk for estate in estates}
    for post in holders:
        home = next((pk for pk in (*post.place.ancestor_ids, post.place_id) if pk in ids), None)
        if home is not None:
            heads.setdefault(home, []).append(str(post.user))
    return [_card(estate, counted.get(estate.pk, {}), heads.get(estate.pk, [])) for estate in estates]


def _counts_by_estate(path: str) -> dict[int, dict[str, int]]:
    """Blocks, villas, entrances and households by estate id; one statement."""
    depth = len(path.strip("/").split("/"))
    rows = (
        Place.objects.under(path)
        .active()
        .filter(kind__in=(PlaceKind.BUILDING, PlaceKind.ENTRANCE))
        .values("path", "kind", "building_kind")
        .annotate(doors=Count("households", filter=Q(households__is_active=True)))
    )
    found: dict[int, dict[str, int]] = {}
    for row in rows:
        parts = row["path"].strip("/").split("/")
        figures = found.setdefault(
            int(parts[depth]), {"blocks": 0, "villas": 0, "entrances": 0, "households": 0}
        )
        figures["households"] += row["doors"]
        if row["kind"] == PlaceKind.ENTRANCE:
            figures["entrances"] += 1
        else:
            figures["villas" if row["building_kind"] == BuildingKind.VILLA else "blocks"] += 1
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
