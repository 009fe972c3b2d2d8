"""Topics that return: a matter, what it followed on, and what followed on it (P-46)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from petitions.models import Petition
from petitions.workflow import SIDE

_ROWS: Final = """
    WITH RECURSIVE earlier AS (
        SELECT own.id, own.follow_on_of_id, 0 AS step FROM petitions_petition own WHERE own.id = {whose}
        UNION SELECT one.id, one.follow_on_of_id, earlier.step + 1
        FROM petitions_petition one JOIN earlier ON one.id = earlier.follow_on_of_id WHERE earlier.step < 20
    ), together AS (
        SELECT id, 0 AS step FROM earlier WHERE follow_on_of_id IS NULL
        UNION SELECT one.id, together.step + 1
        FROM petitions_petition one JOIN together ON one.follow_on_of_id = together.id
        WHERE together.step < 20
    )
"""
"""The matter, up to where its topic began, and everything that grew from there.

Its own row has a name of its own: `whose` may be a column of an outer `petitions_petition`.
"""
CHAIN: Final = "".join(
    (
        _ROWS.format(whose="petitions_petition.id"),
        "SELECT coalesce(jsonb_agg(jsonb_build_object(",
        "'pk', one.id, 'number', one.number, 'stage', one.stage, ",
        "'title', CASE WHEN one.public_title > '' THEN one.public_title ",
        "WHEN one.place_id = petitions_petition.place_id THEN left(one.text, 30) ELSE '' END) ",
        "ORDER BY one.id), '[]') FROM petitions_petition one JOIN together USING (id)",
    )
)
"""The chain of the row of an outer query, as JSON, for the people who handle it.

People's own words stand there only where the matter stayed at this place: elsewhere others may read it.
"""


PUBLIC: Final = "".join(
    (
        _ROWS.format(whose="%(petition)s"),
        "SELECT one.id, one.number, one.stage, one.public_title ",
        "FROM petitions_petition one JOIN together USING (id) WHERE NOT one.is_private ",
        "AND one.spam_marked_at IS NULL AND one.stage <> ALL(%(side)s) ORDER BY one.id",
    )
)
"""The chain of one matter, as far as strangers may know it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One matter of a chain."""

    pk: int
    number: str
    stage: str
    title: str


def public_chain(petition: Petition) -> list[Topic]:
    """The chain as strangers may know it; empty where the matter stands alone; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(PUBLIC, {"petition": petition.pk, "side": sorted(SIDE)})
        found = [Topic(*row) for row in cursor.fetchall()]
    return found if len(found) > 1 else []
