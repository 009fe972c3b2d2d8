"""Mainland mobile numbers: eleven digits, however they were typed."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_NOISE: Final = re.compile(r"[\s\-()()]")
_PREFIX: Final = re.compile(r"^(?:\+|00)?86(?=1[0-9]{10}$)")


def normalised(text: str) -> str:
    """The number without spaces, dashes and the country's prefix; full-width digits become plain."""
    plain = "".join(str(int(sign)) if sign.isdigit() and sign.isdecimal() else sign for sign in text)
    return _PREFIX.sub("", _NOISE.sub("", plain.replace("+", "+")))


def is_mobile(text: str) -> bool:
    return MOBILE.fullmatch(text) is not None


class PhoneField(forms.CharField):
    """A mobile number, brought to eleven digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("手机号"))
        kwargs.setdefault("max_length", 24)
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel-national"}),
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        phone = normalised(super().clean(value))
        if phone and not is_mobile(phone):
            raise ValidationError(_("请填写 11 位手机号。"))
        return phone
