"""The databases of the bench: made once for a scale, kept for the next run as long as they fit the code."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench.servers import Bench

STATE = "CREATE TABLE bench_state (fingerprint text NOT NULL, made_at timestamptz NOT NULL)"


ROWS = "66b3f8aec8dead84+9c430d604df80e29"
"""What the generator makes of the bench's plain county, as a test reads it: other rows, other databases.

`tests/bench/test_generate.py` says the new value when the rows change, and must agree with this one.
"""


def fingerprint(scale: int, rows: str = ROWS) -> str:
    """What the rows depend on: how many, and what the generator makes."""
    return hashlib.sha256(f"{scale}:{rows}".encode()).hexdigest()


@contextmanager
def chosen(name: str) -> Iterator[None]:
    """Django's connection points at the database `name` of the private server meanwhile."""
    settings = connection.settings_dict
    before = settings["NAME"]
    connection.close()
    settings["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = before


def made_at(scale: int, rows: str = ROWS) -> datetime | None:
    """When this database was filled, if it was with the present rows and to the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_state')")
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute("SELECT made_at FROM bench_state WHERE fingerprint = %s", [fingerprint(scale, rows)])
        row = cursor.fetchone()
        return row[0] if row else None


def _tidy() -> None:
    """What the server would have done by itself, had it run on after the last measurement."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def ensure(
    bench: Bench, name: str, scale: int, fill: Callable[[datetime], None], rows: str = ROWS
) -> datetime:
    """A filled database of this name; the moment that its rows take for now. `rows` says what they are."""
    bench.postgres.create(name)
    with chosen(name):
        known = made_at(scale, rows)
        if known is not None:
            call_command("migrate", verbosity=0)
            _tidy()
    if known is not None:
        print(f"  {name}: kept from {timezone.localtime(known):%Y-%m-%d %H:%M}", flush=True)
        return known
    with chosen("postgres"), connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    bench.postgres.create(name)
    started, at = time.monotonic(), timezone.localtime()
    with chosen(name):
        call_command("migrate", verbosity=0)
        fill(at)
        with connection.cursor() as cursor:
            cursor.execute(STATE)
            cursor.execute("INSERT INTO bench_state VALUES (%s, %s)", [fingerprint(scale, rows), at])
    print(f"  {name}: {scale:,} in {time.monotonic() - started:.0f} s", flush=True)
    return at
