"""Pages by key: everything once, in order, forwards and backwards, whatever the cursor says."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core import paging
from core.models import User

ORDERS = [
    ["pk"],
    ["-pk"],
    ["username"],
    ["display_name"],
    ["-display_name"],
    ["display_name", "-date_joined"],
    ["phone"],  # nullable
    ["-phone"],
    ["phone", "-display_name"],
    ["display_name", "phone"],
    ["-display_name", "phone", "-pk"],
]


def forwards(queryset: QuerySet[User], order: list[str], size: int) -> list[int]:
    pks: list[int] = []
    cursor = None
    while True:
        page = paging.keyset(queryset, order=order, cursor=cursor, size=size)
        pks += [user.pk for user in page.items]
        if page.next is None:
            return pks
        cursor = page.next


def backwards(queryset: QuerySet[User], order: list[str], size: int) -> list[int]:
    pks: list[int] = []
    cursor: str | None = paging.LAST
    while True:
        page = paging.keyset(queryset, order=order, cursor=cursor, size=size)
        pks = [user.pk for user in page.items] + pks
        if page.previous is None:
            return pks
        cursor = page.previous


def in_order(queryset: QuerySet[User], order: list[str]) -> list[int]:
    """The whole list as PostgreSQL sorts it, NULLs last, the key as tie-break."""
    terms = [*order, "-pk" if order[-1].startswith("-") else "pk"]
    sorts = [
        F(term.removeprefix("-")).desc(nulls_last=True)
        if term.startswith("-")
        else F(term).asc(nulls_last=True)
        for term in terms
    ]
    return list(queryset.order_by(*sorts).values_list("pk", flat=True))


class EveryPageProperty(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(
        rows=st.lists(st.tuples(st.sampled_from("甲乙丙"), st.booleans()), max_size=15),
        order=st.sampled_from(ORDERS),
        size=st.integers(1, 6),
    )
    def test_pages_in_both_directions_hold_everything_once_and_in_order(
        self, rows: list[tuple[str, bool]], order: list[str], size: int
    ) -> None:
        for number, (name, has_phone) in enumerate(rows):
            phone = f"138{number:08d}" if has_phone else None
            User.objects.create(username=f"u{number}", display_name=name, phone=phone)

        expected = in_order(User.objects.all(), order)

        assert forwards(User.objects.all(), order, size) == expected
        assert backwards(User.objects.all(), order, size) == expected


@pytest.fixture
def people(db: None) -> QuerySet[User]:
    User.objects.bulk_create(
        User(username=f"u{n:03d}", display_name="甲乙"[n % 2], phone=f"138{n:08d}" if n % 3 else None)
        for n in range(30)
    )
    return User.objects.all()


def test_first_and_last_page_know_where_they_are(people: QuerySet[User]):
    first = paging.keyset(people, order=["pk"], cursor=None, size=20)
    last = paging.keyset(people, order=["pk"], cursor=paging.LAST, size=20)

    assert (len(first.items), first.previous, first.last) == (20, None, paging.LAST)
    assert (len(last.items), last.next, last.last) == (20, None, None)


def test_one_page_has_no_neighbours(people: QuerySet[User]):
    page = paging.keyset(people, order=["pk"], cursor=None, size=30)

    assert (len(page.items), page.next, page.previous) == (30, None, None)


def test_empty_list_is_an_empty_page(people: QuerySet[User]):
    for cursor in (None, paging.LAST):
        page = paging.keyset(people.none(), order=["pk"], cursor=cursor)

        assert (page.items, page.next, page.previous) == ([], None, None)


def test_page_whose_rows_are_gone_leads_on(people: QuerySet[User]):
    second = paging.keyset(people, order=["pk"], cursor=None, size=10).next
    back = paging.keyset(people, order=["pk"], cursor=second, size=10).previous
    ids = list(people.order_by("pk").values_list("pk", flat=True))
    rest = people.filter(pk__gt=ids[9])

    page = paging.keyset(rest, order=["pk"], cursor=back, size=10)

    assert [user.pk for user in page.items] == ids[10:20]
    assert page.previous is None


def test_annotation_and_relation_can_be_ordered_by(people: QuerySet[User]):
    annotated = people.annotate(length=Length("username"))

    assert len(set(forwards(annotated, ["-length", "pk"], 7))) == 30


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("cursor", [None, paging.LAST])
def test_end_pages_cost_one_statement_without_count_and_offset(
    people: QuerySet[User], order: list[str], cursor: str | None
):
    with CaptureQueriesContext(connection) as captured:
        paging.keyset(people, order=order, cursor=cursor)

    assert len(captured) <= (2 if order[0] == "-phone" else 1)
    assert not {"COUNT(", "OFFSET"} & set(captured[0]["sql"].split())


@pytest.mark.parametrize(
    ("order", "most"), [(["username"], 1), (["-pk"], 1), (["phone"], 2), (["display_name"], 1)]
)
def test_middle_pages_cost_a_fixed_number_of_statements(people: QuerySet[User], order: list[str], most: int):
    cursor = paging.keyset(people, order=order, cursor=None, size=5).next

    with CaptureQueriesContext(connection) as captured:
        paging.keyset(people, order=order, cursor=cursor, size=5)

    assert len(captured) <= most
    assert "OFFSET" not in captured[0]["sql"]


def test_page_by_one_direction_compares_rows_so_that_an_index_serves_it(people: QuerySet[User]):
    cursor = paging.keyset(people, order=["-date_joined"], cursor=None, size=5).next

    with CaptureQueriesContext(connection) as captured:
        paging.keyset(people, order=["-date_joined"], cursor=cursor, size=5)

    assert '("core_user"."date_joined", "core_user"."id") < (' in captured[0]["sql"]


@pytest.mark.parametrize("order", [["date_joined"], ["-date_joined"], ["last_login"], ["-last_login"]])
def test_every_page_of_many_rows_is_one_index_scan(people: QuerySet[User], at: datetime, order: list[str]):
    """Also when the first column may be empty, in both directions."""
    User.objects.bulk_create(
        User(
            username=f"v{n}",
            date_joined=at + timedelta(minutes=n),
            last_login=None if n % 2 else at + timedelta(minutes=n % 900),
        )
        for n in range(3000)
    )
    column = order[0].removeprefix("-")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX ON core_user ({column}, id)")
        cursor.execute("ANALYZE core_user")
    middle = paging.keyset(people, order=order, cursor=None, size=1500).next
    page = paging.keyset(people, order=order, cursor=middle, size=20)

    for target in (None, paging.LAST, page.next, page.previous):
        with CaptureQueriesContext(connection) as captured:
            paging.keyset(people, order=order, cursor=target, size=20)

        for statement in captured:
            plan = plan_of(statement["sql"])
            assert "Seq Scan" not in plan
            assert "Sort" not in plan or "IS NULL" in statement["sql"]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def packed(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor",
    [
        *("", "x", "%%%", "é", "last ", "A" * 5000, packed(), packed(0), packed(0, "u001")),
        *(packed(0, "u001", 1, 2), packed(0, None, 1), packed(0, "u\x00", 1), packed(0, "u", "1; DROP")),
        *(packed(0, "u", 10**30), packed(0, ["u"], 1), packed(0, {"a": 1}, 1), packed(0, 1.5, 1)),
        *(base64.urlsafe_b64encode(b"[" * 700).decode(), base64.urlsafe_b64encode(b"\xff\xfe").decode()),
        *(
            packed(0, "u", None),
            packed(0, "u", "NaN"),
            packed(0, "\ud800", 1),
            packed(0, "u", True),
            "null",
            packed({}, "u", 1),
        ),
    ],
)
def test_spoilt_cursor_never_fails(people: QuerySet[User], cursor: str):
    page = paging.keyset(people, order=["username"], cursor=cursor, size=5)

    assert len(page.items) <= 5


@pytest.mark.parametrize(
    "value",
    [
        "2026-13-45",
        "2026-11-20T10:00:00",
        "99999-01-01",
        "infinity",
        7,
        None,
        "",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_spoilt_moment_never_fails(people: QuerySet[User], value: Any):
    page = paging.keyset(people, order=["date_joined"], cursor=packed(0, value, 1), size=5)

    assert len(page.items) <= 5
