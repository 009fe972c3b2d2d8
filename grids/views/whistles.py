"""吹哨 for those who call, 报到 for those who are called."""

from __future__ import annotations

from typing import Any, cast

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
from core.errors import NotFoundError
from core.models import User
from grids.actions.whistles import whistle_answer, whistle_arrive
from grids.forms.whistles import WhistleCloseForm, WhistleForm
from grids.models import Answer
from grids.selectors import whistles as reading
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.GRID_RUN)
def whistles(request: FieldRequest) -> HttpResponseBase:
    """Calls of one's grids, the newest first."""
    rows = list(reading.whistles_of(request.user, at=request.at)[: reading.SHOWN])
    return render(request, "grids/whistles.html", {"whistles": rows, "field_home": settings.FIELD_HOME})


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_RUN)
def whistle_new(request: FieldRequest) -> HttpResponseBase:
    """The call."""
    places = reading.places_to_meet(request.user, at=request.at)
    form = WhistleForm(request.POST if request.method == "POST" else None, places=places, at=request.at)
    whistle = form.submit(actor=request.user, at=request.at) if form.is_bound else None
    if whistle is not None:
        messages.success(request, _("已通知 %d 位党员。") % whistle.called)
        return redirect("grids:whistle", whistle.pk)
    return render(request, "grids/whistle_new.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_RUN)
def whistle(request: FieldRequest, whistle_id: int) -> HttpResponseBase:
    """Who comes and who has arrived; it may be ended before its time."""
    found = reading.whistle_of(request.user, whistle_id, at=request.at)
    form = WhistleCloseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.submit(found, actor=request.user, at=request.at):
        messages.success(request, _("已结束。"))
        return redirect("grids:whistle", found.pk)
    responses = reading.responses_of(found)
    context = {
        "whistle": found,
        "responses": responses,
        "minutes": reading.minutes_to_answer(responses, found),
        "form": form,
        "at": request.at,
    }
    return render(request, "grids/whistle.html", context, status=form.status)


@never_cache
@login_required
@require_safe
def calls(request: HttpRequest) -> HttpResponseBase:
    """What a member is called to."""
    user, at = cast("User", request.user), timezone.now()
    return render(request, "grids/calls.html", {"calls": reading.calls_for(user, at=at)})


@never_cache
@login_required
@require_POST
def call_answer(request: HttpRequest, whistle_id: int, answer: str) -> HttpResponseBase:
    """我来, 来不了, 我到了."""
    by: dict[str, Any] = {"whistle_id": whistle_id, "actor": request.user, "at": timezone.now()}
    if answer == "arrived":
        whistle_arrive(**by)
        messages.success(request, _("已报到，辛苦了。"))
    elif answer in Answer.values:
        whistle_answer(answer=answer, **by)
        messages.success(request, _("已回答。"))
    else:
        raise NotFoundError(_("没有这一步。"))
    return redirect("grids:calls")
