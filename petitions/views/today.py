"""What lies before me today."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community.duties import IN_THE_FIELD, Duty
from community.permissions import held_posts
from community.selectors.accounts import own_community
from community.selectors.stand_in import stand_in_for
from core.registries import today_tiles
from core.tiles import tiles_of
from petitions.selectors.today import today_of
from petitions.views.handling import HandlingRequest, handling_page

HOMES: Final = {
    frozenset({Duty.CHILD_OFFICER}): "grids:children",
    frozenset({Duty.PROPERTY_REP}): "grids:company_hazards",
}
"""Where those begin who have this one duty."""


@require_safe
def staff_home(request: HttpRequest) -> HttpResponse:
    """After sign-in: from a grid to the day, for children and a company's to theirs; others to the desk."""
    duties = frozenset(post.duty for post in held_posts(request.user, at=timezone.now()))
    if duties and duties <= IN_THE_FIELD:
        return redirect("petitions:today")
    return redirect(HOMES.get(duties, "admin:index"))


@require_safe
@handling_page
def today(request: HandlingRequest) -> HttpResponse:
    """The lists of the day by due time, then what other apps contribute."""
    community = own_community(request.user, at=request.at)
    if community is not None:
        request.community = community
    stand_in, values = stand_in_for(request.user, at=request.at)
    context = {
        "today": today_of(request.user, at=request.at),
        "tiles": tiles_of(request, today_tiles, at=request.at, stand_in=stand_in, values=values),
        "at": request.at,
    }
    return render(request, "petitions/today.html", context)
