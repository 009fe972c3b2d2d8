"""智能导办: what can be done here and what to bring, open to everybody (C-10, C-27)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from community.actions import service_item_opened
from community.guide import guide_of, guide_search
from community.models import ServiceItem
from community.registries import guide_actions
from community.web import CommunityRequest, community_page

WORDS_MAX = 40


@require_safe
@community_page
def guide(request: CommunityRequest) -> HttpResponse:
    """The most used items as tiles and all of them by family, or what was searched for."""
    words = request.GET.get("q", "").strip()[:WORDS_MAX]
    if words:
        context = {"words": words, "found": guide_search(request.community, words)}
        return render(request, "community/guide_search.html", context)
    return render(request, "community/guide.html", {"guide": guide_of(request.community)})


@require_safe
@community_page
def guide_item(request: CommunityRequest, item_id: int) -> HttpResponse:
    """One item on one page: documents, steps, place, time, cost; what upper apps offer to do about it."""
    offered = ServiceItem.objects.active().offered_in(request.community)
    item = get_object_or_404(offered, pk=item_id)
    if request.method == "GET":
        service_item_opened(item=item, community=request.community)
    panels = [panel for source in guide_actions if (panel := source(request, item))]
    return render(request, "community/guide_item.html", {"item": item, "panels": panels})
