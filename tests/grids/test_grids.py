"""Grids and the buildings each one holds (G-02, G-03)."""

from __future__ import annotations

import pytest

from community import actions as places
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from grids import actions
from grids.models import Grid, GridBuilding
from grids.selectors import grid_of, grids_of
from tests.cast import NOW


def links():
    return sorted(GridBuilding.objects.values_list("grid_id", "place_id"))


def test_building_and_its_entrances_belong_to_the_grid(diecui):
    for number in (0, 1):
        assert grid_of(diecui.buildings[number]) == diecui.grids[number]
        assert grid_of(diecui.entrances[number]) == diecui.grids[number]


def test_grids_own_place_is_that_grid(grid):
    assert grid_of(grid.place) == grid


def test_estate_without_a_link_has_no_grid(diecui):
    assert grid_of(diecui.estate) is None


def test_building_comes_before_its_estate(diecui, at):
    whole = actions.grid_create(community=diecui.community, name="第三网格", buildings=[diecui.estate], at=at)
    loose = places.place_create(kind="building", name="3号楼", parent=diecui.estate, at=at)

    assert grid_of(diecui.buildings[0]) == diecui.grids[0]
    assert grid_of(loose) == whole


def test_closed_grid_holds_nothing(diecui, secretary, at):
    grid = diecui.grids[0]

    actions.grid_update(
        grid_id=grid.pk, name=grid.name, tier=grid.tier, is_active=False, actor=secretary, at=at
    )

    assert grid_of(diecui.buildings[0]) is None


def test_looking_up_costs_one_statement(diecui, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert grid_of(diecui.entrances[0]).place.path
    with django_assert_num_queries(1):
        found = grids_of([*diecui.entrances, diecui.estate])
    assert found == {diecui.entrances[n].pk: diecui.grids[n] for n in (0, 1)}


def test_building_belongs_to_one_grid(diecui, secretary, at):
    before = links()

    with pytest.raises(ConflictError, match="已属于"):
        actions.grid_assign_buildings(
            grid_id=diecui.grids[1].pk, buildings=diecui.buildings, actor=secretary, at=at
        )

    assert links() == before


def test_assigning_again_frees_the_others(diecui, secretary, at):
    loose = places.place_create(kind="building", name="3号楼", parent=diecui.estate, at=at)

    actions.grid_assign_buildings(grid_id=diecui.grids[0].pk, buildings=[loose], actor=secretary, at=at)

    assert grid_of(diecui.buildings[0]) is None
    assert grid_of(loose) == diecui.grids[0]


def test_grid_holds_only_buildings_and_estates_of_its_community(diecui, fuxi, administrator, at):
    before = links()

    for wrong in (fuxi.buildings[0], diecui.entrances[0], diecui.place):
        with pytest.raises(InvalidInputError):
            actions.grid_assign_buildings(
                grid_id=diecui.grids[0].pk, buildings=[wrong], actor=administrator, at=at
            )

    assert links() == before


def test_two_grids_of_one_name_are_refused(diecui, at):
    with pytest.raises(ConflictError):
        actions.grid_create(community=diecui.community, name=diecui.grids[0].name, at=at)


@pytest.mark.parametrize(
    "who", ["grid_worker", "grid_leader", "clerk", "outsider", "secretary_of_another_community"]
)
def test_others_may_not_draw_grids(diecui, request, who):
    actor = request.getfixturevalue(who)
    grid = diecui.grids[0]
    before = (Grid.objects.count(), links())

    for attempt in (
        lambda: actions.grid_create(community=diecui.community, name="x", actor=actor, at=NOW),
        lambda: actions.grid_assign_buildings(grid_id=grid.pk, buildings=[], actor=actor, at=NOW),
        lambda: actions.grid_update(
            grid_id=grid.pk, name="x", tier="level_1", is_active=True, actor=actor, at=NOW
        ),
    ):
        with pytest.raises(NotAllowedError):
            attempt()

    assert (Grid.objects.count(), links()) == before
