"""专项整治 on a worker's phone, and the plates of a household."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.duties import Power
from core.errors import NotFoundError
from grids.actions.campaigns import e_bike_remove
from grids.forms.campaigns import EBikeForm
from grids.selectors import campaigns as reading
from grids.selectors.doors import door_for
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.PETITION_HANDLE)
def campaigns(request: FieldRequest) -> HttpResponseBase:
    """What is being put right together, and how much of it is open."""
    rows = reading.campaigns_of(request.user, at=request.at)
    return render(request, "grids/campaigns.html", {"campaigns": rows, "field_home": settings.FIELD_HOME})


@require_safe
@field_page(Power.PETITION_HANDLE)
def campaign(request: FieldRequest, campaign_id: int) -> HttpResponseBase:
    """One campaign: the way to zero, and what is to be looked at again."""
    found = reading.campaign_of(request.user, campaign_id, at=request.at)
    today = timezone.localdate(request.at)
    weeks = reading.weeks_of(found, today)
    context = {
        "campaign": found,
        "weeks": weeks,
        "chart": reading.trend(weeks) if weeks else None,
        "violations": reading.violations_of(request.user, found, at=request.at),
        "today": today,
    }
    return render(request, "grids/campaign.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def bikes(request: FieldRequest, household_id: int) -> HttpResponseBase:
    """The plates of a household, and one more."""
    household = door_for(request.user, household_id, at=request.at)
    form = EBikeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.submit(household, actor=request.user, at=request.at):
        messages.success(request, _("已登记。"))
        return redirect("grids:bikes", household.pk)
    context = {"household": household, "form": form, "bikes": reading.bikes_of(household)}
    return render(request, "grids/bikes.html", context, status=form.status)


@require_POST
@field_page(Power.HOME_VISIT)
def bike_remove(request: FieldRequest, household_id: int, bike_id: int) -> HttpResponseBase:
    """Sold or scrapped."""
    household = door_for(request.user, household_id, at=request.at)
    if not reading.bikes_of(household).filter(pk=bike_id).exists():
        raise NotFoundError(_("没有找到这辆车。"))
    e_bike_remove(bike_id=bike_id, actor=request.user, at=request.at)
    messages.success(request, _("已注销。"))
    return redirect("grids:bikes", household.pk)
