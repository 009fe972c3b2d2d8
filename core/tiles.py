"""Tiles of a page from all who contribute, what they ask the database put into one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from core.registries import AskingTile, Registry, Tile, TileSource


def tiles_of(request: HttpRequest, sources: Registry[TileSource | AskingTile]) -> list[Tile]:
    """The tiles for this person, in the order of their numbers; at most one statement for all that ask."""
    asking = {name: source for name, source in sources.items() if isinstance(source, AskingTile)}
    asked = {name: source.ask(request) for name, source in asking.items()}
    found = read_together({name: rows for name, rows in asked.items() if rows is not None})
    told = [
        (source.tell(found[name]) if name in found else None)
        if isinstance(source, AskingTile)
        else source(request)
        for name, source in sources.items()
    ]
    return [tile for tile in told if tile is not None]


def read_together(asked: Mapping[str, QuerySet[Any, Any]]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The rows of several small `values` querysets, by name, in one statement.

    Moments and days come as ISO text. A queryset that can find nothing finds nothing.
    """
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
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT jsonb_build_object({', '.join(parts)})::text", given)
        found = cursor.fetchone()[0]
    return cast("Mapping[str, Sequence[Mapping[str, Any]]]", json.loads(found))
