"""包户 on a phone: the doors in one's own hands, and those in nobody's (G-17)."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from community.permissions import Scope, has_power, powers_anywhere
from grids.forms.charges import OrphansForm
from grids.models import Grid
from grids.selectors.charges import chargeable, households_of, orphans_of, watched_grid
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.HOME_VISIT)
def charges(request: FieldRequest) -> HttpResponse:
    """我包的户, page by page."""
    page = households_of(request.user, timezone.localdate(request.at), request.GET.get("cursor"))
    return render(request, "grids/charges.html", {"page": page, "field_home": settings.FIELD_HOME})


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_WATCH)
def orphans(request: FieldRequest) -> HttpResponse:
    """The doors of a grid in nobody's hands, and who takes them on."""
    day = timezone.localdate(request.at)
    grid, known = watched_grid(request.user, request.GET.get("grid", ""), at=request.at)
    page = orphans_of(grid, day, request.GET.get("cursor")) if grid else None
    form = None
    if grid is not None and page is not None and _may_give(request, grid):
        sent = request.POST if request.method == "POST" else None
        form = OrphansForm(sent, doors=page.items, posts=chargeable(grid, day))
        if form.is_bound and (given := form.submit(day=day, actor=request.user, at=request.at)):
            messages.success(request, _("%d 户已包到人。") % given)
            return redirect(f"{reverse('grids:orphans')}?grid={grid.pk}")
    context = {
        "grid": grid,
        "grids": known if len(known) > 1 else [],
        "page": page,
        "form": form,
        "handles": Power.PETITION_HANDLE in powers_anywhere(request.user, request.at),
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/orphans.html", context, status=form.status if form else 200)


def _may_give(request: FieldRequest, grid: Grid) -> bool:
    return has_power(request.user, Power.HOUSEHOLD_CHARGE, Scope(grid.place.path), at=request.at)
