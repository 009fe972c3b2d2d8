"""帮办申请: what a worker walks with residents, step by step, and how far one's own is."""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.duties import Power
from core.errors import NotFoundError
from core.models import User
from grids.actions.applications import application_follow_on
from grids.forms.applications import ApplicationForm, DoneForm, EndForm, ToldForm
from grids.forms.field import StepForm
from grids.models import AssistedApplication
from grids.selectors.applications import application_of, applications_for, applications_shown, walk_of
from grids.selectors.doors import door_for
from grids.views.door import FieldRequest, field_page

FORMS: Final[dict[str, type[StepForm[AssistedApplication]]]] = {
    "done": DoneForm,
    "told": ToldForm,
    "end": EndForm,
}


@require_safe
@field_page(Power.HOME_VISIT)
def applications(request: FieldRequest) -> HttpResponse:
    """What is under way first."""
    today = timezone.localdate(request.at)
    rows = applications_shown(request.user, at=request.at)
    shown = [(one, next((step for step in one.steps.all() if step.done_at is None), None)) for one in rows]
    context = {"applications": shown, "today": today, "field_home": settings.FIELD_HOME}
    return render(request, "grids/applications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def application_new(request: FieldRequest, household_id: int) -> HttpResponse:
    """Who behind this door applies for what."""
    household = door_for(request.user, household_id, at=request.at)
    sent = request.POST if request.method == "POST" else None
    form = ApplicationForm(sent, household=household, initial={"key": uuid4()})
    if form.is_bound and (begun := form.submit(actor=request.user, at=request.at)):
        messages.success(request, _("已开始帮办。每办好一步都告知居民。"))
        return redirect("grids:application", begun.pk)
    context = {"form": form, "household": household}
    return render(request, "grids/application_new.html", context, status=form.status)


@require_safe
@field_page(Power.HOME_VISIT)
def application(request: FieldRequest, application_id: int) -> HttpResponse:
    """One application, its steps, and what comes next."""
    found = application_of(request.user, application_id, at=request.at)
    context = {
        "application": found,
        "walk": walk_of(found),
        "hand_overs": found.hand_overs.select_related("before", "after", "by"),
        "untold": next((one for one in found.steps.all() if one.done_at and not one.told_at), None),
        "offers": found.offers if found.offers and not hasattr(found, "follow_on") else None,
    }
    return render(request, "grids/application.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@field_page(Power.HOME_VISIT)
def application_step(request: FieldRequest, application_id: int, step: str) -> HttpResponse:
    """The present step is done, the resident knows, or it comes to nothing."""
    found = application_of(request.user, application_id, at=request.at)
    if step not in FORMS:
        raise NotFoundError(_("没有这一步。"))
    more = {"is_messaged": found.is_messaged} if step == "end" else {}
    form: Any = FORMS[step](request.POST if request.method == "POST" else None, **more)
    if form.is_bound and form.submit(found, actor=request.user, at=request.at):
        messages.success(request, str(form.said))
        return redirect("grids:application", found.pk)
    context = {"form": form, "application": found}
    return render(request, "grids/application_step.html", context, status=form.status)


@require_POST
@field_page(Power.HOME_VISIT)
def application_next(request: FieldRequest, application_id: int) -> HttpResponse:
    """What follows on a granted application, with the same person and facts."""
    found = application_of(request.user, application_id, at=request.at)
    begun = application_follow_on(application_id=found.pk, actor=request.user, at=request.at)
    messages.success(request, _("已开始帮办。每办好一步都告知居民。"))
    return redirect("grids:application", begun.pk)


@never_cache
@login_required
@require_safe
def applications_mine(request: HttpRequest) -> HttpResponse:
    """How far one's own applications are, and nobody else's."""
    rows = applications_for(cast("User", request.user))
    context = {"applications": [(one, walk_of(one)) for one in rows]}
    return render(request, "grids/applications_mine.html", context)
