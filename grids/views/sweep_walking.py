"""我参加的摸排: a volunteer's own pages, and the photo that staff look at."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from core.language import told
from core.models import User
from core.uploads import image_response
from grids.forms.sweeps import WalkForm, walked_words
from grids.selectors.sweep_walking import photo_of, walk_of, walks_shown
from grids.views.door import FieldRequest, field_page


@never_cache
@login_required
@require_safe
def walked(request: HttpRequest) -> HttpResponse:
    """The sweeps that one goes along on, with what is left."""
    rows = walks_shown(cast("User", request.user), timezone.localdate())
    return render(request, "grids/walked.html", {"sweeps": rows, "community": rows[0].community})


@never_cache
@login_required
@require_safe
def walk(request: HttpRequest, sweep_id: int) -> HttpResponse:
    """One of them: what is looked at, what is left, who was where."""
    today = timezone.localdate()
    shown = walk_of(cast("User", request.user), sweep_id, today)
    context = {
        "shown": shown,
        "community": shown.sweep.community,
        "begun": shown.sweep.starts_on <= today,
    }
    return render(request, "grids/walk.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def walk_record(request: HttpRequest, sweep_id: int) -> HttpResponse:
    """One was there: what was seen, or that nothing was."""
    actor, now = cast("User", request.user), timezone.now()
    shown = walk_of(actor, sweep_id, timezone.localdate(now))
    mine = [stop for stop in shown.reached if stop.recorded_by_id == actor.pk]
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    chosen = request.GET.get("stop", "")
    form = WalkForm(*sent, actor=actor, at=now, stops=[*shown.left, *mine], chosen=chosen)
    stop = form.submit() if form.is_bound else None
    if stop is not None:
        messages.success(request, told(walked_words(stop)))
        return redirect("grids:walk", sweep_id)
    context = {"form": form, "shown": shown, "community": shown.sweep.community}
    return render(request, "grids/walk_record.html", context, status=form.status)


@require_safe
@field_page(Power.PETITION_HANDLE)
def stop_photo(request: FieldRequest, sweep_id: int, stop_id: int) -> HttpResponseBase:
    """What a volunteer photographed at a stop."""
    photo = photo_of(request.user, sweep_id, stop_id, at=request.at)
    return image_response(photo, thumbnail="small" in request.GET, request=request)
