"""A nudge for the delivery worker, given by a thread of its own: no request ever waits for the broker.

It may be lost, when the broker is away or this process ends: the sweep finds what it missed.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from celery import current_app
from kombu.exceptions import OperationalError

from core.tracing import request_id

logger = logging.getLogger(__name__)

GATHER_SECONDS: Final = 1.0
BREAK_SECONDS: Final = 10.0


class Waker(threading.Thread):
    """Wakes the worker once for everything asked for meanwhile; what is urgent waits for nothing."""

    def __init__(self) -> None:
        super().__init__(name="wake", daemon=True)
        self.wanted = threading.Event()
        self.urgent = threading.Event()
        self.request_id = ""
        """The last request that asked."""

    def run(self) -> None:
        while True:
            self.wanted.wait()
            self.urgent.wait(GATHER_SECONDS)
            self.urgent.clear()
            self.wanted.clear()
            self._send()

    def _send(self) -> None:
        try:
            headers = {"request_id": self.request_id}
            current_app.send_task("core.tasks.deliver_due", retry=False, headers=headers)
        except (OperationalError, OSError):
            logger.warning("broker unreachable; the sweep will deliver")
            time.sleep(BREAK_SECONDS)


_waker: Waker | None = None
_starting = threading.Lock()


def deliver(*, at_once: bool = False) -> None:
    """Ask for the worker: now, or a little later together with what this process commits until then."""
    waker = _living()
    waker.request_id = request_id.get()
    if at_once:
        waker.urgent.set()
    waker.wanted.set()


def _living() -> Waker:
    """This process's thread; a forked process begins its own."""
    global _waker  # noqa: PLW0603
    with _starting:
        if _waker is None or not _waker.is_alive():
            _waker = Waker()
            _waker.start()
        return _waker
