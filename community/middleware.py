"""Staff settle what their account owes before they work: a password of their own, a second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import SignInGuard
from community.permissions import withhold_posts
from core.errors import NotAllowedError
from core.middleware import refusal
from core.models import User

FREE: Final = (
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "admin:jsi18n",
)
API: Final = "/api/"
CHECKED: Final = "second_factor_checked"
CHECK_EVERY_SECONDS: Final = 300


class AccountDutiesMiddleware:
    """Until an account has settled what it owes, its posts give no power, on whatever page.

    At their work people are sent to what is owed, a program is told; the database is asked once in five
    minutes a session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not _is_staff(request):
            return self.get_response(request)
        owed = _owed(request)
        if owed is not None and request.path not in {reverse(name) for name in FREE}:
            if request.path.startswith(settings.STAFF_PATHS):
                return owed.page(request)
            if request.path.startswith(API):
                return refusal(request, NotAllowedError(owed.sentence))
            withhold_posts(cast("User", request.user))
        return self.get_response(request)


@dataclass(frozen=True, slots=True)
class Owed:
    """What comes first: the page on which it is settled, and why."""

    to: str
    sentence: str

    def page(self, request: HttpRequest) -> HttpResponse:
        messages.warning(request, self.sentence)
        return redirect(self.to)


def _owed(request: HttpRequest) -> Owed | None:
    user = cast("User", request.user)
    if user.must_change_password:
        return Owed("admin:password_change", _("请先设置自己的密码，再进入工作台。"))
    if request.session.get(CHECKED, 0) > time.time() - CHECK_EVERY_SECONDS:
        return None
    if _needs_second_factor(user):
        return Owed("mfa_activate_totp", _("您的账号必须先启用动态口令，才能进入工作台。"))
    if request.path.startswith((*settings.STAFF_PATHS, API)):
        request.session[CHECKED] = int(time.time())  # elsewhere an answer may be kept for everybody
    return None


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_staff


def _needs_second_factor(user: User) -> bool:
    required = (
        settings.MFA_REQUIRED_FOR_STAFF or SignInGuard.objects.filter(user=user, mfa_required=True).exists()
    )
    return required and not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
