"""A building goes to another grid: its open matters go along, and so does who may see them (G-03)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.actions import place_create, place_move
from community.models.place import PlaceKind
from community.workflow import Stage
from core.models import AuditEntry
from grids.actions.ground import ground_settle
from petitions.actions.moving import matters_follow_ground
from petitions.models import Petition
from tests.grids.test_ground import hand_on
from tests.parallel import overlapping
from tests.petitions.loop import file, person

pytestmark = pytest.mark.django_db


def test_open_matter_is_the_new_grids_and_no_longer_the_old_ones(
    diecui, other_grid, grid_worker, worker_of_another_grid, secretary
):
    petition, now = file(diecui, at=timezone.now()), timezone.now()
    hand_on(diecui, secretary)

    petition.refresh_from_db()
    assert (petition.grid, petition.grid_path) == (other_grid, other_grid.place.path)
    seen = Petition.objects.filter(pk=petition.pk)
    assert not seen.visible_to(grid_worker, at=now).exists()
    assert seen.visible_to(worker_of_another_grid, at=now).exists()
    assert "第2网格" in petition.events.latest("pk").note
    line = AuditEntry.objects.filter(event="petition.rerouted").latest("pk")
    assert (line.actor, line.scope_path) == (secretary, other_grid.place.path)


def test_open_matter_goes_along_when_its_building_moves_to_another_estate(
    diecui, grid, other_grid, grid_worker, worker_of_another_grid, secretary
):
    petition, now = file(diecui, at=timezone.now()), timezone.now()
    estate = place_create(kind=PlaceKind.ESTATE, name="二号小区", parent=diecui.place, at=now)
    grid.buildings.all().delete()
    other_grid.buildings.create(place=estate, tier=other_grid.tier, is_active=True)

    place_move(place_id=diecui.buildings[0].pk, parent_id=estate.pk, actor=secretary, at=now)

    petition.refresh_from_db()
    assert (petition.grid, petition.grid_path) == (other_grid, other_grid.place.path)
    assert petition.place_path.startswith(estate.path)
    seen = Petition.objects.filter(pk=petition.pk)
    assert not seen.visible_to(grid_worker, at=now).exists()
    assert seen.visible_to(worker_of_another_grid, at=now).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_matter_that_is_filed_while_its_building_changes_grids_follows_a_few_minutes_later(
    diecui, grid, other_grid
):
    at = timezone.now()
    petition, _moved = overlapping(lambda: file(diecui, at=at), lambda: hand_on(diecui), wait=20)
    assert petition.grid_path == grid.place.path

    ground_settle(at=at + timedelta(minutes=6))
    petition.refresh_from_db()
    assert (petition.grid, petition.grid_path) == (other_grid, other_grid.place.path)


def test_what_is_over_stays_where_it_was(diecui, grid):
    over = file(diecui, at=timezone.now())
    Petition.objects.filter(pk=over.pk).update(stage=Stage.WITHDRAWN, closed_at=timezone.now())
    hand_on(diecui)

    over.refresh_from_db()
    assert over.grid == grid
    assert not over.events.filter(event="rerouted").exists()


def test_thirty_cost_what_three_cost(diecui, other_grid, secretary):
    costs = []
    for count in (3, 30):
        for _ in range(count - Petition.objects.count()):
            file(diecui, at=timezone.now(), who=person(phone=""), actor=secretary)
        Petition.objects.update(grid=diecui.grids[0], grid_path=diecui.grids[0].place.path)
        costs.append(_cost(diecui))

    assert costs[0] == costs[1]


def _cost(diecui) -> int:
    places = [diecui.buildings[1]]
    Petition.objects.update(place=places[0], place_path=places[0].path)
    with CaptureQueriesContext(connection) as found:
        matters_follow_ground(places, None, "", timezone.now())
    assert set(Petition.objects.values_list("grid", flat=True)) == {diecui.grids[1].pk}
    return len(found)
