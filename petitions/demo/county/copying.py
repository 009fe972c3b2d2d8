"""Rows into tables by COPY, with flat memory, past indexes and foreign keys that are looked after once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Model

LINES_AT_ONCE: Final = 500
ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Stream:
    """What COPY reads from: lines as they are generated, some hundreds at a time."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)

    def read(self, _size: int = -1) -> str:
        return "".join(islice(self.lines, LINES_AT_ONCE))


class Table:
    """The table of a model. Columns that are not named take the model's default, in every row the same."""

    def __init__(self, model: type[Model], *names: str) -> None:
        fields = model._meta.concrete_fields
        unknown = set(names) - {field.attname for field in fields}
        assert not unknown, f"{model.__name__} has no {unknown}"
        rest = [field for field in fields if field.attname not in names and not field.primary_key]
        self.name = model._meta.db_table
        columns = {field.attname: field.column for field in fields}
        self.columns = [columns[name] for name in names] + [field.column for field in rest]
        self.tail = "".join(f"\t{text(field.get_default())}" for field in rest) + "\n"

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Append rows; each holds the values of the named columns in their order."""
        tail = self.tail
        columns = ", ".join(f'"{column}"' for column in self.columns)
        with connection.cursor() as cursor:
            stream = Stream("\t".join(map(text, row)) + tail for row in rows)
            cursor.copy_expert(f'COPY "{self.name}" ({columns}) FROM STDIN', stream)


class Heap:
    """Rows of several tables, each with its key from the start, until they are written together."""

    def __init__(self) -> None:
        self.rows: dict[type[Model], list[dict[str, Any]]] = {}
        self.keys: dict[type[Model], int] = {}

    def key(self, model: type[Model]) -> int:
        """The next free key of a table."""
        found = self.keys.get(model) or next_id(model)
        self.keys[model] = found + 1
        return found

    def add(self, model: type[Model], **values: Any) -> int:
        """Keep a row by the names of its columns; its key. What is not named takes the model's default."""
        assert model._meta.pk is not None
        name = model._meta.pk.attname
        if name not in values:
            values[name] = self.key(model)
        self.rows.setdefault(model, []).append(values)
        return int(values[name])

    def write(self) -> None:
        """Copy everything that was kept, and keep nothing."""
        for model, rows in self.rows.items():
            fields = {field.attname: field for field in model._meta.concrete_fields}
            names = sorted({name for row in rows for name in row})
            spare = {name: fields[name].get_default() for name in names}
            Table(model, *names).write([{**spare, **row}[name] for name in names] for row in rows)
        self.rows.clear()


def text(value: Any) -> str:
    """A value as COPY reads it."""
    write = WRITTEN.get(type(value))
    return write(value) if write else _seldom(value)


def _string(value: str) -> str:
    return value.translate(ESCAPES) if "\n" in value or "\\" in value or "\t" in value else value


WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    type(None): lambda _value: "\\N",
    str: _string,
    int: str,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    date: date.isoformat,
    UUID: str,
}
"""What there are millions of."""


def _seldom(value: Any) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list | tuple):
        return "{" + ",".join(map(str, value)) + "}"
    return "{}" if isinstance(value, dict) else str(value)


def next_id(model: type[Model]) -> int:
    """The first key that is free behind all others."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT coalesce(max("{model._meta.pk.column}"), 0) + 1 FROM "{model._meta.db_table}"'
        )
        return int(cursor.fetchone()[0])


@contextmanager
def bulk_load(
    models: Sequence[type[Model]], told: Callable[[int, int], None] = lambda _done, _total: None
) -> Iterator[None]:
    """Indexes are built once at the end, foreign keys and append-only triggers stand aside meanwhile.

    CHECK and UNIQUE constraints stay in force. Counters of keys are set behind what was written. Needs a
    database role that may set `session_replication_role`. `told` hears of each index that stands again.
    """
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(PLAIN_INDEXES, [tables])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for done, (_name, definition) in enumerate(indexes):
            told(done, len(indexes))
            cursor.execute(definition)
        told(len(indexes), len(indexes))
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET maintenance_work_mem = DEFAULT")
        cursor.execute(COUNTERS, [tables])
        for table, column in cursor.fetchall():
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "
                f'coalesce(max("{column}"), 1), count(*) > 0) FROM "{table}"'
            )


def analyze() -> None:
    """Statistics for the planner, also within a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def vacuum() -> None:
    """Statistics for the planner, and the visibility map for index-only scans."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


PLAIN_INDEXES: Final = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relname = ANY(%s) AND NOT i.indisunique AND NOT i.indisexclusion
    ORDER BY c.relname
"""
COUNTERS: Final = """
    SELECT c.relname, a.attname
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relname = ANY(%s) AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
"""
