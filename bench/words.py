"""Search words of generated rows: COPY goes past the triggers, so the migration's steps are run."""

from __future__ import annotations

from importlib import import_module

from django.db import connection


def fill() -> None:
    """Words of everything that has none yet, and the index built once at the end."""
    steps = import_module("petitions.migrations.0013_search_index")
    with connection.schema_editor(atomic=False) as editor:
        steps.unindex(None, editor)
        steps.fill(None, editor)
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
        steps.index(None, editor)
