"""Rows written by statements whose SQL is put together once: Django builds an INSERT for longer than it runs.

Call these from actions. No signals are sent, and no row has a parent table.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.models import Field, Model


def rows_insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Add rows of one model in one statement, as `bulk_create` does.

    Each row gets its key, unless conflicts are ignored: then it may not have been written.
    """
    if not rows:
        return
    head, columns, places, tail = _insert(type(rows[0]), ignore_conflicts)
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="rows_insert")  # type: ignore[attr-defined]
    values = [value for row in rows for value in _values(columns, row)]
    with connection.cursor() as cursor:
        cursor.execute(f"{head} VALUES {', '.join([places] * len(rows))}{tail}", values)
        if ignore_conflicts:
            return
        for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def row_update(row: Model, names: Sequence[str]) -> None:
    """Save these columns of one row, as `save(update_fields=...)` does.

    Raises:
        DatabaseError: the row is gone.
    """
    if not names:
        return
    columns, sql = _update(type(row), tuple(names))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_values(columns, row), row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{row!r} is gone")


@lru_cache(maxsize=100)
def _insert(model: type[Model], ignore_conflicts: bool) -> tuple[str, list[Field[Any, Any]], str, str]:
    """What stands before the values, the columns, the places of one row, and what stands after them."""
    assert not model._meta.parents
    columns = [field for field in model._meta.concrete_fields if not field.primary_key]
    key = model._meta.pk
    names = ", ".join(_quoted(field) for field in columns)
    tail = " ON CONFLICT DO NOTHING" if ignore_conflicts else f" RETURNING {_quoted(key)}"
    places = ", ".join(_place(field) for field in columns)
    return f"INSERT INTO {_table(model)} ({names})", columns, f"({places})", tail


@lru_cache(maxsize=1000)
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[list[Field[Any, Any]], str]:
    columns = [
        next(field for field in model._meta.concrete_fields if field.attname == name) for name in names
    ]
    pairs = ", ".join(f"{_quoted(field)} = {_place(field)}" for field in columns)
    key = _quoted(model._meta.pk)
    return columns, f"UPDATE {_table(model)} SET {pairs} WHERE {key} = %s"  # noqa: S608  names of our own


def _values(columns: Sequence[Field[Any, Any]], row: Model) -> list[Any]:
    """What the driver sends; nothing that the database would have to compute."""
    database = connections[DEFAULT_DB_ALIAS]
    values = [field.get_db_prep_save(getattr(row, field.attname), database) for field in columns]
    assert not any(hasattr(value, "resolve_expression") for value in values), "computed by the database"
    return values


def _place(field: Field[Any, Any]) -> str:
    """The place of a value: an array says of what."""
    kind = field.db_type(connection) or ""
    return f"%s::{kind}" if kind.endswith("[]") else "%s"


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _quoted(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))
