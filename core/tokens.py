"""Tracking codes and links that are computed, not stored: nothing to leak, nothing to clean up.

A higher `version` makes every earlier code and link of the same subject void.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from core.errors import GoneError

SIGNATURE_BYTES = 15


def code_for(purpose: str, pk: int, version: int) -> str:
    """Eight digits that belong to one subject and purpose."""
    return _code(settings.SECRET_KEY, purpose, pk, version)


def code_matches(code: str, purpose: str, pk: int, version: int) -> bool:
    """Whether a typed code is right, under the present or an earlier secret key."""
    typed = "".join(character for character in code if character.isascii() and character.isdigit())
    matches = [constant_time_compare(typed, _code(key, purpose, pk, version)) for key in _keys()]
    return any(matches)


def link_for(purpose: str, pk: int, version: int) -> str:
    """A signed token for the end of an address."""
    value = ".".join(int_to_base36(number) for number in (pk, version, int(time.time())))
    return f"{value}.{_signature(settings.SECRET_KEY, purpose, value)}"


def link_read(purpose: str, token: str, *, max_age: timedelta | None = None) -> tuple[int, int]:
    """The key and version that a link names; the caller compares the version with the stored one.

    Raises:
        GoneError: forged, cut short, or older than `max_age`.
    """
    value, _dot, signature = token.rpartition(".")
    matches = [constant_time_compare(signature, _signature(key, purpose, value)) for key in _keys()]
    if not any(matches):
        raise GoneError(_("链接无效或不完整，请从短信或回执重新打开。"))
    pk, version, signed_at = (base36_to_int(part) for part in value.split("."))
    if max_age is not None and time.time() - signed_at > max_age.total_seconds():
        raise GoneError(_("链接已过期。"))
    return pk, version


def _code(key: str, purpose: str, pk: int, version: int) -> str:
    digest = salted_hmac(f"core.tokens.code.{purpose}", f"{pk}.{version}", key, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**8:08d}"


def _signature(key: str, purpose: str, value: str) -> str:
    digest = salted_hmac(f"core.tokens.link.{purpose}", value, key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:SIGNATURE_BYTES]).decode()


def _keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS
