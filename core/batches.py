"""Many rows changed in one statement, each in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def rows_update(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Save these fields of rows of one table: one statement, whatever their number.

    Django's own `bulk_update` writes a CASE with a branch for every row and field, and spends more time on
    building that than the database on running it. Call it from actions, on rows that are locked.
    """
    if not rows:
        return
    model = type(rows[0])
    columns = [_named(model, name) for name in fields]
    keyed = [model._meta.pk, *columns]
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in keyed)
    names = ", ".join(_quoted(field) for field in keyed)
    pairs = ", ".join(f"{_quoted(field)} = changed.{_quoted(field)}" for field in columns)
    table, key = connection.ops.quote_name(model._meta.db_table), _quoted(model._meta.pk)
    sql = (
        f"UPDATE {table} SET {pairs} FROM unnest({arrays}) AS changed ({names}) "  # noqa: S608  names of our own
        f"WHERE {table}.{key} = changed.{key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [_values(field, rows) for field in keyed])


def _named(model: type[Model], name: str) -> Field[Any, Any]:
    return next(field for field in model._meta.concrete_fields if name in {field.name, field.attname})


def _quoted(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))


def _type(field: Field[Any, Any]) -> str:
    """The column's type, without its length: the column itself checks that."""
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection)).partition(
        "("
    )[0]


def _values(field: Field[Any, Any], rows: Sequence[Model]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
