"""What is counted for Prometheus, and the page that shows it.

Requests are counted in each process and added up over all of a server's processes. Tasks run elsewhere, so
their figures lie in a hash of the queue's server; how full the outbox is and the kept figures are read when
somebody looks. A count is never worth a failure: with Redis away, tasks go uncounted.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, Final

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.registries import GaugeSource, gauges

logger = logging.getLogger(__name__)

OWN: Final = CollectorRegistry()
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REQUESTS: Final = Counter("portal_requests", "Requests answered", ("route", "method", "status"), registry=OWN)
SECONDS: Final = Histogram(
    "portal_request_seconds", "Time to answer", ("route",), buckets=BUCKETS, registry=OWN
)
DATABASE_ERRORS: Final = Counter(
    "portal_database_errors", "Statements that the database refused or lost", ("kind",), registry=OWN
)
TASKS: Final = "portal:tasks"
OUTBOX: Final = """
    SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0),
           count(*) FILTER (WHERE next_attempt_at <= now())
    FROM core_outboxmessage WHERE state IN ('queued', 'sending')
"""


def request_done(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer; unknown methods and addresses share one name."""
    known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
    REQUESTS.labels(route, known, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def task_done(*, name: str, outcome: str, seconds: float) -> None:
    """Count one task, and when it last went well."""
    try:
        with _queue().pipeline(transaction=False) as pipe:
            pipe.hincrby(TASKS, f"runs|{name}|{outcome}", 1)
            pipe.hset(TASKS, f"seconds|{name}|", f"{seconds:.3f}")
            if outcome == "done":
                pipe.hset(TASKS, f"success|{name}|", f"{time.time():.0f}")
            pipe.execute()
    except redis.RedisError:
        logger.debug("a task went uncounted")


def count_database_errors(execute: Callable[..., Any], *statement: Any) -> Any:
    """Wraps every statement of a connection: what fails is counted by its kind, and fails as before."""
    try:
        return execute(*statement)
    except DatabaseError as error:
        DATABASE_ERRORS.labels(type(error).__name__).inc()
        raise


def page() -> bytes:
    """Everything that is counted, as Prometheus reads it."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(OWN)
    registry.register(Looked())
    return generate_latest(registry)


class Looked:
    """What is looked up when somebody asks, rather than counted along the way."""

    def collect(self) -> Iterator[Metric]:
        yield from _guarded(_outbox)
        yield from _guarded(_tasks)
        for name, source in gauges.items():
            yield from _guarded(partial(_gauge, name, source))


def _guarded(source: Callable[[], Iterator[Metric]]) -> list[Metric]:
    """A source that does not answer is left out, so that the others can still be read."""
    try:
        return list(source())
    except (DatabaseError, redis.RedisError, OSError) as error:
        logger.warning("metrics: a source does not answer: %s", type(error).__name__)
        return []


def _outbox() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(OUTBOX)
        waiting, oldest, due = cursor.fetchone()
    yield GaugeMetricFamily("portal_outbox_waiting", "Messages not yet sent", value=waiting)
    yield GaugeMetricFamily("portal_outbox_due", "Messages that should leave now", value=due)
    yield GaugeMetricFamily(
        "portal_outbox_oldest_seconds", "Age of the oldest waiting message", value=float(oldest)
    )


def _tasks() -> Iterator[Metric]:
    runs = CounterMetricFamily("portal_tasks", "Tasks by outcome", labels=("task", "outcome"))
    last = GaugeMetricFamily("portal_task_seconds", "How long a task took the last time", labels=("task",))
    success = GaugeMetricFamily(
        "portal_task_success_timestamp", "When a task last went well", labels=("task",)
    )
    for key, value in _queue().hgetall(TASKS).items():
        what, name, outcome = str(key).split("|")
        if what == "runs":
            runs.add_metric((name, outcome), float(value))
        else:
            (last if what == "seconds" else success).add_metric((name,), float(value))
    yield from (runs, last, success)


def _gauge(name: str, source: GaugeSource) -> Iterator[Metric]:
    for part, value in source().items():
        yield GaugeMetricFamily(f"portal_{name}_{part}", f"{name}: {part}", value=value)


@cache
def _queue() -> redis.Redis:
    """One client a process; it gives up quickly and never tries twice."""
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(
        settings.BROKER_URL, socket_timeout=1, socket_connect_timeout=0.5, retry=once, decode_responses=True
    )
