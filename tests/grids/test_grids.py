"""Grids, their tiers and parents, and the buildings each one holds (G-01, G-02)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from community import actions as places
from community.duties import Duty, Power
from community.permissions import Scope, has_power
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from grids import actions
from grids.models import Grid, GridBuilding
from grids.models.grid import Tier
from grids.selectors import grid_of, grids_of, grids_of_all_tiers
from tests.cast import NOW, grid_in_force, make_staff
from tests.parallel import overlapping


def links():
    return sorted(GridBuilding.objects.values_list("grid_id", "place_id"))


def update(grid, actor, **changes):
    given = {"name": grid.name, "tier": grid.tier, "parent": grid.parent, **changes}
    return actions.grid_update(grid_id=grid.pk, actor=actor, at=NOW, **given)


@pytest.fixture
def second_level(diecui, grid):
    """A grid of the second tier under the first grid, with its building."""
    return grid_in_force(diecui.community, "一格之下", [diecui.buildings[0]], tier=Tier.LEVEL_2, parent=grid)


# Finding the grid of a place.


def test_building_and_its_entrances_belong_to_the_grid(diecui):
    for number in (0, 1):
        assert grid_of(diecui.buildings[number]) == diecui.grids[number]
        assert grid_of(diecui.entrances[number]) == diecui.grids[number]


def test_grids_own_place_is_that_grid(grid):
    assert grid_of(grid.place) == grid


def test_estate_without_a_link_has_no_grid(diecui):
    assert grid_of(diecui.estate) is None


def test_building_comes_before_its_estate(diecui, at):
    whole = grid_in_force(diecui.community, "第三网格", [diecui.estate])
    loose = places.place_create(kind="building", name="3号楼", parent=diecui.estate, at=at)

    assert grid_of(diecui.buildings[0]) == diecui.grids[0]
    assert grid_of(loose) == whole


def test_lowest_tier_gets_the_matters_of_a_building(diecui, second_level):
    third = grid_in_force(
        diecui.community, "最小一格", [diecui.buildings[0]], tier=Tier.LEVEL_3, parent=second_level
    )

    assert grid_of(diecui.entrances[0]) == third
    assert grids_of(diecui.entrances)[diecui.entrances[0].pk] == third


def test_grid_drawn_for_a_place_comes_before_every_tier(diecui, second_level):
    market = grid_in_force(diecui.community, "市场", [diecui.buildings[0]], tier=Tier.DEDICATED)

    assert grid_of(diecui.buildings[0]) == market


def test_lower_tier_of_an_estate_comes_before_a_higher_one_of_the_building(diecui, grid):
    low = grid_in_force(diecui.community, "低", [diecui.estate], tier=Tier.LEVEL_2, parent=grid)

    assert grid_of(diecui.buildings[0]) == low


def test_every_tier_of_a_place_is_known_the_lowest_first(diecui, grid, second_level):
    found = grids_of_all_tiers([diecui.entrances[0], diecui.estate])

    assert found == {diecui.entrances[0].pk: [second_level, grid]}


def test_closed_grid_holds_nothing(diecui, grid, secretary, at):
    actions.grid_deactivate(grid_id=grid.pk, actor=secretary, at=at)

    assert grid_of(diecui.buildings[0]) is None


def test_looking_up_costs_one_statement(diecui, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert grid_of(diecui.entrances[0]).place.path
    with django_assert_num_queries(1):
        found = grids_of([*diecui.entrances, diecui.estate])
    assert found == {diecui.entrances[n].pk: diecui.grids[n] for n in (0, 1)}


# Which buildings a grid holds.


def test_building_belongs_to_one_active_grid_of_a_tier(diecui, secretary, at):
    before = links()

    with pytest.raises(ConflictError, match="一级网格“第1网格”"):
        actions.grid_assign_buildings(
            grid_id=diecui.grids[1].pk, buildings=diecui.buildings, actor=secretary, at=at
        )

    assert links() == before


def test_building_may_belong_to_a_grid_of_each_tier(diecui, grid, second_level):
    assert (second_level.pk, diecui.buildings[0].pk) in links()
    assert (grid.pk, diecui.buildings[0].pk) in links()


def test_grid_being_set_up_may_take_a_building_but_not_be_set_in_force_with_it(diecui, secretary, at):
    new = ready(diecui, "新网格", [diecui.buildings[0]], at)

    with pytest.raises(ConflictError, match="已属于"):
        actions.grid_activate(grid_id=new.pk, actor=secretary, at=at)

    new.refresh_from_db()
    assert not new.is_active
    assert grid_of(diecui.buildings[0]) == diecui.grids[0]


def test_database_itself_refuses_a_second_active_grid_of_a_tier(diecui, other_grid):
    with pytest.raises(IntegrityError, match="grid_building_one_active_per_tier"), transaction.atomic():
        GridBuilding.objects.create(
            grid=other_grid, place=diecui.buildings[0], tier=Tier.LEVEL_1, is_active=True
        )


def test_links_follow_the_tier_and_activity_of_their_grid(diecui, grid):
    Grid.objects.filter(pk=grid.pk).update(is_active=False)

    assert not GridBuilding.objects.get(grid=grid).is_active
    with pytest.raises(IntegrityError, match="grid_building_follows_grid"), transaction.atomic():
        GridBuilding.objects.filter(grid=grid).update(is_active=True)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_grids_in_force_at_once_share_no_building(diecui, at):
    """The look before the step sees nothing of the other session; the index decides."""
    rivals = [ready(diecui, name, [diecui.estate], at) for name in ("甲", "乙")]

    def try_it(grid):
        return actions.grid_activate(grid_id=grid.pk, actor=None, at=at)

    outcomes = overlapping(lambda: try_it(rivals[0]), lambda: try_it(rivals[1]))

    assert [isinstance(found, Exception) for found in outcomes] == [False, True]
    assert GridBuilding.objects.active().filter(place=diecui.estate).count() == 1


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


# Tiers and parents.


def test_parent_is_of_the_tier_above(diecui, grid, second_level, at):
    wrong = (
        (Tier.LEVEL_3, None, "三级网格必须有一个二级网格作上级"),
        (Tier.LEVEL_3, grid, "三级网格的上级只能是二级网格"),
        (Tier.LEVEL_2, second_level, "二级网格的上级只能是一级网格"),
        (Tier.LEVEL_1, grid, "没有上级网格"),
        (Tier.DEDICATED, grid, "没有上级网格"),
    )
    for tier, parent, words in wrong:
        with pytest.raises(InvalidInputError, match=words):
            actions.grid_create(community=diecui.community, name="x", tier=tier, parent=parent, at=at)


def test_second_level_may_stand_without_a_parent(diecui, at):
    assert actions.grid_create(community=diecui.community, name="x", tier=Tier.LEVEL_2, at=at).parent is None


def test_parent_of_another_community_is_refused(diecui, fuxi, at):
    with pytest.raises(InvalidInputError, match="同一个社区"):
        actions.grid_create(
            community=diecui.community, name="x", tier=Tier.LEVEL_2, parent=fuxi.grids[0], at=at
        )


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"tier": Tier.LEVEL_3, "parent": "first"}, "grid_parent_of_tier_above"),
        ({"tier": Tier.LEVEL_3, "parent": None}, "grid_level_3_has_parent"),
        ({"tier": Tier.LEVEL_1, "parent": "first"}, "grid_parent_fits_tier"),
        ({"tier": Tier.LEVEL_2, "parent": "own"}, "grid_parent_of_tier_above"),
        ({"tier": Tier.LEVEL_2, "parent": "foreign"}, "grid_parent_of_tier_above"),
    ],
)
def test_database_itself_refuses_a_parent_that_does_not_fit(diecui, fuxi, changes, constraint):
    own = diecui.grids[1]
    known = {"first": diecui.grids[0].pk, "own": own.pk, "foreign": fuxi.grids[0].pk, None: None}
    GridBuilding.objects.all().delete()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Grid.objects.filter(pk=own.pk).update(tier=changes["tier"], parent=known[changes["parent"]])


def test_grid_moves_under_another_parent_with_its_place(diecui, secretary, second_level, other_grid):
    update(second_level, secretary, parent=other_grid)

    second_level.refresh_from_db()
    assert second_level.parent == other_grid
    assert second_level.place.path.startswith(other_grid.place.path)


def test_place_that_is_moved_in_the_tree_takes_the_grids_parent_along(diecui, second_level, other_grid, at):
    places.place_move(place_id=second_level.pk, parent_id=other_grid.pk, actor=None, at=at)

    second_level.refresh_from_db()
    assert second_level.parent == other_grid


def test_tier_of_a_grid_with_grids_below_stays(grid, second_level, secretary):
    with pytest.raises(ConflictError, match="下面还有网格"):
        update(grid, secretary, tier=Tier.DEDICATED)


def test_changing_tier_and_parent_at_once(diecui, secretary, grid, other_grid):
    update(other_grid, secretary, tier=Tier.LEVEL_2, parent=grid)

    other_grid.refresh_from_db()
    assert (other_grid.tier, other_grid.parent) == (Tier.LEVEL_2, grid)
    assert other_grid.place.path.startswith(grid.place.path)
    assert GridBuilding.objects.get(grid=other_grid).tier == Tier.LEVEL_2


def test_leader_of_a_grid_covers_the_grids_below_it(diecui, grid_leader, second_level, at):
    scope = Scope(diecui.buildings[0].path, second_level.place.path)

    assert has_power(grid_leader, Power.PETITION_ASSIGN, scope, at=at)


# 四定.


def ready(town, name, buildings, at, **left_out):
    """A grid that lacks nothing but what is `left_out`."""
    grid = actions.grid_create(community=town.community, name=name, buildings=buildings, at=at)
    if "worker" not in left_out:
        make_staff(f"worker-of-{name}", "新网格员", Duty.GRID_WORKER, grid.place)
    if "duties" not in left_out:
        duties = actions.duty_list_create(community=town.community, name=f"{name}职责", at=at)
        actions.grid_set_duties(grid_id=grid.pk, duty_list=duties, actor=None, at=at)
    return grid


@pytest.fixture
def loose(diecui, at):
    return places.place_create(kind="building", name="3号楼", parent=diecui.estate, at=at)


def test_new_grid_is_not_in_force(diecui, loose, at):
    grid = ready(diecui, "新网格", [loose], at)

    assert not grid.is_active
    assert grid_of(loose) is None


def test_grid_with_all_four_steps_is_set_in_force(diecui, loose, secretary, at):
    grid = ready(diecui, "新网格", [loose], at)

    actions.grid_activate(grid_id=grid.pk, actor=secretary, at=at)

    assert grid_of(loose) == grid


def test_activation_names_the_missing_steps(diecui, loose, secretary, at):
    bare = ready(diecui, "空网格", [], at, worker=0, duties=0)
    unstaffed = ready(diecui, "无人", [loose], at, worker=0)
    untasked = ready(diecui, "无责", [loose], at, duties=0)

    for grid, words in (
        (bare, "还缺：划网定格.*；派员定岗.*；服务定责"),
        (unstaffed, "还缺：派员定岗（要有网格员在任）。$"),
        (untasked, "还缺：服务定责（选一份有内容的职责清单）。$"),
    ):
        with pytest.raises(ConflictError, match=words):
            actions.grid_activate(grid_id=grid.pk, actor=secretary, at=at)
        grid.refresh_from_db()
        assert not grid.is_active


def test_grid_in_force_keeps_ground_and_duties(diecui, loose, secretary, at):
    grid = ready(diecui, "新网格", [loose], at)
    actions.grid_activate(grid_id=grid.pk, actor=secretary, at=at)

    with pytest.raises(ConflictError, match="请先停用网格"):
        actions.grid_assign_buildings(grid_id=grid.pk, buildings=[], actor=secretary, at=at)
    with pytest.raises(ConflictError, match="请先停用网格"):
        actions.grid_set_duties(grid_id=grid.pk, duty_list=None, actor=secretary, at=at)


def test_parent_is_not_closed_before_its_grids(grid, second_level, secretary, at):
    with pytest.raises(ConflictError, match="下面还有启用的地点"):
        actions.grid_deactivate(grid_id=grid.pk, actor=secretary, at=at)


@pytest.mark.parametrize("items", [[], ["  "], ["巡查", "巡查"], ["长" * 81], [str(n) for n in range(41)]])
def test_duty_list_says_something_and_nothing_twice(diecui, at, items):
    with pytest.raises(InvalidInputError):
        actions.duty_list_create(community=diecui.community, name="清单", items=items, at=at)


def test_duty_list_of_another_community_is_refused(diecui, fuxi, grid, at):
    foreign = actions.duty_list_create(community=fuxi.community, name="清单", at=at)

    with pytest.raises(InvalidInputError, match="本社区"):
        actions.grid_set_duties(grid_id=grid.pk, duty_list=foreign, actor=None, at=at)


def test_duty_list_is_rewritten_for_every_grid_that_works_by_it(diecui, secretary, at):
    made = actions.duty_list_create(community=diecui.community, name="清单", actor=secretary, at=at)

    actions.duty_list_update(
        duty_list_id=made.pk, name="新清单", items=["巡查", "走访"], actor=secretary, at=at
    )

    assert list(made.items.values_list("order", "title")) == [(1, "巡查"), (2, "走访")]


# Who may.


@pytest.mark.parametrize(
    "who", ["grid_worker", "grid_leader", "clerk", "outsider", "secretary_of_another_community"]
)
def test_others_may_not_draw_grids(diecui, request, who):
    actor = request.getfixturevalue(who)
    grid = diecui.grids[0]
    duties = actions.duty_list_create(community=diecui.community, name="清单", at=NOW)
    before = (Grid.objects.count(), links())
    own = {"grid_id": grid.pk, "actor": actor, "at": NOW}

    for attempt in (
        lambda: actions.grid_create(community=diecui.community, name="x", actor=actor, at=NOW),
        lambda: actions.grid_assign_buildings(buildings=[], **own),
        lambda: update(grid, actor, name="x"),
        lambda: actions.grid_activate(**own),
        lambda: actions.grid_deactivate(**own),
        lambda: actions.grid_set_duties(duty_list=duties, **own),
        lambda: actions.boundary_set(geojson="{}", **own),
        lambda: actions.boundary_remove(**own),
        lambda: actions.duty_list_create(community=diecui.community, name="x", actor=actor, at=NOW),
        lambda: actions.duty_list_update(
            duty_list_id=duties.pk, name="x", items=["巡查"], actor=actor, at=NOW
        ),
    ):
        with pytest.raises(NotAllowedError):
            attempt()

    assert (Grid.objects.count(), links()) == before
    connection.check_constraints()
