"""Matters and answers found by words: newest first, page by page, at the same cost in a village and a county.

A common word has hundreds of thousands of rows and a rare one has none; no single index answers both by
time. So the days are gone back through in growing spans, 8, 64 and 512 days, each a token in the same GIN
index as the words, and the statement ends as soon as a page is full. See the record in docs/adr/.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from community.duties import Power
from community.permissions import held_posts
from core.models import User
from core.paging import LAST, position
from core.querysets import Among
from petitions.models import PetitionReporter
from petitions.querysets import PetitionQuerySet
from petitions.selectors.asked import Asked, pairs_of

SPAN: Final = 8
LEVELS: Final = 3
DAY: Final = 86_400
FEW: Final = 1000
"""A list of no more rows than this is read to its end."""


@dataclass(frozen=True, slots=True)
class Index:
    """A table of words and the column that says whose they are."""

    table: str
    key: str

    @property
    def terms(self) -> str:
        return "petitions_terms(w.words, w.tokens)"


MATTERS: Final = Index("petitions_petitionwords", "petition_id")
ANSWERS: Final = Index("petitions_wallwords", "post_id")


@dataclass(frozen=True, slots=True)
class Seek:
    """From where a page is read, and how many rows make it full; `at` None is the newest."""

    now: datetime
    size: int
    at: datetime | None = None
    key: int = 0
    backwards: bool = False


def seek(rows: QuerySet[Any], *, order: Sequence[str], cursor: str | None, size: int, now: datetime) -> Seek:
    """Where this cursor of a list in `order` (a moment, then the key) stands; its end is its beginning."""
    values, backwards = position(rows, order=order, cursor=cursor)
    if values is None:
        return Seek(now, size + 1)
    return Seek(now, size + 1, values[0], int(values[1]), backwards)


def cursor_for(cursor: str | None) -> str | None:
    """A search has no last page to jump to: it is read from the newest."""
    return None if cursor == LAST else cursor


def scopes_of(user: User, *, at: datetime) -> list[str]:
    """The tokens of the places over which somebody may read matters."""
    posts = held_posts(user, at=at)
    return sorted({f"/{post.place_id}" for post in posts if Power.PETITION_READ in post.powers})


def found(
    rows: PetitionQuerySet,
    what: Asked,
    scopes: list[str],
    *,
    page: Seek | None,
    few: QuerySet[Any] | None = None,
) -> PetitionQuerySet:
    """What of `rows` was asked for; by words only as many as `page` needs, or all without it.

    `few` is `rows` within reach, in an order that an index serves and no more than one beyond `FEW`.
    """
    if what.number:
        whole = len(what.number.removeprefix("H")) > len("20260101-")
        ours = Q(number=what.number) if whole else Q(number__startswith=what.number)
        return rows.filter(ours | _of_old_number(what))
    if what.phone:
        theirs = PetitionReporter.objects.filter(phone=what.phone, phone__gt="").values("petition_id")
        return rows.filter(Q(Among(F("pk"), Subquery(theirs))) | _of_old_number(what))
    if not what.by_words or not scopes:
        return rows.none()
    keys = _keys(MATTERS, what, scopes, rows, page)
    return rows.filter(Among(F("pk"), keys if few is None else _keys_of_few(MATTERS, what, few, keys)))


def _of_old_number(what: Asked) -> Q:
    """Said twice, since the index holds old numbers alone."""
    return Q(old_number=what.old_number, old_number__gt="")


def found_answers(posts: QuerySet[Any], what: Asked, community_id: int, *, page: Seek) -> QuerySet[Any]:
    """Published answers of a community that hold these words."""
    if not what.words:
        return posts.none()
    return posts.filter(Among(F("pk"), _keys(ANSWERS, what, [f"/{community_id}"], posts, page)))


def _keys(index: Index, what: Asked, scopes: list[str], rows: QuerySet[Any], page: Seek | None) -> RawSQL:
    """The keys, as a subquery that reads one span of days after the other until the page is full."""
    if page is None:
        matching, values = _matching(index, what, scopes)
        return RawSQL(f"SELECT w.{index.key} FROM {index.table} AS w WHERE {matching}", values)  # noqa: S608, S611
    matching, values = _matching(index, what, scopes, "span.token")
    wanted, filters = _among(rows, index)
    beyond, where = _beyond(index, page)
    way = "ASC" if page.backwards else "DESC"
    sql = f"""
        SELECT near.key FROM unnest(%s::text[]) AS span(token) CROSS JOIN LATERAL (
            SELECT w.{index.key} AS key FROM {index.table} AS w
            WHERE {matching}{beyond}{wanted} ORDER BY w.at {way}, w.{index.key} {way} LIMIT {page.size}
        ) AS near LIMIT {page.size}"""  # noqa: S608
    return RawSQL(sql, [list(_spans(page)), *values, *where, *filters])  # noqa: S611 - every value is a parameter


def _keys_of_few(index: Index, what: Asked, few: QuerySet[Any], keys: RawSQL) -> RawSQL:
    """The keys; where the list is short, by reading it to its end.

    Of a common word the index finds a hundred thousand rows, and none of them may be in the list.
    """
    ways: list[tuple[str, Any]] = []
    if what.words:
        ways.append(("w.words LIKE ALL (%s)", [f"%{word}%" for word in what.words]))
    if what.tail:
        ways.append(("%s = ANY (string_to_array(w.tokens, ' '))", f"#{what.tail}"))
    try:
        sql, values = few.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return keys
    is_short = f"(SELECT count(*) FROM few) <= {FEW}"  # noqa: S608
    return RawSQL(  # noqa: S611 - every value is a parameter
        f"""WITH few (key) AS MATERIALIZED ({sql})
        SELECT found.key FROM ({keys.sql}) AS found (key) WHERE NOT {is_short}
        UNION ALL
        SELECT w.{index.key} FROM {index.table} AS w
        WHERE {is_short} AND w.{index.key} = ANY (ARRAY(SELECT key FROM few))
            AND ({" OR ".join(way for way, _value in ways)})""",  # noqa: S608
        [*values, *keys.params, *(value for _way, value in ways)],
    )


def _matching(index: Index, what: Asked, scopes: list[str], span: str = "") -> tuple[str, list[Any]]:
    """The condition on terms and words, narrowest first; `span` is a column with a token of days."""
    narrow, values = ([f"{index.terms} @> ARRAY[{span}]"] if span else []), []
    narrow.append(f"{index.terms} {'@>' if len(scopes) == 1 else '&&'} %s::text[]")
    ways: list[str] = []
    for pairs, likes in _wanted(what):
        held = [f"{index.terms} @> %s::text[]" for _ in pairs]
        ways.append(" AND ".join([*narrow, *held, *("w.words LIKE %s" for _ in likes)]))
        values += [scopes, *pairs, *likes]
    return f"({' OR '.join(ways)})", values


def _wanted(what: Asked) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Each way in which a row may fit: the terms that it must hold, and what its words must be like.

    The terms of each word are a condition of their own, and so are span and scope. For conditions apart the
    index leaps to the next row that may fit all of them; of terms in one condition it reads the rarest
    list from end to end, in each span anew.
    """
    if what.words:
        yield [pairs_of(word) for word in what.words if len(word) > 1], [f"%{word}%" for word in what.words]
    if what.tail:
        yield [[f"#{what.tail}"]], []


def _among(rows: QuerySet[Any], index: Index) -> tuple[str, list[Any]]:
    """The other filters of the list, asked row by row: OFFSET keeps the planner from turning them round."""
    if not rows.query.where:
        return "", []
    this = rows.filter(Q(pk=RawSQL(f"w.{index.key}", []))).order_by().values("pk")  # noqa: S611
    try:
        sql, values = this.query.sql_with_params()
    except EmptyResultSet:
        return " AND FALSE", []
    return f" AND EXISTS ({sql} OFFSET 0)", list(values)


def _beyond(index: Index, page: Seek) -> tuple[str, list[Any]]:
    if page.at is None:
        return "", []
    return f" AND (w.at, w.{index.key}) {'>' if page.backwards else '<'} (%s, %s)", [page.at, page.key]


def _spans(page: Seek) -> Iterator[str]:
    """Tokens of days from where the page begins: eight short spans or more, eight longer, then long."""
    day = int((page.at or page.now).timestamp() // DAY)
    number, way = day // SPAN, 1 if page.backwards else -1
    newest = int(page.now.timestamp() // DAY) // SPAN
    for level in range(LEVELS):
        taken = 0
        while 0 <= number <= newest:
            yield f"@{level}:{number}"
            number, taken = number + way, taken + 1
            edge = number if page.backwards else number + 1
            if level + 1 < LEVELS and taken >= SPAN and edge % SPAN == 0:
                break
        number, newest = (number if page.backwards else number + 1) // SPAN, newest // SPAN
        number -= 0 if page.backwards else 1
