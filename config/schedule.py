"""What happens when: the beat schedule as data. Each job asks the database what is due and claims it."""

from __future__ import annotations

from typing import Any, Final

from celery.schedules import crontab

BEAT: Final[dict[str, dict[str, Any]]] = {
    "worker heartbeat": {"task": "config.heartbeat", "schedule": crontab(), "options": {"expires": 50}},
}
