"""How a line of the log is written: for people as a line, for machines as JSON; personal data in neither.

Addresses are named by their route, since a path may hold somebody's link and a query what somebody typed.
Failures are told by their kind and where they happened, without the values that the database repeats.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from django.http import HttpRequest

from core.tracing import request_id, task_id

DIGITS: Final = re.compile(r"\d{5,}")
DETAIL: Final = re.compile(r"\n?(DETAIL|CONTEXT|HINT|LINE \d+):.*", re.DOTALL)
SUSPICIOUS: Final = "django.security."
FRAMES: Final = 12
HOME: Final = str(Path(__file__).resolve().parent.parent) + "/"
FIELDS: Final = (
    "route",
    "method",
    "status",
    "ms",
    "statements",
    "task",
    "outcome",
    "message_id",
    "kind",
    "code",
    "head",
)
"""What a line may carry beside its words, given as `extra`."""


def route_of(request: HttpRequest) -> str:
    """The name of the address, never the address itself."""
    match = getattr(request, "resolver_match", None)
    return match.view_name or "unnamed" if match else "unknown"


class Trace(logging.Filter):
    """Adds the ids to a record, and takes addresses out of what Django says of a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id, record.task_id = request_id.get(), task_id.get()
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            status = getattr(record, "status_code", "")
            record.msg, record.args = f"{str(record.msg).split('%', 1)[0].strip(': ')} ({status})", ()
            record.route = route_of(request)
        return True


class Refused(logging.Filter):
    """A request that Django refuses as tampered with is no failure of ours: one warning, without a trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(SUSPICIOUS):
            record.msg, record.args = f"refused as suspicious: {record.name.removeprefix(SUSPICIOUS)}", ()
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True


class Lines(logging.Formatter):
    """`14:05:02 WARNING core.delivery words [request 3f9a…]`, for people."""

    def format(self, record: logging.LogRecord) -> str:
        told = told_by(record)
        extra = " ".join(f"{name}={told[name]}" for name in FIELDS if name in told)
        ids = " ".join(f"{name}={told[f'{name}_id']}" for name in ("request", "task") if f"{name}_id" in told)
        words = (told["at"], told["level"], told["logger"], told["message"], extra, ids)
        line = " ".join(word for word in words if word)
        return "\n".join([line, *(f"    {frame}" for frame in told.get("failure", ()))])


class Json(logging.Formatter):
    """One JSON object a line, for machines."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(told_by(record), ensure_ascii=False, default=str)


def told_by(record: logging.LogRecord) -> dict[str, Any]:
    """What a record says, by name."""
    told: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": scrubbed(record.getMessage()),
    }
    for name in ("request_id", "task_id", *FIELDS):
        if getattr(record, name, ""):
            told[name] = getattr(record, name)
    if record.exc_info and record.exc_info[0] is not None:
        told["failure"] = _failure(*record.exc_info)
    return told


def scrubbed(text: str) -> str:
    """Without runs of digits that may be a phone, and without the values that a database error repeats."""
    return DIGITS.sub("#", DETAIL.sub("", text))


def _failure(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> list[str]:
    """Where it happened, the innermost last, then what it was."""
    frames = traceback.extract_tb(trace)[-FRAMES:]
    lines = [f"{frame.filename.removeprefix(HOME)}:{frame.lineno} in {frame.name}" for frame in frames]
    cause = error.__cause__ if error is not None else None
    return [
        *lines,
        f"{kind.__module__}.{kind.__qualname__}",
        *([f"from {type(cause).__qualname__}"] if cause else []),
    ]
