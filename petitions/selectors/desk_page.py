"""A page of the desk's list; its first and its last page by statements written into SQL once.

A list takes its form from the queue, the filters that are set, the kinds of posts that cover it, and its
order. Each form is compiled by Django at its first use, out of the same querysets; see docs/performance.md.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from core.models import User
from core.paging import Page, at_end, end_page, keyset
from core.prepared import MOMENT, Prepared
from petitions.models import Petition
from petitions.querysets import reading_posts
from petitions.selectors.covering import covering, kinds_of, sample_posts
from petitions.selectors.desk import LINE, PAGE_SIZE, desk_columns, desk_rows, narrowed_rows, queue_in
from petitions.selectors.search import Seek

FORMS_KEPT: Final = 1000
KEYS: Final = ("community", "grid")
VALUED: Final = ("severity", *KEYS)
HELD_BY: Final = ("me", "supervised", "nobody")
SAMPLES: Final = {"severity": "?", "community": 10**17 + 1, "grid": 10**17 + 2}
Line = namedtuple("Line", LINE)  # type: ignore[misc]


class Form(NamedTuple):
    """What the statement of a list depends on, all but the values."""

    queue: str
    valued: tuple[str, ...]
    holder: str
    kinds: tuple[str, ...]
    order: tuple[str, ...]
    backwards: bool
    size: int


def desk_page(
    user: User,
    params: Mapping[str, str],
    *,
    order: Sequence[str],
    cursor: str | None,
    at: datetime,
    size: int = PAGE_SIZE,
    page: Seek | None = None,
) -> Page[Any]:
    """A page of `desk_rows` as plain columns; `page` as there."""

    def read(backwards: bool) -> list[Any]:
        form = Form(queue, valued, holder, kinds, tuple(order), backwards, size)
        return [Line._make(row) for row in _written(form).rows(**values)]

    if is_plain(params) and (posts := reading_posts(user, at)):
        queue, kinds = queue_in(params).code, kinds_of(posts)
        valued = tuple(name for name in VALUED if params.get(name))
        holder = params["holder"] if params.get("holder") in HELD_BY else ""
        values = {"at": at, "user": user.pk, **covering(posts)}
        values |= {name: int(params[name]) if name in KEYS else params[name] for name in valued}
        found = end_page(Petition, read, order=order, cursor=cursor, size=size)
        if found is not None:
            return found
    rows = desk_columns(desk_rows(user, params, at=at, page=page))
    return keyset(rows, order=order, cursor=cursor, size=size)


def is_plain(params: Mapping[str, str]) -> bool:
    """Whether nothing is searched for, and every key is one."""
    keys = (params[name] for name in KEYS if params.get(name))
    return not params.get("q") and all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys)


@lru_cache(maxsize=FORMS_KEPT)
def _written(form: Form) -> Prepared:
    posts = sample_posts(form.kinds)

    def build(*, at: datetime, user: int, **samples: Any) -> Any:
        params = {"queue": form.queue, "holder": form.holder}
        params |= {name: str(samples[name]) for name in form.valued}
        rows = narrowed_rows(User(pk=user), params, at=at).covered_by(posts)
        return at_end(desk_columns(rows), order=form.order, backwards=form.backwards, size=form.size)

    samples = {name: SAMPLES[name] for name in form.valued} | covering(posts)
    return Prepared(build, ("at", "user"), at=MOMENT, user=-(10**6), **samples)
