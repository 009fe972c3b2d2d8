"""Is the process alive, and is everything there that it needs? For load balancers, compose and `make run`.

Answered before hosts, sessions and redirects are looked at, so that a probe needs no host name.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

HEARTBEAT: Final = "core.health.heartbeat"
FRESH_SECONDS: Final = 180
"""A worker leaves a sign of life every minute; two may be missed."""

log = logging.getLogger(__name__)


class HealthMiddleware:
    """`/healthz`: this process answers. `/readyz`: so does all it stands on; a 503 names what is missing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages = {"/healthz": healthz, "/readyz": readyz}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = self.pages.get(request.path)
        if page is None:
            return self.get_response(request)
        return page() if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])


def healthz() -> HttpResponse:
    return _answer({"status": "ok"})


def readyz() -> HttpResponse:
    """Ask each of the things that a working portal needs."""
    checks = {name: _holds(name, check) for name, check in CHECKS.items()}
    missing = [name for name, holds in checks.items() if not holds]
    status = "not ready" if missing else "ready"
    return _answer({"status": status, "missing": missing, "checks": checks}, 503 if missing else 200)


def beat() -> None:
    """Leave a worker's sign of life."""
    cache.set(HEARTBEAT, time.time(), timeout=2 * FRESH_SECONDS)


def rest() -> None:
    """Take the sign of life away: the worker stops on purpose."""
    cache.delete(HEARTBEAT)


def _answer(body: dict[str, object], status: int = 200) -> HttpResponse:
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        log.warning("readyz: %s: %s", name, error)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _broker() -> bool:
    once = Retry(NoBackoff(), 0)
    client = redis.Redis.from_url(settings.BROKER_URL, socket_timeout=2, socket_connect_timeout=1, retry=once)
    with client:
        return bool(client.ping())


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def worker_is_alive() -> bool:
    """Whether a worker left a sign of life within the last minutes."""
    return time.time() - float(cache.get(HEARTBEAT) or 0) < FRESH_SECONDS


CHECKS: Final[dict[str, Callable[[], bool]]] = {
    "database": _database,
    "broker": _broker,
    "migrations": _migrations,
    "worker": worker_is_alive,
}
