"""拉网式摸排 on a worker's phone."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from grids.forms.sweeps import StopForm
from grids.models import StopResult
from grids.selectors.sweeps import hazard_form, sweep_of, sweeps_shown
from grids.selectors.walkers import walkers_on
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.PETITION_HANDLE)
def sweeps(request: FieldRequest) -> HttpResponseBase:
    """Those that one takes part in or leads, with what is left."""
    rows = sweeps_shown(request.user, at=request.at)
    return render(request, "grids/sweeps.html", {"sweeps": rows, "field_home": settings.FIELD_HOME})


@require_safe
@field_page(Power.PETITION_HANDLE)
def sweep(request: FieldRequest, sweep_id: int) -> HttpResponseBase:
    """One sweep: what is looked at, what is left, what was reached."""
    shown = sweep_of(request.user, sweep_id, at=request.at)
    address = hazard_form(request.user, shown.sweep.community, at=request.at)
    context = {"shown": shown, "hazard_form": address, "walkers": walkers_on(shown.sweep)}
    return render(request, "grids/sweep.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.PETITION_HANDLE)
def stop_record(request: FieldRequest, sweep_id: int) -> HttpResponseBase:
    """Somebody was there: what was seen, or that nothing was."""
    shown = sweep_of(request.user, sweep_id, at=request.at)
    data = request.POST if request.method == "POST" else None
    form = StopForm(data, stops=[*shown.left, *shown.reached], chosen=request.GET.get("stop", ""))
    stop = form.submit(actor=request.user, happened_at=request.at, at=request.at) if form.is_bound else None
    if stop is not None and stop.result == StopResult.HAZARD:
        messages.success(request, _("已记下，请接着登记隐患。"))
        return redirect(f"{hazard_form(request.user, shown.sweep.community, at=request.at)}{stop.pk}")
    if stop is not None:
        messages.success(request, _("已记下。"))
        return redirect("grids:sweep", sweep_id)
    context = {"form": form, "shown": shown}
    return render(request, "grids/stop_record.html", context, status=form.status)
