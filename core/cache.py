"""The shared cache: Redis, and a table of the database for as long as Redis does not answer."""

from __future__ import annotations

import base64
import pickle
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connection
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import InvalidResponse, OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

T = TypeVar("T")

BREAK_SECONDS = 5.0
DOWN = (
    *(RedisConnectionError, RedisTimeoutError, InvalidResponse),
    *(ReadOnlyError, OutOfMemoryError, OSError),
)
FOREVER = timedelta(days=3650)

GET = "SELECT cache_key, value, number FROM core_cache WHERE cache_key = ANY(%s) AND expires > %s"
SET = """
    INSERT INTO core_cache AS c (cache_key, value, number, expires) VALUES (%s, %s, %s, %s)
    ON CONFLICT (cache_key) DO UPDATE
    SET value = excluded.value, number = excluded.number, expires = excluded.expires
"""
ADD = SET + " WHERE c.expires <= %s RETURNING 1"
INCR = "UPDATE core_cache SET number = number + %s WHERE cache_key = %s AND expires > %s RETURNING number"
HIT = """
    INSERT INTO core_cache AS c (cache_key, value, number, expires) VALUES (%s, '', 1, %s)
    ON CONFLICT (cache_key) DO UPDATE SET
        number = CASE WHEN c.expires <= %s THEN 1 ELSE c.number + 1 END,
        expires = CASE WHEN c.expires <= %s THEN excluded.expires ELSE c.expires END
    RETURNING number, extract(epoch FROM expires - %s)
"""


class KeptRedisClient(RedisCacheClient):
    """Django makes a client for every operation, which costs as much as the operation; this one is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class SharedRedisCache(RedisCache):
    """Redis with short timeouts, and counting within a window in one round trip."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {
            "socket_connect_timeout": 0.3,
            "socket_timeout": 0.5,
            "retry": Retry(NoBackoff(), 1),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})
        self._class = KeptRedisClient

    def hit(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more within the window that the first hit opened: the count, and seconds left."""
        name = self.make_and_validate_key(key)
        pipeline = self._cache.get_client(name, write=True).pipeline(transaction=True)
        pipeline.set(name, 0, ex=seconds, nx=True)
        pipeline.incr(name)
        pipeline.pttl(name)
        _opened, count, left = pipeline.execute()
        return count, left / 1000


class TableCache(BaseCache):
    """A cache in `core_cache`. Every operation is one statement, so that counting stays exact."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        rows = _rows(GET, [list(names), timezone.now()]) if names else []
        return {names[name]: _load(value) if number is None else number for name, value, number in rows}

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SET, self._row(key, value, timeout, version))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(_rows(ADD, [*self._row(key, value, timeout, version), timezone.now()]))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        name, now = self.make_and_validate_key(key, version=version), timezone.now()
        sql = "UPDATE core_cache SET expires = %s WHERE cache_key = %s AND expires > %s RETURNING 1"
        return bool(_rows(sql, [self._expires(timeout), name, now]))

    def delete(self, key: str, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        return bool(_rows("DELETE FROM core_cache WHERE cache_key = %s RETURNING 1", [name]))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        rows = _rows(INCR, [delta, self.make_and_validate_key(key, version=version), timezone.now()])
        if not rows or rows[0][0] is None:
            raise ValueError(f"Key '{key}' not found.")
        return int(rows[0][0])

    def hit(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more within the window that the first hit opened: the count, and seconds left."""
        now = timezone.now()
        name = self.make_and_validate_key(key)
        [(count, left)] = _rows(HIT, [name, now + timedelta(seconds=seconds), now, now, now])
        return count, float(left)

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_cache")

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        number = value if type(value) is int else None
        packed = "" if number is not None else base64.b64encode(pickle.dumps(value)).decode()
        name = self.make_and_validate_key(key, version=version)
        return [name, packed, number, self._expires(timeout)]

    def _expires(self, timeout: Any) -> Any:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return timezone.now() + (FOREVER if seconds is None else timedelta(seconds=seconds))


class FailoverCache(BaseCache):
    """Redis; the table for `BREAK_SECONDS` after it failed. All threads of a process share the breaker."""

    _broken_until: dict[str, float] = {}

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._location = location
        self._primary = SharedRedisCache(location, params)
        self._fallback = TableCache(location, {k: v for k, v in params.items() if k != "OPTIONS"})

    def _run(self, operation: Callable[[Any], T]) -> T:
        if time.monotonic() >= self._broken_until.get(self._location, 0.0):
            try:
                return operation(self._primary)
            except DOWN:
                self._broken_until[self._location] = time.monotonic() + BREAK_SECONDS
        return operation(self._fallback)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._run(lambda cache: cache.get(key, default, version))

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        names = list(keys)
        return self._run(lambda cache: cache.get_many(names, version))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._run(lambda cache: cache.set(key, value, timeout, version))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._run(lambda cache: bool(cache.add(key, value, timeout, version)))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._run(lambda cache: bool(cache.touch(key, timeout, version)))

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._run(lambda cache: bool(cache.delete(key, version)))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._run(lambda cache: int(cache.incr(key, delta, version)))

    def hit(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more within the window that the first hit opened: the count, and seconds left."""
        count: tuple[int, float] = self._run(lambda cache: cache.hit(key, seconds))
        return count

    def clear(self) -> None:
        self._run(lambda cache: cache.clear())


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _load(value: str) -> Any:
    return pickle.loads(base64.b64decode(value))  # noqa: S301  only this module writes the table
