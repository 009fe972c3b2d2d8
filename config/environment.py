"""Reading settings from the environment, and saying in one sentence what is missing or wrong there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Never, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import environ

T = TypeVar("T")
GUNICORN_GIVES_UP = 3
"""gunicorn stops for good when a worker leaves with this code, instead of trying again for ever."""

PLANNER = "-c join_collapse_limit=4 -c jit=off -c random_page_cost=1.1"
"""A list row names eight tables, each found by its key. Trying every order of joining them took PostgreSQL
25 ms for a statement that runs 1 ms; the first four are still put in order freely. Rows are in memory or on
flash: with the cost of a spinning disk PostgreSQL would rather read thousands of rows and sort them than go
along an index for twenty. See docs/performance.md.
"""

env = environ.Env()


def refuse(sentence: str) -> Never:
    """Leave with a sentence instead of a traceback."""
    print(f"The portal cannot start: {sentence}", file=sys.stderr)  # noqa: T201
    raise SystemExit(GUNICORN_GIVES_UP)


def required(name: str, hint: str) -> str:
    """A value that has no safe default."""
    value: str = env.str(name, default="")
    return value or refuse(f"{name} is not set. {hint}")


def read(reader: Callable[..., T], name: str, default: T) -> T:
    """A value with a default; one that cannot be read is refused by name."""
    if env.str(name, default="") == "":
        return default
    try:
        return reader(name)
    except (ValueError, TypeError):
        refuse(f"{name}={env.str(name)!r} cannot be read as {type(default).__name__}.")


def flag(name: str) -> bool:
    """A switch that is off unless it says 1, true, yes or on."""
    word = env.str(name, default="").strip().lower()
    if word in {"", "0", "false", "no", "off"}:
        return False
    if word in {"1", "true", "yes", "on"}:
        return True
    refuse(f"{name}={word!r} is neither 1 nor 0.")


def database(url: str) -> dict[str, object]:
    """Django's description of a PostgreSQL database."""
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        refuse("DATABASE_URL must begin with postgres://, the portal knows no other database.")
    parsed: dict[str, Any] = env.db_url_config(url)
    parsed.setdefault("OPTIONS", {}).setdefault("options", PLANNER)
    return parsed


def tile_host(url: str) -> str:
    """Where map tiles come from, as the content policy names it; nothing without an address."""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.netloc or not all(word in url for word in ("{z}", "{x}", "{y}")):
        refuse("TILE_URL must look like https://tiles.example.org/{z}/{x}/{y}.png.")
    return f"https://{parts.netloc.replace('{s}', '*')}"


def redis_database(url: str, number: int) -> str:
    """The same Redis server, its database `number`: tasks and cache must not share one."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = dict(parse_qsl(parts.query)) | {"db": str(number)}
        return f"unix://{parts.netloc}{parts.path}?{urlencode(query)}"
    return urlunsplit(parts._replace(path=f"/{number}"))


def redis_number(url: str) -> int:
    """Which database of its server a Redis address names."""
    parts = urlsplit(url)
    word = dict(parse_qsl(parts.query)).get("db", "0") if parts.scheme == "unix" else parts.path.strip("/")
    return int(word or 0)


def celery_address(url: str) -> str:
    """A Redis address in the form that Celery's broker knows: sockets are spelt differently there."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={redis_number(url)}"
