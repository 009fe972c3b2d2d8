"""我的: what a signed-in person finds about themselves."""

from __future__ import annotations

from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.registries import account_tiles
from community.selectors import resident_of
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
