"""What lies before me today."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.registries import today_tiles
from petitions.selectors.today import own_community, today_of
from petitions.views.handling import HandlingRequest, handling_page


@require_safe
@handling_page
def today(request: HandlingRequest) -> HttpResponse:
    """The lists of the day by due time, then what other apps contribute."""
    community = own_community(request.user, at=request.at)
    if community is not None:
        request.community = community
    context = {
        "today": today_of(request.user, at=request.at),
        "tiles": [tile for source in today_tiles if (tile := source(request))],
        "at": request.at,
    }
    return render(request, "petitions/today.html", context)
