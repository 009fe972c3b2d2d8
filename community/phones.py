"""A form field for mobile numbers: eleven digits, however they were typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import InvalidInputError
from core.phones import is_mobile, phone_of


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
        text = super().clean(value)
        try:
            phone = phone_of(text) if text else ""
        except InvalidInputError as problem:
            raise ValidationError(str(problem.message)) from problem
        if phone and not is_mobile(phone):
            raise ValidationError(_("请填写 11 位手机号。"))
        return phone
