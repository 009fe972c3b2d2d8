"""The Celery application, and the sign of life that `/readyz` looks for."""

import logging
import os
import time
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, task_postrun, task_prerun, worker_ready, worker_shutdown

from core.tracing import request_id, task_id

logger = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="config.heartbeat")
def heartbeat() -> None:
    """Leave the time of the last sign of life where the web processes see it."""
    from core import health

    health.beat()


@worker_ready.connect
def _arrive(**_: Any) -> None:
    heartbeat()


@worker_shutdown.connect
def _leave(**_: Any) -> None:
    from core import health

    health.rest()


@before_task_publish.connect
def _name_request(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """A task carries the id of the request that asked for it."""
    if headers is not None and not headers.get("request_id"):
        headers["request_id"] = request_id.get()


@task_prerun.connect
def _begin(task_id: str = "", task: Any = None, **_: Any) -> None:
    _trace(str(getattr(task.request, "request_id", "") or ""), task_id)
    task.request.began = time.perf_counter()


@task_postrun.connect
def _end(task: Any = None, state: str | None = None, **_: Any) -> None:
    """One line and one count for each task, whatever became of it."""
    from core import metrics

    seconds = time.perf_counter() - getattr(task.request, "began", time.perf_counter())
    outcome = "done" if state == "SUCCESS" else str(state or "unknown").lower()
    logger.info("task", extra={"task": task.name, "outcome": outcome, "ms": round(seconds * 1000, 1)})
    metrics.task_done(name=task.name, outcome=outcome, seconds=seconds)
    _trace("", "")


def _trace(request: str, task: str) -> None:
    request_id.set(request)
    task_id.set(task)
