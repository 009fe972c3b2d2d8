"""需求和事件 on a worker's phone: what is not over, one with its way through the tiers, and its steps."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from core.errors import NotFoundError
from grids.forms.field import StepForm
from grids.forms.moving import NeedMoveForm
from grids.forms.needs import CloseForm, NeedForm, RespondForm, SolveForm, UpForm
from grids.models import Need, NeedState, NeedTier
from grids.models.need import IN_GRID
from grids.selectors.doors import visited_grid
from grids.selectors.needs import may_respond, month_of, need_of, needs_open
from grids.views.door import FieldRequest, field_page, leads

FORMS: Final[dict[str, type[StepForm[Need]]]] = {
    "respond": RespondForm,
    "up": UpForm,
    "solve": SolveForm,
    "close": CloseForm,
    "move": NeedMoveForm,
}


@require_safe
@field_page(Power.HOME_VISIT)
def needs(request: FieldRequest) -> HttpResponse:
    """What is not over, what is due first on top, and what the month says."""
    rows = needs_open(request.user, at=request.at)
    context = {
        "needs": [(one, one.is_late(request.at)) for one in rows],
        "month": month_of(request.user, at=request.at),
        "field_home": settings.FIELD_HOME,
    }
    return render(request, "grids/needs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def need_new(request: FieldRequest) -> HttpResponse:
    """The form, for one of the grid's doors or any place in it."""
    chosen = request.POST.get("grid") or request.GET.get("grid", "")
    grid, known = visited_grid(request.user, chosen, at=request.at)
    if grid is None:
        raise NotFoundError(_("您的任职范围里还没有启用的网格。"))
    sent = request.POST if request.method == "POST" else None
    form = NeedForm(sent, actor=request.user, at=request.at, grid=grid, initial={"key": uuid4()})
    if form.is_bound and (made := form.submit()):
        messages.success(request, _("已上报。解决并反馈后才算办结。"))
        return redirect("grids:need", made.pk)
    context = {"form": form, "grid": grid, "grids": known if len(known) > 1 else []}
    return render(request, "grids/need_new.html", context, status=form.status)


@require_safe
@field_page(Power.HOME_VISIT)
def need(request: FieldRequest, need_id: int) -> HttpResponse:
    """One need: what, where, whose by now, and what this person can do about it."""
    found = need_of(request.user, need_id, at=request.at)
    context = {
        "need": found,
        "is_late": found.is_late(request.at),
        "steps": _steps(found, request),
        "hand_overs": found.hand_overs.select_related("before", "after", "by"),
    }
    return render(request, "grids/need.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def need_step(request: FieldRequest, need_id: int, step: str) -> HttpResponse:
    """See to it, hand it up, solve it, or close it with feedback."""
    found = need_of(request.user, need_id, at=request.at)
    if step not in FORMS or (step == "move" and not leads(request, found.place)):
        raise NotFoundError(_("没有这一步。"))
    more: dict[str, Any] = {"need": found} if step == "close" else {}
    if step == "move":
        more = {"place": found.place, "holder_id": found.handler_id, "at": request.at}
    form = FORMS[step](request.POST if request.method == "POST" else None, **more)
    if form.is_bound and form.submit(found, actor=request.user, at=request.at):
        messages.success(request, str(form.said))
        return redirect("grids:need", found.pk)
    return render(request, "grids/need_step.html", {"form": form, "need": found}, status=form.status)


def _steps(need: Need, request: FieldRequest) -> list[tuple[str, Any]]:
    """What can be done now, the main thing first."""
    if need.state == NeedState.CLOSED:
        return []
    if need.state == NeedState.SOLVED:
        return [("close", CloseForm.title)]
    steps: list[tuple[str, Any]] = [("close", CloseForm.title), ("solve", SolveForm.title)]
    if need.state == NeedState.OPEN and may_respond(need, request.user, at=request.at):
        steps.insert(0, ("respond", RespondForm.title))
    is_led = leads(request, need.place)
    if need.tier in IN_GRID and (need.tier == NeedTier.WORKER or is_led):
        steps.append(("up", UpForm.title))
    if is_led:
        steps.append(("move", NeedMoveForm.title))
    return steps
