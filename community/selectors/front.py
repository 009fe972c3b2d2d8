"""What a community's front door shows: boards, dated figures, places of service (C-26)."""

from __future__ import annotations

from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from community.models import Community, CommunityFact, PortalBoard, ServicePlace
from core.prepared import PreparedModel


def communities_shown() -> list[Community]:
    """Active communities with place and brand, by name; one statement."""
    return list(
        Community.objects.active()
        .filter(profile__isnull=False)
        .select_related("place", "profile")
        .order_by("name")
    )


def _newest_facts(community_id: int) -> QuerySet[CommunityFact]:
    newest = CommunityFact.objects.filter(community_id=community_id, code=OuterRef("code")).order_by("-as_of")
    rows = CommunityFact.objects.filter(community_id=community_id, pk=Subquery(newest.values("pk")[:1]))
    return rows.order_by("order", "pk")


_BOARDS: Final = PreparedModel(
    lambda community: PortalBoard.objects.filter(community=community, is_active=True)[:9], community=-1
)
_FACTS: Final = PreparedModel(lambda community: _newest_facts(community).filter(beside=""), community=-1)


def boards_of(community: Community) -> list[PortalBoard]:
    """The home page's boards in their order, at most nine."""
    return _BOARDS.all(community=community.pk)


def facts_of(community: Community) -> list[CommunityFact]:
    """The newest figure of each kind of the community's profile, in their order; one statement."""
    return _FACTS.all(community=community.pk)


def facts_beside(community_id: int) -> list[CommunityFact]:
    """The newest published figures that stand beside counts of the records, in their order; one statement."""
    return list(_newest_facts(community_id).exclude(beside=""))


def service_places_of(community: Community) -> list[ServicePlace]:
    return list(ServicePlace.objects.filter(community=community, is_active=True).order_by("kind", "pk"))
