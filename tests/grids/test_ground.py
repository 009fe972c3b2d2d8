"""A building goes to another grid: what is open there goes along, what is over stays where it was (G-03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.actions import place_create, place_move
from community.models import Household
from community.models.place import PlaceKind
from core.models import AuditEntry, User
from grids.actions import grid_assign_buildings, grid_deactivate, grid_update
from grids.actions.ground import ground_settle
from grids.actions.leaving import work_passed_on
from grids.actions.winter import winters_begin
from grids.models import Grid, GroundChange, SafetyVisit
from tests.cast import Town, grid_in_force, make_resident
from tests.grids import errands, meters, needs
from tests.grids.hazards import in_hand
from tests.grids.test_applications import begin as application
from tests.grids.test_diary import write as diary
from tests.grids.test_winter import coal, planned
from tests.parallel import overlapping

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(diecui: Town, grid: Grid, grid_worker: User, grid_leader: User) -> dict[str, Any]:
    """What is open behind a door of the first grid, each with the field in which it is booked."""
    door, building, at = diecui.households[0], diecui.buildings[0], timezone.now()
    coal(door, grid_worker, at=at)
    planned(diecui.community, at=at)
    winters_begin(at=at)
    cycle = meters.begin(building, grid_leader, at=at)
    return {
        "need": needs.report(door, grid_worker, at=at),
        "errand": errands.take(door, grid_worker, at=at),
        "application": application(make_resident(door, "孤老", "13900000031"), grid_worker, at=at),
        "safety_visit": SafetyVisit.objects.get(),
        "meter_read": cycle.readings.get(household=door),
        "hazard": in_hand(building, grid_worker, at=at),
        "diary_entry": diary(building, grid_worker, at=at),
    }


FIELD = {"safety_visit": "scope", "hazard": "scope", "diary_entry": "scope"}


def address(name: str, row: Any) -> str:
    if name == "safety_visit":
        return f"{reverse('grids:safety_visit')}?visit={row.pk}"
    return reverse(f"grids:{name}", args=[row.cycle_id, row.pk] if name == "meter_read" else [row.pk])


def booked(work: dict[str, Any]) -> dict[str, int]:
    """Where each is booked now."""
    for row in work.values():
        row.refresh_from_db()
    return {name: getattr(row, f"{FIELD.get(name, 'place')}_id") for name, row in work.items()}


def hand_on(diecui: Town, actor: User | None = None) -> None:
    """The first building goes from the first grid to the second, which keeps its own."""
    at = timezone.now()
    spare = place_create(
        kind=PlaceKind.BUILDING, name="3号楼", parent=diecui.estate, building_kind="apartment", at=at
    )
    first, second = diecui.grids
    grid_assign_buildings(grid_id=first.pk, buildings=[spare], actor=actor, at=at)
    grid_assign_buildings(grid_id=second.pk, buildings=diecui.buildings, actor=actor, at=at)


def test_open_work_goes_along_to_the_grid_that_holds_the_building_now(diecui, work, other_grid):
    hand_on(diecui)

    assert booked(work) == dict.fromkeys(work, other_grid.pk)


def test_pages_open_for_the_new_worker_and_for_the_old_one_no_more(
    client, diecui, work, grid_worker, worker_of_another_grid
):
    hand_on(diecui)

    for user, status in ((grid_worker, 404), (worker_of_another_grid, 200)):
        client.force_login(user)
        found = {name: client.get(address(name, row)).status_code for name, row in work.items()}
        assert found == dict.fromkeys(work, status)


def test_each_row_that_moves_is_on_the_trail_of_its_new_grid(diecui, work, secretary, other_grid):
    hand_on(diecui, secretary)

    lines = AuditEntry.objects.filter(event__endswith=".moved", scope_path=other_grid.place.path)
    assert {line.event for line in lines} == {
        *("need.moved", "errand.moved", "assistedapplication.moved", "safetyvisit.moved"),
        *("meterreading.moved", "hazard.moved", "opiniondiaryentry.moved"),
    }
    assert {line.actor for line in lines} == {secretary}
    assert "第2网格" in work["hazard"].events.last().note


def test_whoever_has_it_in_hand_passes_it_on_in_the_morning(
    diecui, work, grid_worker, worker_of_another_grid
):
    hand_on(diecui)
    work_passed_on(at=timezone.now())
    booked(work)

    assert work["errand"].worker == worker_of_another_grid
    move = work["errand"].hand_overs.get()
    assert (move.before, move.after) == (grid_worker, worker_of_another_grid)


def test_what_is_over_and_what_lies_elsewhere_stays(diecui, grid, other_grid, grid_worker, secretary):
    at = timezone.now()
    over = errands.take(diecui.households[0], grid_worker, at=at)
    errands.finish(over, grid_worker, at)
    errands.tell(over, grid_worker, at)
    elsewhere = errands.take(diecui.households[2], secretary, at=at)
    hand_on(diecui)

    assert booked({"over": over, "elsewhere": elsewhere}) == {"over": grid.pk, "elsewhere": other_grid.pk}


def test_grid_out_of_force_leaves_its_work_with_the_community(diecui, work, grid, secretary):
    grid_deactivate(grid_id=grid.pk, actor=None, at=timezone.now())
    door, building = diecui.households[0], diecui.buildings[0]
    assert building.path in door.place.path

    assert booked(work) == {
        **dict.fromkeys(("need", "errand", "application", "safety_visit"), door.place_id),
        **{"meter_read": grid.pk, "hazard": diecui.place.pk, "diary_entry": diecui.place.pk},
    }


def test_grid_that_is_drawn_for_the_building_takes_its_work(diecui, work):
    own = grid_in_force(diecui.community, "专属网格", [], tier="dedicated")
    grid_assign_buildings(grid_id=own.pk, buildings=[diecui.buildings[0]], actor=None, at=timezone.now())

    assert booked(work) == dict.fromkeys(work, own.pk)


def test_grid_of_another_tier_may_be_the_nearer_one(diecui, work, grid):
    at = timezone.now()
    above = grid_in_force(diecui.community, "大网格", [], tier="dedicated")
    grid_assign_buildings(grid_id=above.pk, buildings=[diecui.buildings[0]], actor=None, at=at)
    grid_update(grid_id=above.pk, name="大网格", tier="level_2", parent=None, actor=None, at=at)
    assert booked(work) == dict.fromkeys(work, above.pk)

    grid_deactivate(grid_id=above.pk, actor=None, at=at)
    assert booked(work) == dict.fromkeys(work, grid.pk)


def test_building_that_moves_to_an_estate_of_another_grid_takes_its_work_along(
    diecui, work, grid, other_grid, secretary
):
    at = timezone.now()
    estate = place_create(kind=PlaceKind.ESTATE, name="二号小区", parent=diecui.place, at=at)
    own = grid.buildings.get(place=diecui.buildings[0])
    other_grid.buildings.create(place=estate, tier=other_grid.tier, is_active=True)
    place_move(place_id=diecui.buildings[0].pk, parent_id=estate.pk, actor=secretary, at=at)
    assert booked(work) == dict.fromkeys(work, grid.pk)  # it is still one of the first grid's own

    place_move(place_id=diecui.buildings[0].pk, parent_id=diecui.estate.pk, actor=secretary, at=at)
    own.delete()
    place_move(place_id=diecui.buildings[0].pk, parent_id=estate.pk, actor=secretary, at=at)

    assert booked(work) == dict.fromkeys(work, other_grid.pk)
    lines = AuditEntry.objects.filter(event__endswith=".moved", scope_path=other_grid.place.path)
    assert {line.actor for line in lines} == {secretary}


def test_building_costs_the_same_with_much_work(diecui, grid_worker, worker_of_another_grid):
    def cost(grid: Grid, door: Household, worker: User, many: int) -> int:
        for _number in range(many):
            errands.take(door, worker)
        with CaptureQueriesContext(connection) as asked:
            grid_deactivate(grid_id=grid.pk, actor=None, at=timezone.now())
        return len(asked)

    few = cost(diecui.grids[0], diecui.households[0], grid_worker, 3)

    assert cost(diecui.grids[1], diecui.households[2], worker_of_another_grid, 30) == few


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_what_is_entered_while_its_building_changes_grids_follows_a_few_minutes_later(
    diecui, grid, other_grid, grid_worker
):
    at = timezone.now()
    need, _moved = overlapping(
        lambda: needs.report(diecui.households[0], grid_worker, at=at), lambda: hand_on(diecui), wait=20
    )
    assert need.place_id == grid.pk  # it was not there yet when the rest moved
    assert ground_settle(at=at + timedelta(minutes=1)) == 0

    assert ground_settle(at=at + timedelta(minutes=6)) > 0
    need.refresh_from_db()
    assert need.place_id == other_grid.pk
    assert AuditEntry.objects.filter(event="need.moved", subject_id=str(need.pk)).count() == 1
    assert ground_settle(at=at + timedelta(minutes=6)) == 0
    assert not GroundChange.objects.exists()


def test_places_that_changed_are_looked_at_once_whatever_is_there(diecui, work, other_grid):
    hand_on(diecui)
    before = booked(work)

    assert ground_settle(at=timezone.now() + timedelta(minutes=6)) > 0
    assert booked(work) == before
