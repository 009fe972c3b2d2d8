"""What lies before me today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community.duties import IN_THE_FIELD, Duty
from community.permissions import held_posts
from community.selectors import own_community
from core.registries import today_tiles
from core.tiles import tiles_of
from petitions.selectors.today import today_of
from petitions.views.handling import HandlingRequest, handling_page


@require_safe
def staff_home(request: HttpRequest) -> HttpResponse:
    """After sign-in: who works in a grid goes to the day's list, who answers for children to theirs; the
    others to the desk."""
    posts = held_posts(request.user, at=timezone.now())
    if posts and all(post.duty == Duty.CHILD_OFFICER for post in posts):
        return redirect("grids:children")
    in_grid = bool(posts) and all(post.duty in IN_THE_FIELD for post in posts)
    return redirect("petitions:today" if in_grid else "admin:index")


@require_safe
@handling_page
def today(request: HandlingRequest) -> HttpResponse:
    """The lists of the day by due time, then what other apps contribute."""
    community = own_community(request.user, at=request.at)
    if community is not None:
        request.community = community
    context = {
        "today": today_of(request.user, at=request.at),
        "tiles": tiles_of(request, today_tiles),
        "at": request.at,
    }
    return render(request, "petitions/today.html", context)
