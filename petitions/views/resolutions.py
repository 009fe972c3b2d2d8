"""决议 on the phone of whoever carries it out or watches over it (P-17)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from petitions.forms.resolutions import DoneForm, urge
from petitions.selectors.resolutions import resolution_for, resolutions_of
from petitions.views.handling import HandlingRequest


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Strangers are sent to sign in; whoever is neither responsible nor watching finds nothing."""

    @wraps(view)
    @never_cache
    def page(request: HandlingRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        request.at = timezone.now()
        return view(request, *args, **kwargs)

    return page


@require_safe
@signed_in
def resolutions_mine(request: HandlingRequest) -> HttpResponse:
    """What I owe, and what I watch over."""
    context = {"lists": resolutions_of(request.user, at=request.at), "at": request.at}
    return render(request, "petitions/resolutions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def resolution(request: HandlingRequest, pk: int) -> HttpResponse:
    """One resolution: done by whoever is responsible, urged by whoever watches."""
    found = resolution_for(request.user, pk, at=request.at)
    request.community = found.resolution.session.community
    sent = request.POST if request.method == "POST" else None
    form = DoneForm(sent, resolution=found.resolution, actor=request.user, at=request.at)
    if form.is_valid() and form.submit():
        messages.success(request, _("已记录落实情况，监督人会看到。"))
        return redirect("petitions:resolution", pk)
    context = {"found": found, "one": found.resolution, "form": form}
    return render(request, "petitions/resolution.html", context, status=form.status)


@require_POST
@signed_in
def resolution_press(request: HandlingRequest, pk: int) -> HttpResponse:
    """催办 in one tap; a second tap within two minutes is the same tap."""
    found = resolution_for(request.user, pk, at=request.at)
    messages.success(request, urge(found.resolution, actor=request.user, at=request.at))
    return redirect("petitions:resolution", pk)
