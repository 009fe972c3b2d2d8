"""A nudge for the delivery worker. It may be lost: the sweep finds what it missed."""

from __future__ import annotations

import logging
import time

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

GATHER_SECONDS = 2
BREAK_SECONDS = 10

_covered_until = 0.0
_broken_until = 0.0


def deliver(*, at_once: bool = False) -> None:
    """Wake the worker: now, or a little later together with what this process commits until then.

    A broker that is down is left alone for some seconds, so that nobody's request waits for it again.
    """
    global _covered_until, _broken_until  # noqa: PLW0603
    now = time.monotonic()
    if now < _broken_until or (not at_once and now < _covered_until):
        return
    try:
        current_app.send_task(
            "core.tasks.deliver_due", countdown=None if at_once else GATHER_SECONDS, retry=False
        )
    except (OperationalError, OSError):
        _broken_until = time.monotonic() + BREAK_SECONDS
        logger.warning("broker unreachable; the sweep will deliver")
        return
    if not at_once:
        _covered_until = now + GATHER_SECONDS
