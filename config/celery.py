"""The Celery application, and the sign of life that `/readyz` looks for."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready, worker_shutdown

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
