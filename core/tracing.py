"""Which request and which task a line of the log belongs to, from the web to the gateway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

request_id: ContextVar[str] = ContextVar("request_id", default="")
task_id: ContextVar[str] = ContextVar("task_id", default="")

HEADER: Final = "X-Request-ID"
WELL_FORMED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")


def request_named(given: str | None) -> str:
    """The id that came with a request if it is well formed, else a new one."""
    return given if given and WELL_FORMED.fullmatch(given) else uuid4().hex


@contextmanager
def tracing(request: str = "", task: str = "") -> Iterator[None]:
    """Everything logged meanwhile belongs to this request and this task."""
    kept = request_id.set(request), task_id.set(task)
    try:
        yield
    finally:
        request_id.reset(kept[0])
        task_id.reset(kept[1])
