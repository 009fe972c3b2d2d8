"""Who answers: for one's own door (我的责任人, G-17), and where one stands (我在哪个网格)."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.selectors.accounts import resident_of
from community.web import community_set
from core.models import User
from grids.forms.position import WhereForm
from grids.selectors.charges import answering_at, responsible_for
from grids.selectors.doors import community_at
from grids.selectors.position import grid_at


@never_cache
@login_required
@require_safe
def responsible(request: HttpRequest) -> HttpResponse:
    """The people of one's own door and nobody else's, each with a button to call."""
    resident = resident_of(cast("User", request.user))
    household = resident.household if resident and not resident.is_silent else None
    shown = responsible_for(household, timezone.localdate()) if household else None
    context = {
        "household": household,
        "shown": shown,
        "community": community_at(household) if household else None,
    }
    return render(request, "grids/responsible.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def where(request: HttpRequest) -> HttpResponse:
    """The grid that the phone's position lies in, and whom to call. The position is kept nowhere.

    The page wears the brand of the community whose grid it is, and the portal's while none is found.
    """
    form = WhereForm(request.POST if request.method == "POST" else None)
    is_told = form.is_bound and form.is_valid()
    fix = form.fix() if is_told else None
    grid = grid_at(longitude=fix.longitude, latitude=fix.latitude) if fix else None
    if grid is not None:
        community_set(request, grid.community.slug)
    context = {
        "form": form,
        "is_told": is_told,
        "grid": grid,
        "shown": answering_at(grid, timezone.localdate()) if grid else None,
    }
    return render(request, "grids/where.html", context, status=form.status)
