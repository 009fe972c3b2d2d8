"""What the service guide shows: the most used items first, then all of them by family (C-10, C-27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, FilteredRelation, IntegerField, Q
from django.db.models.functions import Coalesce

from community.models import Community, ServiceFamily, ServiceItem

MOST_USED: Final = 15


@dataclass(frozen=True, slots=True)
class Family:
    """One family of the catalogue with its items by title."""

    label: str
    items: Sequence[ServiceItem]


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide of a community: what most people come for, and the whole catalogue."""

    most_used: Sequence[ServiceItem]
    families: Sequence[Family]
    total: int


def guide_of(community: Community) -> Guide:
    """Every item that is shown, ordered by use and by family; one statement."""
    items = _items(community)
    families = [
        Family(str(family.label), [item for item in by_title(items) if item.family == family])
        for family in ServiceFamily
    ]
    return Guide(items[:MOST_USED], [family for family in families if family.items], len(items))


def guide_search(community: Community, words: str) -> list[ServiceItem]:
    """The items that speak of every one of these words, by use; one statement."""
    wanted = words.lower().split()
    return [item for item in _items(community) if all(word in _text(item) for word in wanted)]


def by_title(items: Sequence[ServiceItem]) -> list[ServiceItem]:
    return sorted(items, key=lambda item: (item.title, item.pk))


def _items(community: Community) -> list[ServiceItem]:
    own_use = FilteredRelation("uses", condition=Q(uses__community=community))
    return list(
        ServiceItem.objects.active()
        .offered_in(community)
        .annotate(own_use=own_use)
        .annotate(used=Coalesce(F("own_use__hits"), 0, output_field=IntegerField()))
        .order_by("-used", "title", "pk")
    )


def _text(item: ServiceItem) -> str:
    family = str(item.get_family_display())
    return " ".join((item.title, family, item.where, *item.documents, *item.steps)).lower()
