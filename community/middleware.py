"""Staff settle what their account owes before they work: a password of their own, a second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import SignInGuard
from core.models import User

FREE: Final = (
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "admin:jsi18n",
)
CHECKED: Final = "second_factor_checked"
CHECK_EVERY_SECONDS: Final = 300


class AccountDutiesMiddleware:
    """Sends staff at their work to what is owed; the database is asked once in five minutes a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.path.startswith(settings.STAFF_PATHS)
            and request.user.is_authenticated
            and request.user.is_staff
        ):
            owed = _owed(request)
            if owed and request.path not in {reverse(name) for name in FREE}:
                return owed
        return self.get_response(request)


def _owed(request: HttpRequest) -> HttpResponse | None:
    user = cast("User", request.user)
    if user.must_change_password:
        return redirect("admin:password_change")
    if request.session.get(CHECKED, 0) > time.time() - CHECK_EVERY_SECONDS:
        return None
    if _needs_second_factor(user):
        messages.warning(request, _("您的账号必须先启用动态口令，才能进入工作台。"))
        return redirect("mfa_activate_totp")
    request.session[CHECKED] = int(time.time())
    return None


def _needs_second_factor(user: User) -> bool:
    required = (
        settings.MFA_REQUIRED_FOR_STAFF or SignInGuard.objects.filter(user=user, mfa_required=True).exists()
    )
    return required and not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
