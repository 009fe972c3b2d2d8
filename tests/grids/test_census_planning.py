"""A half-year without a census round: who answers for children is asked, once and then weekly (G-26)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import InboxItem
from grids.actions.registers.census import census_plan, census_sweep
from grids.actions.registers.census_planning import census_ask
from tests.cast import make_resident
from tests.grids.registers import mark
from tests.grids.test_care import child_officer, five, four, take  # noqa: F401
from tests.grids.test_patrol_pages import as_user

# ruff: noqa: F811

pytestmark = pytest.mark.django_db


def when(month: int, day: int, year: int = 2027) -> datetime:
    return datetime(year, month, day, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def told():
    return InboxItem.objects.filter(kind="census.unplanned").order_by("pk")


@pytest.fixture
def child(diecui, four):
    return take(make_resident(diecui.households[0], "儿童甲", "13700000001"), four)


def plan(community, half: int, opens: date, closes: date):
    window = {"opens_on": opens, "closes_on": closes}
    return census_plan(
        community=community, year=opens.year, half=half, actor=None, at=when(1, 1, 2026), **window
    )


def test_half_year_that_begins_without_a_round_is_asked_about_once_and_weekly_after(
    child, secretary, child_officer
):
    days = [*range(1, 9), 15]
    asked = [census_ask(at=when(1, day)) for day in days for _twice in range(2)]

    assert asked == [1, 0, *[0, 0] * 6, 1, 0, 1, 0]
    assert {item.user for item in told()} == {secretary, child_officer}
    assert told().filter(user=secretary).count() == 3


def test_each_is_led_to_a_page_that_opens_and_no_child_is_named(child, secretary, child_officer):
    census_ask(at=when(7, 1))

    for item in told():
        path = "/" + item.url.split("/", 3)[3]
        assert as_user(item.user).get(path).status_code == 200, path
        assert "儿童甲" not in item.body + item.title
    assert told().get(user=secretary).url.endswith("/censusround/add/")


def test_round_that_is_planned_ends_it_and_the_next_half_year_asks_anew(
    diecui, child, secretary, child_officer
):
    census_ask(at=when(1, 1))
    plan(diecui.community, 1, date(2027, 3, 1), date(2027, 3, 20))

    assert [census_ask(at=when(month, 20)) for month in (1, 2, 5)] == [0, 0, 0]
    assert census_ask(at=when(7, 1)) == 1


def test_round_of_before_that_is_still_open_is_not_asked_over(diecui, child, secretary):
    plan(diecui.community, 1, date(2027, 6, 20), date(2027, 7, 10))
    census_sweep(at=when(6, 20))

    assert census_ask(at=when(7, 2)) == 0
    census_sweep(at=when(7, 12))
    assert census_ask(at=when(7, 12)) == 1


def test_where_no_child_is_in_care_nobody_is_asked(diecui, five, secretary, child_officer):
    take(make_resident(diecui.households[0], "孤老", "13700000002"), five)

    assert census_ask(at=when(1, 1)) == 0
    assert not told().exists()


def test_child_that_moved_away_is_no_reason_to_ask(child, secretary):
    mark(child.resident, "搬离", None)

    assert census_ask(at=when(1, 1)) == 0


def test_statements_are_the_same_for_many_children(diecui, child, four, secretary, child_officer):
    def cost(month: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            census_ask(at=when(month, 1))
        return len(queries)

    cost(1)
    before = cost(2)
    for number in range(9):
        take(make_resident(diecui.households[1], f"儿童{number}", f"1370000011{number}"), four)

    assert cost(3) == before
