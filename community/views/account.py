"""我的: what a signed-in person finds about themselves."""

from __future__ import annotations

from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from community.forms.sign_in import PasswordLinkForm
from community.registries import account_tiles
from community.selectors.accounts import resident_of
from core.models import User


@never_cache
@login_required
@require_safe
def account_home(request: HttpRequest) -> HttpResponse:
    """Name, masked number, the door they live behind, and what other apps have for them."""
    user = cast("User", request.user)
    context = {
        "resident": resident_of(user),
        "tiles": [tile for source in account_tiles if (tile := source(request))],
        "has_second_factor": user.is_staff and is_mfa_enabled(user),
    }
    return render(request, "community/account_home.html", context)


@require_safe
def sign_up_closed(_request: HttpRequest) -> HttpResponse:
    """There is nothing to sign up for: the first code opens the account."""
    return redirect("account_login")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_set(request: HttpRequest, token: str) -> HttpResponse:
    """Where a member of staff sets a password by the link they were given; 410 once it is used."""
    form = PasswordLinkForm(token, request.POST or None)
    if form.is_valid():
        form.choose()
        messages.success(request, _("密码已设置，请用它登录。"))
        return redirect("admin:login")
    context = {"form": form, "account": form.user}
    status = 422 if form.errors else 200
    response = render(request, "community/password_set.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    return response
