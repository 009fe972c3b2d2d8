"""Rows written by statements whose SQL is put together once: Django builds an INSERT for longer than it runs.

Call these from actions. No signals are sent, and no row has a parent table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, models
from django.db.models import Field, Model

PLAIN: Final = (
    *(models.CharField, models.TextField, models.IntegerField, models.BooleanField),
    *(models.UUIDField, models.ForeignKey),
)
READY: Final = frozenset({str, int, bool, UUID})
"""Values that the driver sends as they are for a plain column; everything else goes through its field."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's attribute, whether it is plain, and how its field makes other values ready."""

    name: str
    is_plain: bool
    prepared: Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one model that are written beside others; one that is there already may be passed over."""

    rows: Sequence[Model]
    ignore_conflicts: bool = False


def rows_insert(rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Add rows of one model in one statement, as `bulk_create` does.

    Each row gets its key, unless it has one or conflicts are ignored: then it may not have been written.
    """
    if not rows:
        return
    sql, values = _statement(Rows(rows, ignore_conflicts))
    if ignore_conflicts:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
        return
    key = _quoted(rows[0]._meta.pk)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {key}", values)
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def rows_insert_beside(*batches: Rows) -> None:
    """Add rows of several models in one statement; none of them gets its key.

    No row may refer to another of the same call.
    """
    parts = [_statement(batch) for batch in batches if batch.rows]
    if not parts:
        return
    *before, (last, _values_of_last) = parts
    named = ", ".join(f"part_{at} AS ({sql})" for at, (sql, _values) in enumerate(before))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {named} {last}" if named else last, [value for _sql, values in parts for value in values]
        )


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


def _statement(batch: Rows) -> tuple[str, list[Any]]:
    """The INSERT of these rows, and its values."""
    head, columns, places = _insert(type(batch.rows[0]))
    for row in batch.rows:
        row._prepare_related_fields_for_save(operation_name="rows_insert")  # type: ignore[attr-defined]
    tail = " ON CONFLICT DO NOTHING" if batch.ignore_conflicts else ""
    values = [value for row in batch.rows for value in _values(columns, row)]
    return f"{head} VALUES {', '.join([places] * len(batch.rows))}{tail}", values


@lru_cache(maxsize=100)
def _insert(model: type[Model]) -> tuple[str, list[Column], str]:
    """What stands before the values, the columns, and the places of one row."""
    assert not model._meta.parents
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(_quoted(field) for field in fields)
    places = ", ".join(_place(field) for field in fields)
    return f"INSERT INTO {_table(model)} ({names})", [_column(field) for field in fields], f"({places})"


@lru_cache(maxsize=1000)
def _update(model: type[Model], names: tuple[str, ...]) -> tuple[list[Column], str]:
    fields = [next(field for field in model._meta.concrete_fields if field.attname == name) for name in names]
    pairs = ", ".join(f"{_quoted(field)} = {_place(field)}" for field in fields)
    key = _quoted(model._meta.pk)
    return (
        [_column(field) for field in fields],
        f"UPDATE {_table(model)} SET {pairs} WHERE {key} = %s",  # noqa: S608  names of our own
    )


def _column(field: Field[Any, Any]) -> Column:
    return Column(field.attname, isinstance(field, PLAIN), field.get_db_prep_save)


def _values(columns: Sequence[Column], row: Model) -> list[Any]:
    """What the driver sends; nothing that the database would have to compute."""
    database = connections[DEFAULT_DB_ALIAS]
    values = []
    for column in columns:
        value = getattr(row, column.name)
        if value is not None and not (column.is_plain and type(value) in READY):
            value = column.prepared(value, database)
            assert not hasattr(value, "resolve_expression"), "computed by the database"
        values.append(value)
    return values


def _place(field: Field[Any, Any]) -> str:
    """The place of a value: an array says of what."""
    kind = field.db_type(connection) or ""
    return f"%s::{kind}" if kind.endswith("[]") else "%s"


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _quoted(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))
