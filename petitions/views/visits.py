"""The week's visits of the mediation teams."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.selectors.accounts import own_community
from petitions.selectors.visits import week_plan
from petitions.views.handling import HandlingRequest, handling_page


@require_safe
@handling_page
def visits(request: HandlingRequest) -> HttpResponse:
    """Who goes where on which day, and which mediations have no visit yet."""
    community = own_community(request.user, at=request.at)
    if community is not None:
        request.community = community
    plan = week_plan(request.user, at=request.at)
    return render(request, "petitions/visits.html", {"plan": plan})
