"""Rows that belong to one row, read in one statement as JSON, and made models again.

The SQL is put together once. As subqueries of the ORM it would be compiled anew for every page, and as
querysets of their own the parts would take a statement each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)
Columns = Sequence["str | tuple[str, Columns]"]
"""Columns by name (`user_id`), and rows that a foreign key points to, with columns of their own."""
NAMED: Final[Columns] = ("id", "display_name", "username")
"""An account, enough for its name."""


def rows_sql(model: type[Model], columns: Columns, whose: str, order: str = "part.id") -> str:
    """SQL for the rows of `part`, which is `model`, as JSON; nothing in it comes from outside."""
    return (
        f"SELECT coalesce(jsonb_agg({_object(model, columns, 'part')} ORDER BY {order}), '[]') "  # noqa: S608
        f"FROM {model._meta.db_table} part WHERE {whose}"
    )


def parts_sql(table: str, parts: Mapping[str, str]) -> str:
    """SQL for all parts, by name, of the row of this table with a key, as one JSON object."""
    pairs = ", ".join(f"'{name}', ({sql})" for name, sql in parts.items())
    return f"SELECT jsonb_build_object({pairs})::text FROM {table} WHERE id = %s"  # noqa: S608


def parts_read(sql: str, key: int) -> Mapping[str, Any]:
    """What `parts_sql` finds for this key; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, [key])
        found = cursor.fetchone()[0]
    return cast("Mapping[str, Any]", json.loads(found, parse_float=Decimal))


def made(model: type[M], row: Mapping[str, Any]) -> M:
    """A row of JSON as the model that it is; a column that was not read is read when it is asked for."""
    names, columns, pointers = _reading(model, tuple(row))
    found = model.from_db(DEFAULT_DB_ALIAS, names, [read(row[key]) for key, read in columns])
    for name, other in pointers:
        setattr(found, name, None if row[name] is None else made(other, row[name]))
    return found


def _object(model: type[Model], columns: Columns, alias: str) -> str:
    pairs = ", ".join(f"'{_key(column)}', {_value(model, column, alias)}" for column in columns)
    return f"jsonb_build_object({pairs})"


def _key(column: str | tuple[str, Columns]) -> str:
    return column if isinstance(column, str) else column[0]


def _value(model: type[Model], column: str | tuple[str, Columns], alias: str) -> str:
    if isinstance(column, str):
        return f"{alias}.{_field(model, column).column}"
    name, columns = column
    field, inner = _field(model, name), f"{alias}_{name}"
    other = cast("type[Model]", field.related_model)
    return (
        f"(SELECT {_object(other, columns, inner)} FROM {other._meta.db_table} {inner} "  # noqa: S608
        f"WHERE {inner}.{other._meta.pk.column} = {alias}.{field.column})"
    )


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", model._meta.get_field(name))


@lru_cache(maxsize=200)
def _reading(
    model: type[Model], keys: tuple[str, ...]
) -> tuple[list[str], list[tuple[str, Callable[[Any], Any]]], list[tuple[str, type[Model]]]]:
    """How rows with these keys are read: columns in the order of the model, then what they point to."""
    fields = model._meta.concrete_fields
    plain = [field for field in fields if field.attname in keys]
    pointers = [field for field in fields if field.name in keys and field.is_relation]
    return (
        [field.attname for field in plain],
        [(field.attname, field.to_python) for field in plain],
        [(field.name, cast("type[Model]", field.related_model)) for field in pointers],
    )
