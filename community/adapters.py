"""How allauth meets our accounts: phones on the account, codes through the outbox, staff kept apart."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from community import actions
from community.phones import PhoneField
from community.selectors.accounts import SIGN_IN_CODE
from core import outbox
from core.display import keep_choice
from core.language import LANGUAGE_COOKIE
from core.language import gettext as kept
from core.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DIGITS: Final = 6


def code_of(nonce: str) -> str:
    """The six digits that belong to what the session keeps; the session alone does not give them away."""
    number = int(salted_hmac("community.sign_in_code", nonce, algorithm="sha256").hexdigest(), 16)
    return f"{number % 10**DIGITS:0{DIGITS}d}"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Residents sign in by phone and code. A number of the staff gets no code, only a hint by message."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """There is no form for signing up: the first code that comes back opens the account."""
        return False

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(label=_("手机号"), **kwargs)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone, is_staff=False).first()

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Numbers are corrected by staff, never through allauth's own pages."""

    def set_phone_verified(self, user: User, phone: str) -> None:
        actions.resident_account_verify(user=user, phone=phone, at=timezone.now())

    def generate_phone_verification_code(self, *, user: User, phone: str) -> str:  # noqa: ARG002
        """What the session keeps: a random nonce; the code follows from it and the secret key."""
        return secrets.token_urlsafe(16)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A device on which nobody chose a language yet takes over the account's."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if user.language and LANGUAGE_COOKIE not in request.COOKIES:
            keep_choice(response, LANGUAGE_COOKIE, user.language)
        return response

    def send_verification_code_sms(self, user: User, phone: str, code: str) -> None:  # noqa: ARG002
        digits = code_of(code)
        body = kept("登录验证码 %(code)s,3 分钟内有效。请勿告诉他人。") % {"code": digits}
        _send(phone, code, body, secret=True)
        if settings.DEMO:
            messages.info(context.request, _("演示环境不发短信，验证码是 %(code)s") % {"code": digits})

    def send_unknown_account_sms(self, phone: str, **_kwargs: Any) -> None:
        """Only staff numbers come here: tell their owner the way in. The page looks like any other."""
        body = kept("该手机号是工作人员账号，请在工作台用用户名和密码登录。")
        _send(phone, secrets.token_urlsafe(16), body, secret=False)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url(settings.STAFF_HOME) if request.user.is_staff else reverse("account_email")


def _send(phone: str, key: str, body: str, *, secret: bool) -> None:
    message = outbox.Message(
        kind=SIGN_IN_CODE,
        dedupe_key=f"{SIGN_IN_CODE}:{key[:12]}:{phone[-4:]}:{secrets.token_hex(4)}",
        title=kept("登录验证码"),
        body=body,
        at=timezone.now(),
        phone=phone,
        urgent=True,
        secret=secret,
    )
    with transaction.atomic():
        outbox.send([message])
