"""Limits by key and network: a stranger's tries are their own."""

from __future__ import annotations

import pytest

from core import ratelimits
from core.errors import TooManyRequestsError

LIMITS = {"limit": 2, "seconds": 60, "ceiling": 4, "slow_seconds": 60}


def allowed(address: str) -> bool:
    try:
        ratelimits.hit_from("test", "13900000001", address, **LIMITS)
    except TooManyRequestsError:
        return False
    return True


def test_each_network_has_its_own_tries():
    first = [allowed("203.0.113.1") for _n in range(3)]

    assert first == [True, True, False]
    assert allowed("203.0.113.2")


def test_refused_tries_do_not_count_against_the_others():
    for _n in range(20):
        allowed("203.0.113.1")

    assert [allowed("203.0.113.2") for _n in range(2)] == [True, True]


def test_past_the_ceiling_each_network_has_one_slow_try():
    for number in range(5):
        allowed(f"203.0.113.{number}")

    assert [allowed("203.0.113.9") for _n in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.1", "203.0.113.2", False),
        ("", "", True),
    ],
)
def test_network_is_an_address_or_an_ipv6_household(one, other, same):
    assert (ratelimits.from_network("k", one) == ratelimits.from_network("k", other)) is same


def test_forgotten_count_starts_anew():
    ratelimits.hit("test", "k", limit=1, seconds=60)

    ratelimits.forget("test", "k")

    ratelimits.hit("test", "k", limit=1, seconds=60)
