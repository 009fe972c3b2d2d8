"""Sign-in forms: residents by code, staff by password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community import actions
from community.adapters import DIGITS, code_of
from community.selectors.accounts import password_link_owner
from core import ratelimits
from core.errors import TooManyRequestsError

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from core.models import User


class RequestCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """Ask for a code. A number seen for the first time gets its account here, so nothing tells them apart."""

    def clean_phone(self) -> str:
        phone: str = super().clean_phone()
        self._limit(phone)
        if self._user is None:  # type: ignore[has-type]
            self._user = actions.resident_account_open(phone=phone)
        return phone

    def _limit(self, phone: str) -> None:
        """One code a minute and ten a day for a phone and network: strangers' tries are their own."""
        address = get_adapter().get_client_ip(context.request)
        try:
            ratelimits.hit(
                "sign_in_code.minute", ratelimits.from_network(phone, address), limit=1, seconds=60
            )
            ratelimits.hit_from(
                "sign_in_code", phone, address, limit=10, seconds=86400, ceiling=30, slow_seconds=3600
            )
        except TooManyRequestsError as refusal:
            raise ValidationError(str(refusal.message)) from refusal


class ConfirmCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """Type the code; it is compared with the one that belongs to the session's nonce."""

    code = forms.CharField(
        label=gettext_lazy("短信验证码"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": DIGITS}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        nonce = kwargs.pop("code", "")
        super().__init__(*args, code=code_of(nonce) if nonce else "", **kwargs)


class StaffSignInForm(AdminAuthenticationForm):
    """User name and password of a member of staff. Every refusal reads the same."""

    error_messages = {
        "invalid_login": gettext_lazy("用户名或密码不对。连续输错 8 次，15 分钟内不能从这里再试。"),
        "inactive": gettext_lazy("用户名或密码不对。连续输错 8 次，15 分钟内不能从这里再试。"),
    }

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if not user.is_active or not getattr(user, "is_staff", False):
            raise ValidationError(
                _("用户名或密码不对。连续输错 8 次，15 分钟内不能从这里再试。"), code="invalid_login"
            )


class StaffPasswordForm(AdminPasswordChangeForm):
    """The old password, and the new one twice; saving it lifts the duty to change it."""

    def save(self, commit: bool = True) -> User:  # noqa: ARG002
        return actions.password_change(
            user=self.user, password=self.cleaned_data["new_password1"], at=timezone.now()
        )


class PasswordLinkForm(SetPasswordForm):  # type: ignore[type-arg]
    """A password of one's own, typed twice, under the link that was given; the link is used up."""

    def __init__(self, token: str, data: Any = None) -> None:
        self.token = token
        super().__init__(password_link_owner(token), data, label_suffix="")

    def choose(self) -> User:
        """Use the link up."""
        return actions.password_set(
            token=self.token, password=self.cleaned_data["new_password1"], at=timezone.now()
        )
