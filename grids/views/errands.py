"""代办 on a worker's phone: what is to do and to tell, one errand, and its two steps."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from core.errors import NotFoundError
from grids.forms.errands import DoneForm, ErrandForm, ToldForm
from grids.forms.moving import ErrandMoveForm
from grids.models import ErrandState
from grids.selectors.doors import door_for, visited_grid
from grids.selectors.errands import errand_of, errands_closed, errands_open
from grids.views.door import FieldRequest, field_page, leads


@require_safe
@field_page(Power.HOME_VISIT)
def errands(request: FieldRequest) -> HttpResponse:
    """What is not over, what the household has to hear first on top."""
    context = {
        "errands": errands_open(request.user, at=request.at),
        "closed": errands_closed(request.user, at=request.at),
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/errands.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def errand_new(request: FieldRequest) -> HttpResponse:
    """The form, for one door (`?door=`) or one of the grid's."""
    chosen = request.GET.get("door", "")
    is_door = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    household = door_for(request.user, int(chosen), at=request.at) if is_door else None
    asked = "" if household else request.GET.get("grid", "")
    grid, known = visited_grid(request.user, asked, at=request.at)
    if household is None and grid is None:
        raise NotFoundError(_("您的任职范围里还没有启用的网格。"))
    form = ErrandForm(
        request.POST if request.method == "POST" else None,
        actor=request.user,
        at=request.at,
        household=household,
        grid=None if household else grid,
        initial={"key": uuid4(), "household": household.pk if household else None},
    )
    if form.is_bound and (taken := form.submit()):
        messages.success(request, _("已记下这件代办。"))
        return redirect("grids:errand", taken.pk)
    grids = known if len(known) > 1 and household is None else []
    context = {"form": form, "household": household, "grid": grid, "grids": grids}
    return render(request, "grids/errand_new.html", context, status=form.status)


@require_safe
@field_page(Power.HOME_VISIT)
def errand(request: FieldRequest, errand_id: int) -> HttpResponse:
    """One errand: what, for whom, how far, and the next step."""
    found = errand_of(request.user, errand_id, at=request.at)
    context = {
        "errand": found,
        "states": ErrandState,
        "may_move": found.told_at is None and leads(request, found.place),
        "hand_overs": found.hand_overs.select_related("before", "after", "by"),
    }
    return render(request, "grids/errand.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.GRID_RUN)
def errand_move(request: FieldRequest, errand_id: int) -> HttpResponse:
    """Into other hands, by whoever leads that grid."""
    found = errand_of(request.user, errand_id, at=request.at)
    if not leads(request, found.place):
        raise NotFoundError(_("没有找到这件代办。"))
    sent = request.POST if request.method == "POST" else None
    form = ErrandMoveForm(sent, place=found.place, holder_id=found.worker_id, at=request.at)
    if form.is_bound and form.submit(found, actor=request.user, at=request.at):
        messages.success(request, str(form.said))
        return redirect("grids:errand", found.pk)
    context = {"form": form, "errand": found, "title": form.title, "button": form.button}
    return render(request, "grids/errand_step.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def errand_done(request: FieldRequest, errand_id: int) -> HttpResponse:
    """How it went."""
    found = errand_of(request.user, errand_id, at=request.at)
    form = DoneForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.submit(found, actor=request.user, at=request.at):
        messages.success(request, _("已记下结果。告知居民后才算了结。"))
        return redirect("grids:errand", found.pk)
    context = {"form": form, "errand": found, "title": _("办好了"), "button": _("记下结果")}
    return render(request, "grids/errand_step.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def errand_told(request: FieldRequest, errand_id: int) -> HttpResponse:
    """The household knows; the form may wait in the phone."""
    found = errand_of(request.user, errand_id, at=request.at)
    form = ToldForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.submit(found, actor=request.user, at=request.at):
        messages.success(request, _("已告知居民，这件代办了结了。"))
        return redirect("grids:errands")
    context = {"form": form, "errand": found, "title": _("告知居民"), "button": _("已告知，了结")}
    return render(
        request, "grids/errand_step.html", {**context, "kind": "grids.errand_told"}, status=form.status
    )
