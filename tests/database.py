"""Databases for tests: one migrated template a run, cloned for each worker and after each test that commits.

The append-only tables refuse TRUNCATE, so Django's flush between committing tests cannot work, and it
would empty what migrations put in. A clone of the template is exact, and as quick.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEMPLATE = f"portal_template_{RUN}"
DATABASE = f"portal_test_{RUN}_{WORKER}"
LOCK = 20261122


@contextmanager
def server() -> Iterator[Any]:
    """A cursor beside Django's, on a database that is never dropped."""
    at = settings.DATABASES["default"]
    options = {key: value for key, value in at.get("OPTIONS", {}).items() if key in {"host", "port"}}
    where = {"host": at["HOST"] or None, "port": at["PORT"] or None} | options
    server = psycopg2.connect(user=at["USER"], password=at["PASSWORD"] or None, dbname="postgres", **where)
    server.autocommit = True
    with server.cursor() as cursor:
        yield cursor
    server.close()


def address(name: str) -> str:
    """A database of the run's server, as a DATABASE_URL."""
    at = settings.DATABASES["default"]
    query = urlencode({"host": at.get("OPTIONS", {}).get("host") or at["HOST"], "port": at["PORT"] or 5432})
    return f"postgres://{at['USER']}@/{name}?{query}"


def point_at(name: str) -> None:
    """Make Django, in every thread, use another database of the same server."""
    connections.close_all()
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def create() -> None:
    """The worker's own database, from the template that the first worker of the run migrates."""
    with server() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
        if cursor.fetchone() is None:
            cursor.execute(
                f"CREATE DATABASE \"{TEMPLATE}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
            )
            point_at(TEMPLATE)
            call_command("migrate", verbosity=0, interactive=False)
            connections.close_all()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        _clone(cursor)
    point_at(DATABASE)


def renew() -> None:
    """Throw away what was committed."""
    connections.close_all()
    with server() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # else another worker takes itself for the last
        cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        _clone(cursor)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def drop() -> None:
    """Leave nothing on a server that is not ours; the last worker takes the template too."""
    connections.close_all()
    with server() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        cursor.execute("SELECT 1 FROM pg_database WHERE datname LIKE %s", [f"portal\\_test\\_{RUN}\\_%"])
        if cursor.fetchone() is None:
            cursor.execute(f'DROP DATABASE IF EXISTS "{TEMPLATE}" WITH (FORCE)')
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _clone(cursor: Any) -> None:
    cursor.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE "{TEMPLATE}"')


def clone_instead_of_flush() -> None:
    """Call once from conftest: tests that commit end with a fresh clone."""
    TransactionTestCase._fixture_teardown = lambda case: renew()
