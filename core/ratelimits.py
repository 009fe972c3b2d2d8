"""Limits on how often something may be tried, counted for all processes together."""

from __future__ import annotations

import hashlib
import math
from ipaddress import ip_address, ip_network

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


def hit_from(
    scope: str, key: str, address: str, *, limit: int, seconds: int, ceiling: int, slow_seconds: int
) -> None:
    """Count one try of `key`, which a stranger can type as well as its owner, from a network address.

    Each network has its own `limit`, so that a stranger's tries do not use up the owner's. Once all of them
    together pass `ceiling` within `seconds`, each network has one try in `slow_seconds` (decision 0016).

    Raises:
        TooManyRequestsError: more tries than this network has.
    """
    pair = from_network(key, address)
    hit(scope, pair, limit=limit, seconds=seconds)
    if not allows(f"{scope}.all", key, limit=ceiling, seconds=seconds):
        hit(f"{scope}.slow", pair, limit=1, seconds=slow_seconds)


def from_network(key: str, address: str) -> str:
    """`key` as tried from where `address` belongs to: a household's IPv6 network counts as one."""
    try:
        known = ip_address(address)
    except ValueError:
        return f"{key}/{address}"
    network = ip_network((known, 64), strict=False) if known.version == 6 else known
    return f"{key}/{network}"


def forget(scope: str, key: str) -> None:
    """Let the count of `key` start anew."""
    cache.delete(_name(scope, key))


def allows(scope: str, key: str, *, limit: int, seconds: int) -> bool:
    """Count one try like `hit`; whether it is within the limit, where a refusal must not show."""
    return _count(scope, key, seconds)[0] <= limit


def _count(scope: str, key: str, seconds: int) -> tuple[int, float]:
    """How often `key` was tried in the running window, this time included, and the seconds left of it."""
    counted: tuple[int, float] = cache.hit(_name(scope, key), seconds)  # type: ignore[attr-defined]
    return counted


def _name(scope: str, key: str) -> str:
    return f"limit:{scope}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def _wait(seconds: int) -> str:
    if seconds < 60:
        return _("操作太频繁，请稍等片刻再试。")
    return _("操作太频繁，请 %(n)d 分钟后再试。") % {"n": math.ceil(seconds / 60)}
