"""A held entry calls by name what lies under its reader's posts; what lies elsewhere stays a key (G-12)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from community.models import Resident
from core.models import User
from grids.models import FieldEntry, HazardType, VisitPurpose
from tests.cast import Town, make_resident, make_user
from tests.grids.test_entry_posts import bring
from tests.grids.test_hazards import a_type
from tests.grids.test_sweeps import planned
from tests.grids.visits import purpose

pytestmark = pytest.mark.django_db
ELSEWHERE = "不在您的任职范围内"


def read(user: User, reader: User, kind: str, **fields: Any) -> str:
    """What `reader` reads of an entry that `user` leaves to the leader."""
    answer = bring(user, kind, fields, days_ago=0, **{"entry.to_leader": "on", "entry.objection": "不会填"})
    assert answer.status_code == 202, answer.content.decode()
    client = Client()
    client.force_login(User.objects.get(pk=reader.pk))
    page = client.get(f"/work/held/{FieldEntry.objects.latest('received_at').pk}/")
    assert page.status_code == 200
    return page.content.decode()


@pytest.fixture
def elder(diecui: Town) -> Resident:
    """Of the first grid."""
    return make_resident(diecui.households[0], "孤老", "13900000031")


class TestOfTheOwnGrid:
    def test_door_and_resident_are_named(self, diecui, elder, grid_worker, grid_leader):
        page = read(grid_worker, grid_leader, "grids.errand", household=elder.household_id, resident=elder.pk)

        assert "孤老" in page
        assert diecui.households[0].long_name in page

    def test_purpose_companion_and_building_are_named(self, diecui, grid_worker, grid_leader, clerk):
        door, building = diecui.households[0], diecui.buildings[0]
        visit = read(
            grid_worker,
            grid_leader,
            "grids.visit",
            household=door.pk,
            purpose=purpose().pk,
            companion=clerk.pk,
        )
        hazard = read(
            grid_worker, grid_leader, "grids.hazard", place=building.pk, type=a_type().pk, who=clerk.pk
        )

        assert str(purpose()) in visit
        assert str(clerk) in visit
        assert all(name in hazard for name in (building.long_name, str(a_type()), str(clerk)))

    def test_stop_of_a_sweep_of_the_community_is_named(self, diecui, secretary, grid_worker, grid_leader):
        stop = planned(diecui.place, secretary, [grid_worker]).stops.first()

        assert str(stop) in read(grid_worker, grid_leader, "grids.stop", stop=stop.pk, result="nothing")


class TestOfElsewhere:
    def test_resident_of_another_grid_is_not_named(
        self, elder, worker_of_another_grid, leader_of_another_grid
    ):
        page = read(worker_of_another_grid, leader_of_another_grid, "grids.errand", resident=elder.pk)

        assert "孤老" not in page
        assert ELSEWHERE in page

    def test_leader_cannot_ask_by_an_entry_of_their_own(self, elder, leader_of_another_grid):
        page = read(leader_of_another_grid, leader_of_another_grid, "grids.errand", resident=elder.pk)

        assert "孤老" not in page

    @pytest.mark.parametrize("kind", ["grids.visit", "grids.errand"])
    def test_door_of_another_community_is_not_named(self, fuxi, grid_leader, kind):
        door = fuxi.households[0]

        assert door.long_name not in read(grid_leader, grid_leader, kind, household=door.pk)

    def test_door_of_another_grid_is_not_named(self, diecui, other_grid, grid, grid_leader):
        door = diecui.households[2]
        page = read(grid_leader, grid_leader, "grids.need", grid=grid.pk, household=door.pk)

        assert door.long_name not in page

    def test_account_that_is_no_colleague_is_not_named(self, diecui, grid_leader, fuxi):
        stranger = make_user("stranger", "路人甲", staff=False)
        for kind, field in (("grids.visit", "companion"), ("grids.hazard", "who")):
            assert "路人甲" not in read(grid_leader, grid_leader, kind, **{field: stranger.pk})

    @pytest.mark.parametrize("kind", ["grids.hazard", "grids.diary", "petitions.filing"])
    def test_building_of_another_community_is_not_named(self, fuxi, grid_leader, kind):
        page = read(grid_leader, grid_leader, kind, place=fuxi.buildings[0].pk)

        assert fuxi.buildings[0].long_name not in page

    def test_what_another_community_laid_down_is_not_named(self, fuxi, grid_leader):
        own = VisitPurpose.objects.create(community=fuxi.community, name="只在府西")
        kind = HazardType.objects.create(community=fuxi.community, name="只在府西")

        assert "只在府西" not in read(grid_leader, grid_leader, "grids.visit", purpose=own.pk)
        assert "只在府西" not in read(grid_leader, grid_leader, "grids.hazard", type=kind.pk)

    def test_stop_of_a_sweep_elsewhere_is_not_named(
        self, diecui, other_grid, leader_of_another_grid, grid_leader
    ):
        stop = planned(other_grid.place, leader_of_another_grid, [leader_of_another_grid]).stops.first()

        assert str(stop) not in read(grid_leader, grid_leader, "grids.stop", stop=stop.pk, result="nothing")

    def test_grid_elsewhere_is_not_named(self, grid_leader, other_grid):
        assert str(other_grid) not in read(grid_leader, grid_leader, "grids.patrol_start", grid=other_grid.pk)

    def test_what_is_not_there_is_said_like_what_lies_elsewhere(self, elder, leader_of_another_grid):
        reader = leader_of_another_grid

        assert ELSEWHERE in read(reader, reader, "grids.errand", resident=elder.pk)
        assert ELSEWHERE in read(reader, reader, "grids.errand", resident=987654)
