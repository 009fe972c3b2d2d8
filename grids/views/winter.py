"""冬季安全走访 on a worker's phone."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.duties import Power
from core.language import told
from grids.actions.winter import coal_note
from grids.forms.winter import SafetyVisitForm, words_of
from grids.selectors import winter as reading
from grids.selectors.doors import door_for
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.HOME_VISIT)
def winter(request: FieldRequest) -> HttpResponseBase:
    """The doors that are left, what is due first on top."""
    rows = list(reading.safety_visits_of(request.user, at=request.at)[: reading.SHOWN])
    context = {"visits": rows, "today": timezone.localdate(request.at), "field_home": settings.FIELD_HOME}
    return render(request, "grids/winter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def safety_visit(request: FieldRequest) -> HttpResponseBase:
    """Somebody was there; `?visit=` chooses the door, and a phone keeps one form for all of them."""
    asked = request.GET.get("visit", "")
    chosen = reading.safety_visit_of(request.user, asked, at=request.at) if asked else None
    data = request.POST if request.method == "POST" else None
    initial = {"visit": chosen.pk if chosen else None}
    form = SafetyVisitForm(data, actor=request.user, at=request.at, initial=initial)
    done = form.submit() if form.is_bound else None
    if done is not None:
        messages.success(request, told(words_of(done)))
        return redirect("grids:winter")
    return render(request, "grids/safety_visit.html", {"form": form}, status=form.status)


@require_POST
@field_page(Power.HOME_VISIT)
def coal(request: FieldRequest, household_id: int) -> HttpResponseBase:
    """Whether a household heats with coal."""
    household = door_for(request.user, household_id, at=request.at)
    coal_note(household=household, heats="ends" not in request.POST, actor=request.user, at=request.at)
    messages.success(request, _("已记下。"))
    return redirect("grids:home", household.pk)
