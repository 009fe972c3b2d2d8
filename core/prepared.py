"""Small statements that nearly every request makes, written into SQL once.

Building and compiling such a queryset takes Django longer than asking the database; see docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Prepared:
    """The rows of a queryset of plain columns, which is built at the first use and never again.

    `build` gets the samples; where one of them stands among the parameters of the SQL, a call's value takes
    its place. So a sample is a value that the statement holds nowhere else: -1 for a key, say.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **samples: Any) -> None:
        self.build = build
        self.samples = samples

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows for these values; one statement."""
        sql, parameters = self._statement
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[name] if name else fixed for name, fixed in parameters])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    @cached_property
    def _statement(self) -> tuple[str, list[tuple[str, Any]]]:
        """The SQL, and for each of its parameters the name of its value, or a fixed value."""
        sql, parameters = self.build(**self.samples).query.sql_with_params()
        names = {(type(sample), sample): name for name, sample in self.samples.items()}
        found = [(names.get((type(value), value), ""), value) for value in parameters]
        assert {name for name, _fixed in found if name} == set(self.samples), (
            "a sample is lost in the statement"
        )
        return sql, found
