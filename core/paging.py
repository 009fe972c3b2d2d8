"""Pages found by key: no COUNT, no OFFSET, the last page as fast as the first."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, Field, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import F, OrderBy
from django.db.models.lookups import GreaterThan, LessThan
from django.utils.timezone import is_naive

M = TypeVar("M", bound=Model)

LAST: Final = "last"
MAX_CURSOR: Final = 1000
BIGINT: Final = 2**63


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page; `next` and `previous` are cursors, None where there is nothing more."""

    items: list[M]
    next: str | None
    previous: str | None
    endless: bool = False
    """A search that goes back as far as it is read has no last page to jump to."""

    @property
    def last(self) -> str | None:
        """The cursor of the last page, unless this is it."""
        return LAST if self.next and not self.endless else None


@dataclass(frozen=True)
class _Column:
    """One column of the order: its name, direction, and how to read and write its value."""

    name: str
    descending: bool
    field: Field[Any, Any] | None
    nullable: bool

    @classmethod
    def of(cls, queryset: QuerySet[Any], term: str) -> _Column:
        name = term.removeprefix("-")
        name = queryset.model._meta.pk.name if name == "pk" else name
        field, nullable = _resolve(queryset, name)
        return cls(name, term.startswith("-"), field, nullable)

    def ordering(self, *, backwards: bool) -> OrderBy:
        """NULLs come last, and first when read backwards, as in a plain index of PostgreSQL."""
        descending = self.descending != backwards
        if not self.nullable:
            return OrderBy(F(self.name), descending=descending)
        last = None if backwards else True
        return OrderBy(F(self.name), descending=descending, nulls_last=last, nulls_first=backwards or None)

    def value_of(self, item: Any) -> Any:
        for part in self.name.split("__"):
            item = None if item is None else getattr(item, part)
        return item.pk if isinstance(item, Model) else item

    def after(self, value: Any, *, backwards: bool) -> Q:
        """Strictly beyond `value` in reading order."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if backwards else NOTHING
        beyond = Q(**{f"{self.name}__{'lt' if self.descending != backwards else 'gt'}": value})
        return beyond | Q(**{f"{self.name}__isnull": True}) if self.nullable and not backwards else beyond

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})


NOTHING: Final = Q(pk__in=[])
ROW: Final[dict[str, Any]] = {"template": "(%(expressions)s)", "output_field": BooleanField()}


def keyset(queryset: QuerySet[M], *, order: Sequence[str], cursor: str | None, size: int = 20) -> Page[M]:
    """One page of `queryset` in `order` (field names, `-` for descending; the key is added as tie-break).

    `cursor` comes from an earlier page; `LAST` is the last page; what cannot be read is the first page.
    One statement, and a second one only where a page crosses between values and NULLs of the first column.
    """
    columns = _columns(queryset, order)
    values, backwards = _read(cursor, columns)
    items = _fetch(queryset, columns, values, backwards=backwards, limit=size + 1)
    if backwards and values is not None and not items:
        values, backwards = None, False
        items = _fetch(queryset, columns, None, backwards=False, limit=size + 1)
    return _page(items, columns, size, backwards=backwards, is_end=values is None)


def end_page(
    model: type[Model],
    read: Callable[[bool], list[Any]],
    *,
    order: Sequence[str],
    cursor: str | None,
    size: int,
) -> Page[Any] | None:
    """The first or the last page as `keyset` finds it, of rows from elsewhere; None between the ends.

    `read(backwards)` finds the rows of `at_end`.
    """
    columns = _columns(model._default_manager.all(), order)
    values, backwards = _read(cursor, columns)
    if values is not None:
        return None
    return _page(read(backwards), columns, size, backwards=backwards, is_end=True)


def at_end(queryset: QuerySet[M], *, order: Sequence[str], backwards: bool, size: int) -> QuerySet[M]:
    """The rows of the first page, or read backwards of the last one, and one more."""
    columns = _columns(queryset, order)
    assert not (columns[0].nullable and columns[0].descending), "values and NULLs are found apart"
    return queryset.order_by(*(column.ordering(backwards=backwards) for column in columns))[: size + 1]


def position(
    queryset: QuerySet[Any], *, order: Sequence[str], cursor: str | None
) -> tuple[list[Any] | None, bool]:
    """Where a cursor stands: the values of `order`, None at an end, and whether it is read backwards."""
    return _read(cursor, _columns(queryset, order))


def _columns(queryset: QuerySet[Any], order: Sequence[str]) -> list[_Column]:
    columns = [_Column.of(queryset, term) for term in order]
    key = queryset.model._meta.pk.name
    if all(column.name != key for column in columns):
        descending = bool(columns) and columns[-1].descending
        columns.append(_Column.of(queryset, "-pk" if descending else "pk"))
    return columns


def _resolve(queryset: QuerySet[Any], name: str) -> tuple[Field[Any, Any] | None, bool]:
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return annotation.output_field, True
    model, nullable, field = queryset.model, False, None
    for part in name.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            field = next(f for f in model._meta.concrete_fields if f.attname == part)
        nullable = nullable or bool(getattr(field, "null", False))
        model = field.related_model or model
    return field, nullable


def _page(items: list[M], columns: list[_Column], size: int, *, backwards: bool, is_end: bool) -> Page[M]:
    """The page of these rows, one more than fit where there are more; `is_end` where no value begins it."""
    more, items = len(items) > size, items[:size]
    if backwards:
        items.reverse()
    after, before = (not is_end, more) if backwards else (more, not is_end)
    return Page(
        items=items,
        next=_write(items[-1], columns, backwards=False) if after and items else None,
        previous=(_write(items[0], columns, backwards=True) if items else LAST) if before else None,
    )


def _fetch(
    queryset: QuerySet[M], columns: list[_Column], values: list[Any] | None, *, backwards: bool, limit: int
) -> list[M]:
    """The next rows; values and NULLs of the first column apart where one index scan cannot do both."""
    first, rest = columns[0], columns[1:]
    order = [column.ordering(backwards=backwards) for column in columns]
    if not first.nullable or (values is None and not first.descending):
        if values is not None:
            queryset = queryset.filter(_beyond(columns, values, backwards=backwards))
        return list(queryset.order_by(*order)[:limit])
    order[0] = OrderBy(F(first.name), descending=first.descending != backwards)
    filled = queryset.filter(**{f"{first.name}__isnull": False}).order_by(*order)
    nulls = queryset.filter(**{f"{first.name}__isnull": True}).order_by(*order)
    if values is not None and values[0] is None:
        nulls = nulls.filter(_beyond(rest, values[1:], backwards=backwards))
        filled = filled if backwards else queryset.none()
    elif values is not None:
        filled = filled.filter(_beyond(columns, values, backwards=backwards, first_filled=True))
        nulls = queryset.none() if backwards else nulls
    items: list[M] = []
    for segment in (nulls, filled) if backwards else (filled, nulls):
        items += segment[: limit - len(items)] if len(items) < limit else ()
    return items


def _beyond(
    columns: list[_Column], values: list[Any], *, backwards: bool, first_filled: bool = False
) -> Q | GreaterThan | LessThan:
    """Strictly beyond the cursor. One row comparison where an index can serve it as such."""
    filled = [first_filled, *(False for _ in columns[1:])]
    plain = all(not column.nullable or known for column, known in zip(columns, filled, strict=True))
    if len(columns) > 1 and plain and len({column.descending for column in columns}) == 1:
        lookup = LessThan if columns[0].descending != backwards else GreaterThan
        row = Func(*(Value(v, output_field=c.field) for c, v in zip(columns, values, strict=True)), **ROW)
        return lookup(Func(*(F(column.name) for column in columns), **ROW), row)
    beyond, same = NOTHING, Q()
    for column, value in zip(columns, values, strict=True):
        beyond |= same & column.after(value, backwards=backwards)
        same &= column.same(value)
    if len(columns) == 1 or (columns[0].nullable and not first_filled):
        return beyond
    bound = "lte" if columns[0].descending != backwards else "gte"
    return Q(**{f"{columns[0].name}__{bound}": values[0]}) & beyond


def _write(item: Model, columns: list[_Column], *, backwards: bool) -> str:
    values = [_plain(column.value_of(item)) for column in columns]
    text = json.dumps([int(backwards), *values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, int | str | None) else str(value)


def _read(cursor: str | None, columns: list[_Column]) -> tuple[list[Any] | None, bool]:
    """Values and direction; no values for the first and the last page, and for what cannot be read."""
    if cursor == LAST:
        return None, True
    try:
        backwards, *values = json.loads(_unpack(cursor or ""))
        read = [_value(column, value) for column, value in zip(columns, values, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, ValidationError):
        return None, False
    return read, bool(backwards)


def _unpack(cursor: str) -> bytes:
    if len(cursor) > MAX_CURSOR:
        raise ValueError("cursor too long")
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except binascii.Error as error:
        raise ValueError("not a cursor") from error


def _value(column: _Column, value: Any) -> Any:
    """A value as the column's own type.

    Raises:
        ValueError: not a value that the database could compare with the column.
    """
    if value is None and column.nullable:
        return None
    if not isinstance(value, int | str) or (isinstance(value, str) and "\x00" in value):
        raise ValueError("not a value")
    str(value).encode()  # half a character has no place in a database
    field = column.field
    while field is not None and field.is_relation:
        field = field.target_field  # type: ignore[attr-defined]
    read = value if field is None else field.to_python(value)
    if isinstance(read, int) and not -BIGINT <= read < BIGINT:
        raise ValueError("out of range")
    if isinstance(read, datetime):
        return _in_utc(read)
    if read is None or (isinstance(read, float | Decimal) and not math.isfinite(read)):
        raise ValueError("not a number")
    return read


def _in_utc(moment: datetime) -> datetime:
    if is_naive(moment):
        raise ValueError("no time zone")
    return moment.astimezone(UTC)
