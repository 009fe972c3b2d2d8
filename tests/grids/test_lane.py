"""Doors that a patrol calls upon whenever it passes, those longest not visited first (G-07)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.duties import Duty
from core.models import AuditEntry
from grids import actions
from grids.models import StandingVisit, Visit
from grids.selectors.lane import on_the_way
from tests.cast import make_resident, put_in_post
from tests.grids.registers import mark
from tests.grids.test_patrol_pages import as_user
from tests.grids.visits import visit

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PAGE = "/work/patrol/"


def lane(*doors, trigger="lane"):
    for door in doors:
        actions.standing_set(
            household_id=door.pk,
            every_days=30,
            reason="独居老人",
            trigger=trigger,
            actor=None,
            at=timezone.now(),
        )


def shown(user) -> str:
    return as_user(user).get(PAGE).content.decode()


def test_doors_of_the_lane_stand_on_the_patrol_those_longest_not_visited_first(diecui, grid, grid_worker):
    now = timezone.now()
    first, second = diecui.households[:2]
    lane(first, second)
    visit(first, grid_worker, at=now - 3 * DAY)
    visit(second, grid_worker, at=now - 9 * DAY)

    found = on_the_way(grid_worker, [grid], at=now)[grid.pk]

    assert [one.name for one in found] == [second.long_name, first.long_name]
    assert second.long_name in shown(grid_worker)


def test_never_visited_comes_before_all_and_visited_today_is_done(diecui, grid, grid_worker):
    now = timezone.now()
    first, second = diecui.households[:2]
    lane(first, second)
    visit(first, grid_worker, at=now - 9 * DAY)
    assert on_the_way(grid_worker, [grid], at=now)[grid.pk][0].name == second.long_name

    visit(second, grid_worker, at=now)

    assert [one.name for one in on_the_way(grid_worker, [grid], at=now)[grid.pk]] == [first.long_name]


def test_one_tap_opens_the_form_filled_in_and_the_visit_plans_the_next(diecui, grid, grid_worker):
    door, now = diecui.households[0], timezone.now()
    lane(door)
    made = visit(door, grid_worker, at=now - 9 * DAY)
    address = on_the_way(grid_worker, [grid], at=now)[grid.pk][0].form
    client = as_user(grid_worker)
    page = client.get(address).content.decode()

    asked = parse_qs(urlsplit(address).query)
    assert asked == {"household": [str(door.pk)], "purpose": [str(made.purpose_id)]}
    assert f'<option value="{door.pk}" selected' in page
    assert f'name="purpose" value="{made.purpose_id}"' in page
    assert " checked" in page.split(f'name="purpose" value="{made.purpose_id}"')[1].split(">")[0]
    fields = client.get(address).context["form"]
    sent = {"household": door.pk, "purpose": made.purpose_id, "outcome": "none", "key": fields["key"].value()}
    client.post(address, {**sent, "happened_at": f"{timezone.localtime(now):%Y-%m-%dT%H:%M}"})
    assert Visit.objects.filter(household=door).count() == 2
    assert door.long_name not in shown(grid_worker)
    assert StandingVisit.objects.get().next_on == timezone.localdate(now) + 30 * DAY


def test_visit_by_days_alone_is_not_on_the_patrol(diecui, grid_worker):
    lane(diecui.households[0], trigger="days")

    assert diecui.households[0].long_name not in shown(grid_worker)


@pytest.mark.parametrize("how", ["dead", "wish"])
def test_who_has_died_or_wishes_no_visits_is_left_out(diecui, grid_worker, how):
    door = diecui.households[0]
    lane(door)
    elder = make_resident(door, "孤老", "13900000031")
    assert door.long_name in shown(grid_worker)

    if how == "dead":
        mark(elder, "已故", None)
    else:
        actions.wish_note(resident_id=elder.pk, wishes_none=True, actor=None, at=timezone.now())

    assert door.long_name not in shown(grid_worker)


def test_of_another_grid_nothing_is_shown(diecui, worker_of_another_grid, grid_worker):
    lane(diecui.households[0])

    assert diecui.households[0].long_name not in shown(worker_of_another_grid)


def test_worker_of_two_grids_is_led_to_the_form_of_each(diecui, grid, grid_worker, other_grid):
    put_in_post(grid_worker, Duty.GRID_WORKER, other_grid.place)
    lane(diecui.households[0], diecui.households[2])
    page = as_user(grid_worker).get(PAGE).content.decode()
    kept = as_user(grid_worker).get("/work/entries/").json()["keep"]

    for one in (grid, other_grid):
        assert f"/work/homes/visit/?grid={one.pk}&amp;household=" in page
        assert f"/work/homes/visit/?grid={one.pk}" in kept


def test_page_says_of_a_door_no_more_than_that_one_goes_there(diecui, grid_worker):
    lane(diecui.households[0])
    mark(make_resident(diecui.households[0], "孤老", "13900000031"), "特殊人群", None)
    before = AuditEntry.objects.count()
    page = shown(grid_worker)

    assert not [word for word in ("孤老", "独居", "特殊人群") if word in page]
    assert AuditEntry.objects.count() == before


def test_trigger_is_set_at_the_door(diecui, grid_worker):
    door = diecui.households[0]
    client = as_user(grid_worker)
    client.post(f"/work/homes/{door.pk}/standing/", {"every_days": "14", "trigger": "lane", "reason": ""})
    assert StandingVisit.objects.get().trigger == "lane"
    assert "巡查路过就去" in client.get(f"/work/homes/{door.pk}/").content.decode()

    client.post(f"/work/homes/{door.pk}/standing/", {"every_days": "14", "reason": ""})
    assert StandingVisit.objects.get().trigger == "days"
    client.post(f"/work/homes/{door.pk}/standing/", {"every_days": "14", "trigger": "x", "reason": ""})
    assert StandingVisit.objects.get().trigger == "days"


def test_statements_are_the_same_for_many_doors(diecui, grid_worker):
    def cost() -> int:
        client = as_user(grid_worker)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    lane(diecui.households[0])
    before = cost()
    lane(*diecui.households)

    assert cost() == before
