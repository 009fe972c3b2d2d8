"""Telephone numbers as people type them, and as they are kept."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from core.errors import InvalidInputError

_NOISE = re.compile(r"[\s\-–—()()]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}")


def phone_of(value: str) -> str:
    """The number in its one kept form, 11 digits for a mobile phone; spaces, dashes and +86 are dropped.

    Raises:
        InvalidInputError: neither a mobile nor a landline number of mainland China.
    """
    digits = _NOISE.sub("", value)
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    if not (digits.isascii() and (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits))):
        raise InvalidInputError(_("手机号不对，请填写 11 位手机号。"))
    return digits


def is_mobile(phone: str) -> bool:
    """Whether a kept number can receive texts."""
    return _MOBILE.fullmatch(phone) is not None
