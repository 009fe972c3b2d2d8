"""The page of whoever runs grids."""

from __future__ import annotations

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.duties import Power
from grids.selectors.team import team_of
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.GRID_RUN)
def team(request: FieldRequest) -> HttpResponseBase:
    """Who is out, what is missed, what is due, whom to call and what to put into other hands."""
    shown = team_of(request.user, at=request.at, cursor=request.GET.get("cursor"))
    context = {"shown": shown, "page": shown.page, "at": request.at, "field_home": settings.FIELD_HOME}
    return render(request, "grids/team.html", context)
