"""A community's front door: home, about, the estates, and the chooser between communities (C-01, C-26)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from community.models import Community
from community.registries import estate_panels, home_panels
from community.selectors import front
from community.selectors.estates import estate_of, estates_of
from community.web import CommunityRequest, brand_style, community_page
from core.registries import home_tiles

STYLE_AGE = 365 * 24 * 3600


@require_safe
def chooser(request: HttpRequest) -> HttpResponse:
    """Every active community; with only one, straight to its home."""
    communities = front.communities_shown()
    if len(communities) == 1:
        return redirect("community:home", slug=communities[0].slug)
    return render(request, "community/chooser.html", {"communities": communities})


@require_safe
@community_page
def home(request: CommunityRequest) -> HttpResponse:
    """The nine boards, what upper apps contribute, and the newest dated figures.

    What is read is lazy: the cached part of the page asks for it only when it is stale.
    """
    context = {
        "boards": SimpleLazyObject(lambda: front.boards_of(request.community)),
        "tiles": SimpleLazyObject(lambda: [tile for source in home_tiles if (tile := source(request))]),
        "panels": SimpleLazyObject(lambda: [panel for source in home_panels if (panel := source(request))]),
        "facts": SimpleLazyObject(lambda: front.facts_of(request.community)),
    }
    return render(request, "community/home.html", context)


@require_safe
@community_page
def about(request: CommunityRequest) -> HttpResponse:
    """Who the community is: figures with their dates and sources, hours, and places of service."""
    context = {
        "facts": front.facts_of(request.community),
        "service_places": front.service_places_of(request.community),
    }
    return render(request, "community/about.html", context)


@require_safe
@community_page
def estates(request: CommunityRequest) -> HttpResponse:
    """The directory of estates: company, building heads, and who has neither (C-03)."""
    cards = estates_of(request.community, timezone.localdate())
    return render(request, "community/estates.html", {"estates": cards})


@require_safe
@community_page
def estate(request: CommunityRequest, estate_id: int) -> HttpResponse:
    """One estate: who looks after it, and what upper apps know of it, such as what was built (P-30)."""
    card = estate_of(request.community, estate_id, timezone.localdate())
    if card is None:
        raise Http404
    panels = [panel for source in estate_panels if (panel := source(request, card.place))]
    return render(request, "community/estate.html", {"estate": card, "panels": panels})


@require_safe
@cache_control(public=True, max_age=STYLE_AGE, immutable=True)
def brand_css(_request: HttpRequest, slug: str) -> HttpResponse:
    """The brand's colours as CSS custom properties; the address changes with the profile's version."""
    known = Community.objects.active().select_related("profile")
    community = get_object_or_404(known, slug=slug, profile__isnull=False)
    return HttpResponse(brand_style(community.profile.accent), content_type="text/css; charset=utf-8")
