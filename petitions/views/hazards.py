"""A hazard that becomes a matter."""

from __future__ import annotations

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from grids.selectors.hazards import hazard_of
from petitions.forms.hazards import HazardPetitionForm
from petitions.views.handling import HandlingRequest, handling_page


@require_http_methods(["GET", "HEAD", "POST"])
@handling_page
def hazard_petition(request: HandlingRequest, hazard_id: int) -> HttpResponseBase:
    """What is asked for, then the matter."""
    hazard = hazard_of(request.user, hazard_id, at=request.at)
    data = request.POST if request.method == "POST" else None
    form = HazardPetitionForm(data, hazard=hazard, actor=request.user, at=request.at)
    if form.run() and form.petition is not None:
        messages.success(request, _("已转为诉求：%s") % form.petition.number)
        return redirect("petitions:work", form.petition.number)
    context = {"form": form, "hazard": hazard}
    return render(request, "petitions/hazard_petition.html", context, status=form.status)
