"""What tests need from the database beyond what Django gives them."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import TransactionTestCase


def let_flush_clean_the_audit_trail() -> None:
    """Call once from conftest: Django's flush between tests may empty the append-only table.

    Triggers are off for the flush alone; while a test runs, the guard stands as in production.
    """
    flush = TransactionTestCase._fixture_teardown

    def guarded_flush(case: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            try:
                flush(case)
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")

    TransactionTestCase._fixture_teardown = guarded_flush
