"""抄表 on a worker's phone: rounds, their doors, one reading; and what one's own household pays."""

from __future__ import annotations

from typing import cast
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.duties import Power
from community.permissions import Scope, has_power, powers_anywhere
from community.selectors.accounts import resident_of
from core.errors import NotAllowedError, NotFoundError
from core.models import User
from core.uploads import image_response
from grids.actions import meters as actions
from grids.forms.meters import CycleForm, ReadForm
from grids.models import MeterReading
from grids.selectors.hazards import communities_for
from grids.selectors.meters import cycle_of, cycles_shown, reading_of, readings_in, shares_for
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.HOME_VISIT)
def meters(request: FieldRequest) -> HttpResponseBase:
    """Rounds that go on first, each with how many doors are read."""
    context = {
        "cycles": cycles_shown(request.user, at=request.at),
        "field_home": settings.FIELD_HOME,
        "today": timezone.localdate(request.at),
        "may_begin": Power.GRID_RUN in powers_anywhere(request.user, request.at),
    }
    return render(request, "grids/meters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_RUN)
def meter_new(request: FieldRequest) -> HttpResponseBase:
    """A new round; where several communities are in reach, `?community=` chooses one."""
    known = communities_for(request.user, at=request.at)
    if not known:
        raise NotAllowedError(_("您的任职不允许发起抄表。"))
    chosen = request.POST.get("community") or request.GET.get("community")
    request.community = next((one for one in known if one.slug == chosen), known[0])
    sent = request.POST if request.method == "POST" else None
    initial = {"key": uuid4(), "opens_on": timezone.localdate(request.at)}
    form = CycleForm(sent, community=request.community, actor=request.user, at=request.at, initial=initial)
    if form.is_bound and (begun := form.submit()):
        messages.success(request, _("已发起抄表。"))
        return redirect("grids:meter_cycle", begun.pk)
    context = {"form": form, "communities": known if len(known) > 1 else []}
    return render(request, "grids/meter_new.html", context, status=form.status)


@require_safe
@field_page(Power.HOME_VISIT)
def meter_cycle(request: FieldRequest, cycle_id: int) -> HttpResponseBase:
    """The doors of a round, unread ones first; whoever leads shares the bill once none is left."""
    cycle = cycle_of(request.user, cycle_id, at=request.at)
    readings = readings_in(cycle, request.user, at=request.at)
    context = {
        "cycle": cycle,
        "unread": [one for one in readings if one.value is None],
        "read": [one for one in readings if one.value is not None],
        "may_share": has_power(request.user, Power.GRID_RUN, Scope(cycle.scope.path), at=request.at),
    }
    return render(request, "grids/meter_cycle.html", context)


@require_POST
@field_page(Power.GRID_RUN)
def meter_share(request: FieldRequest, cycle_id: int) -> HttpResponseBase:
    """Share the bill."""
    cycle = cycle_of(request.user, cycle_id, at=request.at)
    actions.meter_share(cycle_id=cycle.pk, actor=request.user, at=request.at)
    messages.success(request, _("已分摊，每户会收到自己的一份。"))
    return redirect("grids:meter_cycle", cycle.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def meter_read(request: FieldRequest, cycle_id: int, reading_id: int) -> HttpResponseBase:
    """What the meter of one door says."""
    reading = _reading(request, cycle_id, reading_id)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial = {"value": reading.value, "meter": reading.meter, "reader": reading.reader}
    form = ReadForm(*sent, actor=request.user, at=request.at, initial=initial)
    if form.is_valid() and form.submit(reading):
        messages.success(request, _("已记下读数。"))
        return redirect("grids:meter_cycle", cycle_id)
    return render(request, "grids/meter_read.html", {"form": form, "reading": reading}, status=form.status)


@require_safe
@field_page(Power.HOME_VISIT)
def meter_photo(request: FieldRequest, cycle_id: int, reading_id: int) -> HttpResponseBase:
    """The photo of a meter."""
    reading = _reading(request, cycle_id, reading_id)
    if reading.photo is None:
        raise NotFoundError(_("没有找到这张照片。"))
    return image_response(reading.photo, thumbnail="small" in request.GET, request=request)


@never_cache
@login_required
@require_safe
def meter_shares(request: HttpRequest) -> HttpResponseBase:
    """What one's own household pays, and nobody else's."""
    resident = resident_of(cast("User", request.user))
    household = resident.household if resident and not resident.is_silent else None
    context = {"household": household, "shares": shares_for(household) if household else []}
    return render(request, "grids/meter_shares.html", context)


def _reading(request: FieldRequest, cycle_id: int, reading_id: int) -> MeterReading:
    reading = reading_of(request.user, reading_id, at=request.at)
    if reading.cycle_id != cycle_id:
        raise NotFoundError(_("没有找到这一户。"))
    return reading
