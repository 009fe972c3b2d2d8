"""The pages of whoever runs grids, and of whoever only looks after them."""

from __future__ import annotations

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.duties import Power
from community.permissions import powers_anywhere
from grids.selectors.team import team_of
from grids.selectors.watch import watched_by
from grids.selectors.watch_late import late_of
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.GRID_RUN)
def team(request: FieldRequest) -> HttpResponseBase:
    """Who is out, what is missed, what is due, whom to call and what to put into other hands."""
    shown = team_of(request.user, at=request.at, cursor=request.GET.get("cursor"))
    context = {"shown": shown, "page": shown.page, "at": request.at, "field_home": settings.FIELD_HOME}
    return render(request, "grids/team.html", context)


@require_safe
@field_page(Power.GRID_WATCH)
def watch(request: FieldRequest) -> HttpResponseBase:
    """Who is there, what is missed and how much is due, for those who press others and see nobody's files."""
    shown = watched_by(request.user, at=request.at, cursor=request.GET.get("cursor"))
    context = {
        "shown": shown,
        "page": shown.page,
        "at": request.at,
        "handles": Power.PETITION_HANDLE in powers_anywhere(request.user, request.at),
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/watch.html", context)


@require_safe
@field_page(Power.GRID_WATCH)
def watch_late(request: FieldRequest) -> HttpResponseBase:
    """What is late or has climbed, without names and words; `?need=` or `?errand=` is what one was told."""
    asked = {name: request.GET.get(name, "") for name in ("grid", "need", "errand")}
    return render(request, "grids/watch_late.html", {"late": late_of(request.user, at=request.at, **asked)})
