"""The worker's patrol on the phone, and the leader's view of the day."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from core.errors import RepeatedError
from core.language import told
from grids.forms.patrol import CheckInForm, EndForm, StartForm, by_page, words_of
from grids.forms.patrol_note import note_form
from grids.registries import patrol_ways
from grids.selectors.lane import on_the_way
from grids.selectors.maps import maps_of
from grids.selectors.patrol_walk import kinds_of, walk_of
from grids.selectors.patrols import own_grids, patrol_today
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(Power.GRID_PATROL)
def patrol(request: FieldRequest) -> HttpResponseBase:
    """Today's windows, the walk that goes on, and its checkpoints."""
    today = patrol_today(request.user, at=request.at)
    maps = maps_of([(walk.grid.pk, [one.point for one in walk.points]) for walk in today.walks])
    doors = on_the_way(request.user, [walk.grid for walk in today.walks], at=request.at)
    context = {
        "today": today,
        "kinds": kinds_of(today.noted),
        "walked": [(one, kinds_of(notes)) for one, notes in today.walked],
        "ways": list(patrol_ways),
        "walks": [
            (walk, drawn, doors.get(walk.grid.pk, ())) for walk, drawn in zip(today.walks, maps, strict=True)
        ],
        "has_map": any(maps),
        "at": request.at,
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/patrol.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_PATROL)
def patrol_start(request: FieldRequest) -> HttpResponseBase:
    """Begin."""
    grids = own_grids(request.user, at=request.at)
    form = StartForm(request.POST if request.method == "POST" else None, grids=grids)
    if form.is_bound and form.submit(by_page(request.user, request.at)):
        messages.success(request, _("巡查开始了，到点位请打卡。"))
        return redirect("grids:patrol")
    context = {"form": form, "grids": grids}
    return render(request, "grids/patrol_start.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_PATROL)
def patrol_check_in(request: FieldRequest) -> HttpResponseBase:
    """The code that a sign shows; its QR code opens this page with the code filled in."""
    form = CheckInForm(
        request.POST if request.method == "POST" else None, initial={"code": request.GET.get("code", "")[:12]}
    )
    made = form.submit(by_page(request.user, request.at)) if form.is_bound else None
    if made is not None:
        tell = messages.success if made.is_verified else messages.warning
        tell(request, told(words_of(made)))
        return redirect("grids:patrol")
    if isinstance(form.refusal, RepeatedError):
        messages.info(request, form.refusal.message)
        return redirect("grids:patrol")
    return render(request, "grids/patrol_check_in.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_PATROL)
def patrol_end(request: FieldRequest) -> HttpResponseBase:
    """End, with a few words about it."""
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.submit(by_page(request.user, request.at)):
        messages.success(request, _("巡查结束了，辛苦了。"))
        return redirect("grids:patrol")
    return render(request, "grids/patrol_end.html", {"form": form}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_PATROL)
def patrol_note(request: FieldRequest) -> HttpResponseBase:
    """What was just done, in a few words; from here one goes on to a visit, a hazard, a matter, the diary."""
    form = note_form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.submit(by_page(request.user, request.at)):
        messages.success(request, _("已记在这次巡查里。"))
        return redirect("grids:patrol")
    context = {"form": form, "ways": list(patrol_ways)}
    return render(request, "grids/patrol_note.html", context, status=form.status)


@require_safe
@field_page(Power.GRID_PATROL)
def patrol_walk(request: FieldRequest, patrol_id: int) -> HttpResponseBase:
    """One walk with its notes in words, and what was entered on the way. Phones do not keep it."""
    walk = walk_of(request.user, patrol_id, at=request.at)
    return render(request, "grids/patrol_walk.html", {"walk": walk, "patrol": walk.patrol})
