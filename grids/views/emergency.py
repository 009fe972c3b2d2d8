"""应急预案 and 演练 on a phone."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.duties import Power
from community.permissions import powers_anywhere
from grids.forms.emergency import DrillForm, FindingHazardForm
from grids.selectors import emergency as reading
from grids.views.door import FieldRequest, field_page


@require_safe
@field_page(None)
def plans(request: FieldRequest) -> HttpResponseBase:
    """The plans in force, what is to be drilled first; to others in post those of their teams."""
    rows = reading.plans_of(request.user, at=request.at).order_by("drill_due_on", "pk")
    context = {
        "plans": list(rows[: reading.SHOWN]),
        "today": timezone.localdate(request.at),
        "field_home": settings.FIELD_HOME if _handles(request) else "",
    }
    return render(request, "grids/plans.html", context)


@require_safe
@field_page(None)
def plan(request: FieldRequest, plan_id: int) -> HttpResponseBase:
    """One plan: what to do, whom to call, drills and what they showed."""
    found = reading.plan_of(request.user, plan_id, at=request.at)
    context = {
        "plan": found,
        "drills": reading.drills_of(found),
        "members": found.team.members.all() if found.team else [],
        "today": timezone.localdate(request.at),
        "handles": _handles(request),
    }
    return render(request, "grids/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(None)
def drill_new(request: FieldRequest, plan_id: int) -> HttpResponseBase:
    """A drill was held."""
    found = reading.plan_of(request.user, plan_id, at=request.at)
    form = DrillForm(request.POST if request.method == "POST" else None, at=request.at)
    if form.is_bound and form.submit(found, actor=request.user, at=request.at):
        messages.success(request, _("演练已登记。"))
        return redirect("grids:plan", found.pk)
    return render(request, "grids/drill_new.html", {"form": form, "plan": found}, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.PETITION_ENTER)
def finding_hazard(request: FieldRequest, finding_id: int) -> HttpResponseBase:
    """What a drill showed, as a hazard."""
    finding = reading.finding_of(request.user, finding_id, at=request.at)
    request.community = finding.drill.plan.community
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FindingHazardForm(
        *sent, finding=finding, community=request.community, actor=request.user, at=request.at
    )
    if form.is_valid() and (filed := form.submit()):
        messages.success(request, _("已登记：%s") % filed.number)
        return redirect("grids:hazard", filed.pk)
    return render(
        request, "grids/finding_hazard.html", {"form": form, "finding": finding}, status=form.status
    )


def _handles(request: FieldRequest) -> bool:
    """Whether this person works in a grid or at the desk, or only turns out with a team."""
    return Power.PETITION_HANDLE in powers_anywhere(request.user, request.at)
