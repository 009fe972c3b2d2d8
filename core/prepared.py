"""Small statements that nearly every request makes, written into SQL once.

Building and compiling such a queryset takes Django longer than asking the database; see docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)

MOMENT: Final = datetime(1, 1, 2, tzinfo=UTC)
DAY: Final = date(1, 1, 2)
BELOW: Final = "/-2/%"
"""Samples of a moment, a day, and how the paths below a place begin: `build` filters by `path_of(below)`."""


def path_of(below: str) -> str:
    """The path of the place for what stands in the statement as `below`."""
    return below.removesuffix("%")


def below_of(path: str) -> str:
    """What stands for everything at or below a path, in a statement with the sample `BELOW`."""
    return f"{path}%"


class Prepared:
    """The rows of a queryset of plain columns, which is built at the first use and never again.

    `build` gets the samples; where one of them stands among the parameters of the SQL, a call's value takes
    its place. So a sample is a value that the statement holds nowhere else: -1 for a key, say. Only those
    named by `spare` may be missing from it.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], spare: Collection[str] = (), /, **samples: Any
    ) -> None:
        self.build = build
        self.spare = spare
        self.samples = samples

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these values; one statement."""
        sql, parameters = self._statement
        return _fetched(sql, parameters, values)

    @cached_property
    def _statement(self) -> tuple[str, list[Parameter]]:
        """The SQL, and for each of its parameters the name of its value, or a fixed value."""
        sql, parameters = self.written()
        return sql, _named(parameters, self.samples, self.spare)

    def written(self) -> tuple[str, Sequence[Any]]:
        """The SQL with the samples among its parameters; for a queryset that stands within more."""
        sql, parameters = self.build(**self.samples).query.sql_with_params()
        return sql, parameters


class PreparedModel(Generic[M]):
    """The rows of a queryset as models, with what `select_related` joins and `annotate` adds; built once.

    Samples are as in `Prepared`. A queryset for `first` has a limit, or finds one row by a unique column.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], **samples: Any) -> None:
        self.build = build
        self.samples = samples

    def first(self, **values: Any) -> M | None:
        """The row for these values, None without one; one statement."""
        return next(iter(self.all(**values)), None)

    def all(self, **values: Any) -> list[M]:
        """Every row for these values; one statement."""
        sql, parameters, made = self._statement
        return [made(row) for row in _fetched(sql, parameters, values)]

    @cached_property
    def _statement(self) -> tuple[str, list[Parameter], Callable[[Sequence[Any]], M]]:
        """The SQL, its parameters, and how a row of it becomes the model, as the queryset itself does it."""
        queryset = self.build(**self.samples)
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        assert compiler.klass_info is not None
        assert compiler.select is not None
        columns = compiler.klass_info["select_fields"]
        names = [compiler.select[at][0].target.attname for at in columns]
        populators = get_related_populators(  # type: ignore[call-arg]
            compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS
        )
        converters = compiler.get_converters([each[0] for each in compiler.select])
        annotated = tuple(compiler.annotation_col_map.items())

        def made(row: Sequence[Any]) -> M:
            values = next(iter(compiler.apply_converters([row], converters))) if converters else row
            found = queryset.model.from_db(DEFAULT_DB_ALIAS, names, values[columns[0] : columns[-1] + 1])
            for populator in populators:
                populator.populate(values, found)
            for name, at in annotated:
                setattr(found, name, values[at])
            return found

        return sql, _named(parameters, self.samples), made


Parameter = tuple[str, Any]


def _named(
    parameters: Sequence[Any], samples: Mapping[str, Any], spare: Collection[str] = ()
) -> list[Parameter]:
    """For each parameter the name of its value, or a fixed value."""
    names = {(type(sample), sample): name for name, sample in samples.items()}
    found = [(names.get((type(value), value), ""), value) for value in parameters]
    lost = set(samples).difference(spare, (name for name, _fixed in found))
    assert not lost, f"samples are lost in the statement: {lost}"
    return found


def _fetched(sql: str, parameters: Sequence[Parameter], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [values[name] if name else fixed for name, fixed in parameters])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
