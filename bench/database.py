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


ROWS = "7830223a3c92ec32+510967e526cccada"
"""What the generator makes of the bench's plain county, as a test reads it: other rows, other databases.

`tests/bench/test_generate.py` says the new value when the rows change, and must agree with this one.
"""
FORMER = {
    1_000_000: "c7aa4e81bc6cb1f95a74c098de9bd7b5c4b53ff29f4b3765dc2bbeaa8ce0e905",
    20_000: "10a6f22d5a26f38a115423821efa7f7cd06f3719e6d5370d02f267d9fcaed472",
}
"""How databases of these very rows were marked when the generator stood in another folder: they are kept."""


def fingerprint(scale: int) -> str:
    """What the rows depend on: how many, and what the generator makes."""
    return hashlib.sha256(f"{scale}:{ROWS}".encode()).hexdigest()


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


def made_at(scale: int) -> datetime | None:
    """When this database was filled, if it was with the present rows and to the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_state')")
        if cursor.fetchone()[0] is None:
            return None
        known = [fingerprint(scale), *filter(None, [FORMER.get(scale)])]
        cursor.execute("SELECT made_at FROM bench_state WHERE fingerprint = ANY(%s)", [known])
        row = cursor.fetchone()
        return row[0] if row else None


def _tidy() -> None:
    """What the server would have done by itself, had it run on after the last measurement."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def ensure(bench: Bench, name: str, scale: int, fill: Callable[[datetime], None]) -> datetime:
    """A filled database of this name; the moment that its rows take for now."""
    bench.postgres.create(name)
    with chosen(name):
        known = made_at(scale)
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
            cursor.execute("INSERT INTO bench_state VALUES (%s, %s)", [fingerprint(scale), at])
    print(f"  {name}: {scale:,} petitions in {time.monotonic() - started:.0f} s", flush=True)
    return at
