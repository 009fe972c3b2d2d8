"""The shared cache answers alike with Redis and without."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache as shared_cache
from django.db import connection

from core import cache as cache_module
from core import ratelimits
from core.cache import FailoverCache
from core.errors import TooManyRequestsError
from tests.core.conftest import in_parallel

pytestmark = pytest.mark.django_db
NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture(params=["redis", "table"])
def cache(request: pytest.FixtureRequest, settings: Any) -> Iterator[FailoverCache]:
    """The same cache, once with Redis and once with nothing behind its address."""
    location = settings.CACHES["default"]["LOCATION"] if request.param == "redis" else NOWHERE
    cache = FailoverCache(location, {})
    cache.clear()
    yield cache
    FailoverCache._broken_until.clear()


def test_value_is_kept_and_deleted(cache: FailoverCache):
    cache.set("key", {"a": [1, "二"]})
    assert cache.get("key") == {"a": [1, "二"]}

    assert cache.delete("key")

    assert cache.get("key", "gone") == "gone"
    assert not cache.delete("key")


def test_add_keeps_the_first_value(cache: FailoverCache):
    assert cache.add("key", 1)
    assert not cache.add("key", 2)

    assert cache.get("key") == 1


def test_expired_value_is_gone_and_can_be_added_anew(cache: FailoverCache):
    cache.set("key", "old", timeout=1)

    time.sleep(1.1)

    assert cache.get("key") is None
    assert cache.add("key", "new")


def test_incr_counts_up_and_misses_what_is_not_there(cache: FailoverCache):
    cache.set("key", 5)

    assert cache.incr("key", 2) == 7
    assert cache.decr("key") == 6
    with pytest.raises(ValueError, match="not found"):
        cache.incr("other")


def test_touch_prolongs_what_is_there(cache: FailoverCache):
    cache.set("key", 1, timeout=1)

    assert cache.touch("key", 60)
    assert not cache.touch("other", 60)

    time.sleep(1.1)
    assert cache.get("key") == 1


def test_many_at_once(cache: FailoverCache):
    cache.set_many({"a": 1, "b": "二"})

    assert cache.get_many(["a", "b", "c"]) == {"a": 1, "b": "二"}
    assert "a" in cache


def test_hits_count_within_the_window_of_the_first(cache: FailoverCache):
    counts = [cache.hit("key", 60) for _ in range(3)]

    assert [count for count, _left in counts] == [1, 2, 3]
    assert all(50 < left <= 60 for _count, left in counts)


def test_hits_begin_anew_after_the_window(cache: FailoverCache):
    cache.hit("key", 1)

    time.sleep(1.1)

    assert cache.hit("key", 60)[0] == 1


def test_redis_that_is_away_is_asked_once_in_a_while_only():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        cache = FailoverCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        started = time.monotonic()

        for n in range(50):
            cache.set(f"key{n}", n)

        assert time.monotonic() - started < 2
    assert cache.get("key49") == 49
    FailoverCache._broken_until.clear()


def test_redis_that_is_back_is_used_again(settings: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cache_module, "BREAK_SECONDS", 0.1)
    location = settings.CACHES["default"]["LOCATION"]
    cache = FailoverCache(location, {})
    FailoverCache._broken_until[location] = time.monotonic() + 0.1
    cache.set("key", "in the table")

    time.sleep(0.15)

    assert cache.get("key") is None


class TestRateLimits:
    def test_limit_allows_as_many_as_it_says(self):
        for _ in range(3):
            ratelimits.hit("code", "13800000001", limit=3, seconds=600)

        with pytest.raises(TooManyRequestsError) as refusal:
            ratelimits.hit("code", "13800000001", limit=3, seconds=600)

        assert 590 < refusal.value.extra["retry_after"] <= 600
        assert "10 分钟" in str(refusal.value.message)

    @pytest.mark.parametrize(("scope", "key"), [("code", "b"), ("track", "a")])
    def test_others_are_counted_apart(self, scope: str, key: str):
        ratelimits.hit("code", "a", limit=1, seconds=600)

        ratelimits.hit(scope, key, limit=1, seconds=600)

    def test_phone_numbers_are_not_kept(self):
        ratelimits.hit("code", "13800000001", limit=1, seconds=600)

        client = shared_cache._primary._cache.get_client()
        assert not [key for key in client.keys("*") if b"13800000001" in key]

    @pytest.mark.race
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("location", ["redis", "table"])
    def test_parallel_tries_never_pass_the_limit(self, settings: Any, location: str):
        """With get and set in place of one atomic step, more than ten get through."""
        where = settings.CACHES["default"]["LOCATION"] if location == "redis" else NOWHERE

        def counted(_number: int) -> list[int]:
            cache = FailoverCache(where, {})
            return [cache.hit("race", 60)[0] for _ in range(5)]

        results = in_parallel(8, counted)
        FailoverCache._broken_until.clear()

        assert sorted(count for part in results for count in part) == list(range(1, 41))


def test_table_needs_one_statement_a_hit(django_assert_num_queries: Any):
    cache = FailoverCache(NOWHERE, {})

    with django_assert_num_queries(1):
        cache.hit("key", 60)

    FailoverCache._broken_until.clear()
    assert connection.in_atomic_block
