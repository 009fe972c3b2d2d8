"""What a property company answers for, for whoever represents it: the list, one hazard, 报整改完成 (G-24)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.selectors.accounts import own_community
from core.errors import NotFoundError
from core.uploads import image_response
from grids.forms.hazards.steps import CompanyDoneForm
from grids.models import HazardState
from grids.selectors import companies
from grids.views.door import FieldRequest

P = ParamSpec("P")


def company_page(
    view: Callable[Concatenate[FieldRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Strangers are sent to sign in; for whoever represents no company there is no such page."""

    @wraps(view)
    @never_cache
    def page(request: FieldRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        request.at = timezone.now()
        if not companies.stood_for(request.user, at=request.at):
            raise NotFoundError(_("没有这一页。"))
        community = own_community(request.user, at=request.at)
        if community is not None:
            request.community = community
        return view(request, *args, **kwargs)

    return page


@require_safe
@company_page
def company_hazards(request: FieldRequest) -> HttpResponseBase:
    """What is not safe yet, what is due first on top."""
    rows = companies.hazards_open(request.user, at=request.at)
    context = {"hazards": rows, "today": timezone.localdate(request.at)}
    return render(request, "grids/company_hazards.html", context)


@require_safe
@company_page
def company_hazard(request: FieldRequest, hazard_id: int) -> HttpResponseBase:
    """One hazard with its photos and what was said of it."""
    found = companies.hazard_answered(request.user, hazard_id, at=request.at)
    context = {
        "hazard": found,
        "photos": list(found.photos.all()),
        "events": [event for event in found.events.all() if event.kind in companies.TOLD],
        "may_report": found.state == HazardState.OPEN,
        "today": timezone.localdate(request.at),
    }
    return render(request, "grids/company_hazard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@company_page
def company_done(request: FieldRequest, hazard_id: int) -> HttpResponseBase:
    """报整改完成, with a photo."""
    found = companies.hazard_answered(request.user, hazard_id, at=request.at)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CompanyDoneForm(*sent, actor=request.user, at=request.at)
    if form.is_valid() and form.submit(found):
        messages.success(request, _("已报整改完成，等复查。"))
        return redirect("grids:company_hazard", found.pk)
    context = {"form": form, "hazard": found, "back": reverse("grids:company_hazard", args=[found.pk])}
    return render(request, "grids/hazard_step.html", context, status=form.status)


@require_safe
@company_page
def company_photo(request: FieldRequest, hazard_id: int, photo_id: int) -> HttpResponseBase:
    """A photo of such a hazard."""
    photo = companies.photo_answered(request.user, hazard_id, photo_id, at=request.at)
    return image_response(photo.image, thumbnail="small" in request.GET, request=request)
