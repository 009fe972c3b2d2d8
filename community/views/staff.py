"""Staff come in by user name and password, and a second factor where they have one."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from community.forms.sign_in import StaffSignInForm
from core import ratelimits

TRIES_PER_ADDRESS = 40
WINDOW_SECONDS = 300


def next_path(request: HttpRequest) -> str:
    """Where to go afterwards: a page that was asked for, or where this person's work lies."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and wanted != reverse("admin:index") else resolve_url(settings.STAFF_HOME)


@never_cache
@sensitive_post_parameters("password")
def staff_sign_in(request: HttpRequest, site_context: dict[str, Any]) -> HttpResponse:
    """The form at the admin's address; who is in already goes on."""
    if request.method == "GET" and site_context["has_permission"]:
        return redirect(next_path(request))
    if request.method == "POST":
        address = get_adapter().get_client_ip(request)
        ratelimits.hit("staff_sign_in", address, limit=TRIES_PER_ADDRESS, seconds=WINDOW_SECONDS)
    form = StaffSignInForm(request, data=request.POST or None)
    if form.is_valid():
        login = Login(user=form.get_user(), redirect_url=next_path(request))
        response: HttpResponse = perform_password_login(
            request, {"username": form.cleaned_data["username"]}, login
        )
        return response
    context = {
        **site_context,
        "form": form,
        "title": _("工作人员登录"),
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
        REDIRECT_FIELD_NAME: next_path(request),
    }
    return render(request, "admin/login.html", context)
