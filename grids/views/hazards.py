"""隐患 on a worker's phone: the list by deadline, one with its history, and what can be done about it."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from community.permissions import Scope, has_power
from core.errors import NotAllowedError, NotFoundError
from core.language import told
from core.uploads import image_response
from grids.actions.hazards.rectifying import may_recheck
from grids.forms.campaigns import LookForm
from grids.forms.hazards.entries import STEPS
from grids.forms.hazards.new import HazardNewForm
from grids.forms.hazards.steps import DoneForm, MoveForm, RecheckForm
from grids.models import Hazard, HazardState
from grids.models.hazard import UNSAFE
from grids.registries import hazard_panels
from grids.selectors.hazards import communities_for, hazard_of, hazard_photo_of, hazards_due
from grids.selectors.sweeps import stop_chosen
from grids.views.door import FieldRequest, field_page

FORMS: Final[dict[str, Any]] = {"done": DoneForm, "recheck": RecheckForm, "move": MoveForm, "look": LookForm}


@require_safe
@field_page(Power.PETITION_HANDLE)
def hazards(request: FieldRequest) -> HttpResponseBase:
    """What is not safe yet, what is due first on top."""
    rows = hazards_due(request.user, at=request.at)
    context = {"hazards": rows, "today": timezone.localdate(request.at), "field_home": settings.FIELD_HOME}
    return render(request, "grids/hazards.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.PETITION_ENTER)
def hazard_new(request: FieldRequest) -> HttpResponseBase:
    """The form; where several communities are in reach, `?community=` chooses one."""
    known = communities_for(request.user, at=request.at)
    if not known:
        raise NotAllowedError(_("您的任职不允许登记隐患。"))
    chosen = request.POST.get("community") or request.GET.get("community")
    request.community = next((one for one in known if one.slug == chosen), known[0])
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    stop = stop_chosen(request.user, request.GET.get("stop", ""), at=request.at)
    form = HazardNewForm(*sent, community=request.community, actor=request.user, at=request.at, stop=stop)
    if form.is_valid() and (filed := form.submit()):
        messages.success(request, _("已登记：%s") % filed.number)
        return redirect("grids:hazard", filed.pk)
    carried = stop is not None and stop.photo_id is not None
    context = {"form": form, "communities": known if len(known) > 1 else [], "carried": carried}
    return render(request, "grids/hazard_new.html", context, status=form.status)


@require_safe
@field_page(Power.PETITION_HANDLE)
def hazard(request: FieldRequest, hazard_id: int) -> HttpResponseBase:
    """One hazard: facts, photos, history, and what this person can do about it."""
    found = hazard_of(request.user, hazard_id, at=request.at)
    panels = (source(request.user, found, request.at) for source in hazard_panels)
    context = {
        "hazard": found,
        "panels": [panel for panel in panels if panel is not None],
        "steps": _steps(found, request),
        "today": timezone.localdate(request.at),
        "photos": list(found.photos.all()),
    }
    return render(request, "grids/hazard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.PETITION_HANDLE)
def hazard_step(request: FieldRequest, hazard_id: int, step: str) -> HttpResponseBase:
    """Put right, looked at again, or into other hands."""
    found = hazard_of(request.user, hazard_id, at=request.at)
    if step not in FORMS:
        raise NotFoundError(_("没有这一步。"))
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    more = {"hazard": found} if step == "move" else {}
    form = FORMS[step](*sent, actor=request.user, at=request.at, **more)
    if form.is_valid() and form.submit(found):
        messages.success(request, told(form.said))
        return redirect("grids:hazard", found.pk)
    context = {"form": form, "hazard": found, "waits": step if step in STEPS else ""}
    return render(request, "grids/hazard_step.html", context, status=form.status)


@require_safe
@field_page(Power.PETITION_HANDLE)
def hazard_photo(request: FieldRequest, hazard_id: int, photo_id: int) -> HttpResponseBase:
    """A photo of a hazard that this person may see."""
    photo = hazard_photo_of(request.user, hazard_id, photo_id, at=request.at)
    return image_response(photo.image, thumbnail="small" in request.GET, request=request)


def _steps(hazard: Hazard, request: FieldRequest) -> list[tuple[str, str]]:
    """What this person can do about it now: address and words, the main one first."""
    if hazard.state not in UNSAFE:
        return [("look", _("整治复查"))] if _to_look(hazard, request) else []
    steps = []
    scope, mine = Scope(hazard.scope.path), hazard.responsible_id == request.user.pk
    handles = has_power(request.user, Power.PETITION_HANDLE, scope, at=request.at)
    if hazard.state == HazardState.OPEN and (mine or handles):
        steps.append(("done", _("报整改完成")))
    if may_recheck(hazard, request.user, request.at):
        steps.append(("recheck", _("复查")))
    if hazard.state == HazardState.DONE:
        steps.reverse()
    if not mine and has_power(request.user, Power.GRID_RUN, scope, at=request.at):
        steps.append(("move", _("改责任人或时限")))
    return steps


def _to_look(hazard: Hazard, request: FieldRequest) -> bool:
    """Whether its campaign wants it looked at again, now and by this person."""
    violation = getattr(hazard, "violation", None)
    if violation is None or violation.cleared_at is not None or hazard.responsible_id == request.user.pk:
        return False
    is_due = violation.look_on <= timezone.localdate(request.at)
    return is_due and has_power(request.user, Power.PETITION_HANDLE, Scope(hazard.scope.path), at=request.at)
