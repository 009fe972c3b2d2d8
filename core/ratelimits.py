"""Limits on how often something may be tried, counted for all processes together."""

from __future__ import annotations

import hashlib
import math

from django.core.cache import cache
from django.utils.translation import gettext as _

from core.errors import TooManyRequestsError


def hit(scope: str, key: str, *, limit: int, seconds: int) -> None:
    """Count one try of `key` (a phone, an address …; only its digest is kept) within `scope`.

    Call it before the transaction of the action, so that a refusal there does not undo the count.

    Raises:
        TooManyRequestsError: more than `limit` tries within `seconds` since the first of them.
    """
    count, left = _count(scope, key, seconds)
    if count > limit:
        retry_after = max(1, math.ceil(left))
        raise TooManyRequestsError(_wait(retry_after), extra={"retry_after": retry_after})


def allows(scope: str, key: str, *, limit: int, seconds: int) -> bool:
    """Count one try like `hit`; whether it is within the limit, where a refusal must not show."""
    return _count(scope, key, seconds)[0] <= limit


def _count(scope: str, key: str, seconds: int) -> tuple[int, float]:
    """How often `key` was tried in the running window, this time included, and the seconds left of it."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    counted: tuple[int, float] = cache.hit(f"limit:{scope}:{digest}", seconds)  # type: ignore[attr-defined]
    return counted


def _wait(seconds: int) -> str:
    if seconds < 60:
        return _("操作太频繁，请稍等片刻再试。")
    return _("操作太频繁，请 %(n)d 分钟后再试。") % {"n": math.ceil(seconds / 60)}
