"""Search words of generated rows: COPY goes past the triggers, so the migration's steps are run."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from django.db import connection

from petitions.models import Petition, WallPost

STEPS: Final = "petitions.migrations.0013_search_index"
BATCH: Final = 5000
KEPT: Final = ((Petition, "petitions_words_keep"), (WallPost, "petitions_wall_words_keep"))
INDEX: Final = """
    CREATE INDEX {table}_terms ON {table} USING gin (petitions_terms(words, tokens)) WITH (fastupdate = off)
"""


def fill() -> None:
    """Words of everything that has none yet, and the index built once at the end."""
    steps = import_module(STEPS)
    with connection.schema_editor(atomic=False) as editor:
        steps.unindex(None, editor)
        steps.fill(None, editor)
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
        steps.index(None, editor)


def fill_within(told: Callable[[int, int], None]) -> None:
    """The same within a transaction, into empty tables. `told` hears how many of how many are done."""
    steps: Any = import_module(STEPS)
    with connection.schema_editor(atomic=False) as editor:
        steps.unindex(None, editor)
    with connection.cursor() as cursor:
        spans = [(keep, *_span(model)) for model, keep in KEPT]
        done, total = 0, sum(last - first + 1 for _keep, first, last in spans)
        for keep, first, last in spans:
            for start in range(first, last + 1, BATCH):
                ids = list(range(start, min(start + BATCH, last + 1)))
                cursor.execute(f"SELECT {keep}(%s)", [ids])
                done += len(ids)
                told(done, total)


def index_within() -> None:
    """The index over all of them, within a transaction."""
    steps: Any = import_module(STEPS)
    with connection.cursor() as cursor:
        for _source, _keep, table, _key in steps.TABLES:
            cursor.execute(INDEX.format(table=table))


def _span(model: type[Petition | WallPost]) -> tuple[int, int]:
    keys = model._default_manager.order_by("pk").values_list("pk", flat=True)
    return (keys.first() or 1, keys.last() or 0)
