"""Tiles of a page from all who contribute, what they ask the database put into one statement.

What one person asks differs from what another does by values alone, as long as their posts are of the same
kinds. So it is asked once for a `StandIn`, compiled, and kept; see docs/performance.md.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, cast

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.registries import Asking, AskingTile, Registry, Tile, TileSource

FORMS_KEPT: Final = 500
NEAR: Final = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who is nobody, in place of all for whom the same is asked: equal `form`, equal statement."""

    form: Hashable
    asking: Asking = field(compare=False)


def tiles_of(
    request: HttpRequest,
    sources: Registry[TileSource | AskingTile],
    *,
    at: datetime,
    stand_in: StandIn,
    values: Mapping[Any, Any],
) -> list[Tile]:
    """The tiles for this person, in the order of their numbers; at most one statement for all that ask.

    `values` says, for every value that the stand-in has, the person's own.
    """
    asking = tuple((name, source) for name, source in sources.items() if isinstance(source, AskingTile))
    written = _written(stand_in, asking)
    found = written.rows(values, at) if written is not None else {}
    told = [
        (source.tell(found[name]) if name in found else None)
        if isinstance(source, AskingTile)
        else source(request)
        for name, source in sources.items()
    ]
    return [tile for tile in told if tile is not None]


@dataclass(frozen=True, slots=True)
class Written:
    """A statement for somebody, and the moment for which it was put together."""

    sql: str
    given: Sequence[Any]
    at: datetime

    def rows(self, values: Mapping[Any, Any], at: datetime) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """What was found for each name. Moments and days come as ISO text."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.parameters(values, at))
            found = cursor.fetchone()[0]
        return cast("Mapping[str, Sequence[Mapping[str, Any]]]", json.loads(found))

    def parameters(self, values: Mapping[Any, Any], at: datetime) -> list[Any]:
        """The parameters for another person and moment: what is so long before or after it still is."""
        day, own_day = timezone.localdate(at), timezone.localdate(self.at)

        def own(value: Any) -> Any:
            if isinstance(value, list):
                return sorted(own(each) for each in value)
            if isinstance(value, datetime):
                return at + (value - self.at) if abs(value - self.at) < NEAR else value
            if isinstance(value, date):
                return day + (value - own_day) if abs(value - own_day) < NEAR else value
            return values.get(value, value)

        return [own(value) for value in self.given]


@lru_cache(maxsize=FORMS_KEPT)
def _written(stand_in: StandIn, asking: Sequence[tuple[str, AskingTile]]) -> Written | None:
    asked = {name: source.ask(stand_in.asking) for name, source in asking}
    return written({name: rows for name, rows in asked.items() if rows is not None}, stand_in.asking.at)


def written(asked: Mapping[str, QuerySet[Any, Any]], at: datetime) -> Written | None:
    """Several small `values` querysets, by name, as one statement; a queryset that can find nothing finds
    nothing."""
    parts: list[str] = []
    given: list[Any] = []
    for name, rows in asked.items():
        if rows.query.is_empty():
            parts.append("%s, '[]'::jsonb")
            given.append(name)
            continue
        sql, params = rows.query.sql_with_params()
        parts.append(f"%s, (SELECT coalesce(jsonb_agg(part), '[]') FROM ({sql}) part)")  # noqa: S608
        given += [name, *params]
    return Written(f"SELECT jsonb_build_object({', '.join(parts)})::text", given, at) if parts else None
