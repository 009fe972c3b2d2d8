"""包户 follows the ground: a building goes to another grid, and its doors to whoever works there (G-03, G-17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.actions import place_create, place_move
from community.duties import Duty
from community.models import Household, Post
from community.models.place import PlaceKind
from core.errors import InvalidInputError
from core.models import AuditEntry, InboxItem
from grids import actions
from grids.actions.sweeping import uncharged_tell
from grids.models import HouseholdCharge
from grids.models.grid import Tier
from tests.cast import NOW, grid_in_force, make_staff, make_user, put_in_post
from tests.parallel import overlapping

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOW.date()
BEFORE = TODAY - 9 * DAY


@pytest.fixture
def spare(diecui):
    """A third building, so that no grid in force is left without ground."""
    building = place_create(
        kind=PlaceKind.BUILDING, name="3号楼", parent=diecui.estate, building_kind="apartment", at=NOW
    )
    actions.grid_assign_buildings(
        grid_id=diecui.grids[0].pk, buildings=[diecui.buildings[0], building], actor=None, at=NOW
    )
    return building


@pytest.fixture
def charged(diecui, grid_worker, spare):
    """The two doors of the first building, in the hands of its worker for some days."""
    return charge(grid_worker, diecui.households[:2])


def charge(worker, households, *, starts_on=BEFORE):
    post = worker.posts.get(duty__in=["grid_worker", "grid_auxiliary"])
    return actions.households_charge(
        post_id=post.pk,
        households=[one.pk for one in households],
        starts_on=starts_on,
        actor=None,
        at=NOW,
    )


def release(diecui, actor=None):
    """The first building leaves its grid."""
    rest = list(diecui.grids[0].buildings.exclude(place=diecui.buildings[0]).values_list("place", flat=True))
    kept = [link.place for link in diecui.grids[0].buildings.select_related("place") if link.place_id in rest]
    actions.grid_assign_buildings(grid_id=diecui.grids[0].pk, buildings=kept, actor=actor, at=NOW)


def take(diecui, actor=None):
    """The second grid takes it, and keeps its own."""
    actions.grid_assign_buildings(grid_id=diecui.grids[1].pk, buildings=diecui.buildings, actor=actor, at=NOW)


def hand_on(diecui, actor=None):
    release(diecui, actor)
    take(diecui, actor)


def own_grid(diecui, name="专属网格"):
    """A grid that is drawn for the first building takes it at once."""
    grid = grid_in_force(diecui.community, name, [], tier=Tier.DEDICATED)
    return grid, lambda: actions.grid_assign_buildings(
        grid_id=grid.pk, buildings=[diecui.buildings[0]], actor=None, at=NOW
    )


def history(household):
    return list(
        HouseholdCharge.objects.filter(household=household)
        .order_by("starts_on")
        .values_list("post__user", "starts_on", "ends_on")
    )


def holder(household, day=TODAY):
    held = HouseholdCharge.objects.held_on(day).filter(household=household).select_related("post__user")
    return next((one.post.user for one in held), None)


def told(user):
    return sorted(InboxItem.objects.filter(user=user).values_list("kind", flat=True))


def test_doors_go_on_to_the_worker_of_the_grid_and_history_stays(
    diecui, charged, grid_worker, worker_of_another_grid
):
    hand_on(diecui)

    for door in diecui.households[:2]:
        assert history(door) == [
            (grid_worker.pk, BEFORE, TODAY - DAY),
            (worker_of_another_grid.pk, TODAY, None),
        ]


def test_both_are_told_and_each_post_is_on_the_trail(
    diecui, charged, secretary, grid, grid_worker, worker_of_another_grid
):
    _own, move = own_grid(diecui)
    put_in_post(worker_of_another_grid, Duty.GRID_WORKER, _own.place)

    move()

    taken = InboxItem.objects.get(user=worker_of_another_grid)
    assert (taken.kind, "2 户" in taken.body) == ("moved.to_you", True)
    lost = InboxItem.objects.get(user=grid_worker)
    assert (lost.kind, "2 户" in lost.body) == ("moved.from_you", True)
    lines = AuditEntry.objects.filter(event__in=["household.charged", "household.uncharged"]).order_by("pk")
    assert [(line.event, line.scope_path) for line in lines][-2:] == [
        ("household.uncharged", grid.place.path),
        ("household.charged", _own.place.path),
    ]


def test_between_two_grids_doors_are_in_nobodys_hands_and_the_secretary_is_told(
    diecui, charged, secretary, worker_of_another_grid
):
    release(diecui)

    assert holder(diecui.households[0]) is None
    item = InboxItem.objects.get(user=secretary, kind="grid.uncharged")
    assert "不再属于任何网格，2 户" in item.body

    take(diecui)
    assert holder(diecui.households[0]) == worker_of_another_grid


def test_without_a_worker_there_the_cadre_is_told_at_once_and_the_morning_says_it_no_more(
    diecui, charged, secretary
):
    own, move = own_grid(diecui)
    officer = make_staff("officer", "包片", Duty.AREA_OFFICER, own.place)
    move()

    assert holder(diecui.households[0]) is None
    item = InboxItem.objects.get(user=officer)
    assert (item.kind, item.url.endswith(f"?grid={own.pk}")) == ("grid.uncharged", True)
    assert "2 户从今天起没有人包" in item.body

    assert uncharged_tell(TODAY, NOW) == 2  # the doors of the second grid, that nobody ever had
    assert told(officer) == ["grid.uncharged"]


def test_doors_begun_today_are_told_of_once_as_well(diecui, grid_worker, spare, secretary):
    charge(grid_worker, diecui.households[:2], starts_on=TODAY)
    own, move = own_grid(diecui)
    make_staff("officer", "包片", Duty.AREA_OFFICER, own.place)
    move()

    assert not HouseholdCharge.objects.exists()
    assert uncharged_tell(TODAY, NOW) == 2


def test_doors_that_lose_their_worker_again_are_told_of_again(diecui, charged, secretary, grid_worker):
    uncharged_tell(TODAY, NOW)
    Post.objects.filter(user=grid_worker).update(ends_on=TODAY)
    assert uncharged_tell(TODAY + DAY, NOW + DAY) == 2
    assert uncharged_tell(TODAY + DAY, NOW + DAY) == 0

    new = make_user("new", "新人")
    put_in_post(new, Duty.GRID_WORKER, diecui.grids[0].place, starts_on=TODAY + DAY)
    charge(new, diecui.households[:2], starts_on=TODAY + DAY)
    Post.objects.filter(user=new).update(ends_on=TODAY + 3 * DAY)

    assert uncharged_tell(TODAY + 3 * DAY, NOW + 3 * DAY) == 0
    assert uncharged_tell(TODAY + 4 * DAY, NOW + 4 * DAY) == 2


def test_whoever_works_in_both_grids_keeps_the_doors_by_the_post_there(diecui, charged, grid_worker):
    there = put_in_post(grid_worker, Duty.GRID_AUXILIARY, diecui.grids[1].place)
    make_staff("worker2", "别人", Duty.GRID_WORKER, diecui.grids[1].place)

    own, move = own_grid(diecui)
    mine = put_in_post(grid_worker, Duty.GRID_AUXILIARY, own.place)
    make_staff("worker3", "第三人", Duty.GRID_WORKER, own.place)
    move()

    current = HouseholdCharge.objects.held_on(TODAY).get(household=diecui.households[0])
    assert current.post == mine
    assert current.post != there
    assert told(grid_worker) == []


def test_worker_of_the_grid_above_keeps_the_doors(diecui, grid, charged, grid_worker):
    low = grid_in_force(diecui.community, "低", [], tier=Tier.LEVEL_2, parent=grid)
    make_staff("low", "小网格员", Duty.GRID_WORKER, low.place)

    actions.grid_assign_buildings(grid_id=low.pk, buildings=[diecui.buildings[0]], actor=None, at=NOW)

    assert history(diecui.households[0]) == [(grid_worker.pk, BEFORE, None)]


def test_door_that_was_never_in_anybodys_hands_is_given_to_nobody(diecui, charged, worker_of_another_grid):
    new = Household.objects.create(place=diecui.entrances[0], room="301")

    hand_on(diecui)

    assert history(new) == []


def test_orphan_that_somebody_had_before_is_taken_on(diecui, charged, grid_worker, worker_of_another_grid):
    Post.objects.filter(user=grid_worker).update(ends_on=TODAY - 3 * DAY)

    hand_on(diecui)

    assert history(diecui.households[0]) == [
        (grid_worker.pk, BEFORE, TODAY - 3 * DAY),
        (worker_of_another_grid.pk, TODAY, None),
    ]


def test_next_worker_of_the_grid_has_the_doors_from_their_first_day(diecui, charged, grid_worker):
    own, move = own_grid(diecui)
    first = make_user("first")
    put_in_post(first, Duty.GRID_WORKER, own.place, ends_on=TODAY + 2 * DAY)
    second = make_user("second")
    put_in_post(second, Duty.GRID_WORKER, own.place, starts_on=TODAY + 3 * DAY)

    move()

    assert history(diecui.households[0])[1:] == [
        (first.pk, TODAY, TODAY + 2 * DAY),
        (second.pk, TODAY + 3 * DAY, None),
    ]


def test_hand_over_to_come_in_the_old_grid_is_taken_back_for_these_doors(
    diecui, charged, grid_worker, worker_of_another_grid
):
    successor = make_user("next")
    actions.post_hand_over(
        post_id=grid_worker.posts.get().pk, successor=successor, first_day=TODAY + DAY, actor=None, at=NOW
    )

    hand_on(diecui)

    assert holder(diecui.households[0]) == worker_of_another_grid
    assert holder(diecui.households[0], TODAY + DAY) == worker_of_another_grid


def test_grid_that_gets_another_tier_or_is_closed_gives_its_doors_on(
    diecui, charged, grid_worker, worker_of_another_grid
):
    own, move = own_grid(diecui)
    put_in_post(worker_of_another_grid, Duty.GRID_WORKER, own.place)
    move()
    assert holder(diecui.households[0]) == worker_of_another_grid

    actions.grid_deactivate(grid_id=own.pk, actor=None, at=NOW)

    assert holder(diecui.households[0]) == grid_worker


def test_building_that_moves_to_another_estate_takes_its_doors_there(
    diecui, charged, secretary, worker_of_another_grid
):
    estate = place_create(kind=PlaceKind.ESTATE, name="二号小区", parent=diecui.place, at=NOW)
    diecui.grids[0].buildings.filter(place=diecui.buildings[0]).delete()
    actions.grid_assign_buildings(
        grid_id=diecui.grids[1].pk, buildings=[diecui.buildings[1], estate], actor=None, at=NOW
    )

    place_move(place_id=diecui.buildings[0].pk, parent_id=estate.pk, actor=secretary, at=NOW)

    assert holder(diecui.households[0]) == worker_of_another_grid


def test_building_costs_the_same_with_many_doors(diecui, grid_worker, worker_of_another_grid, spare):
    many = [Household.objects.create(place=diecui.entrances[1], room=str(number)) for number in range(30)]
    charge(grid_worker, diecui.households[:2])
    charge(worker_of_another_grid, [*diecui.households[2:], *many])

    def cost(building, name):
        grid = grid_in_force(diecui.community, name, [], tier=Tier.DEDICATED)
        make_staff(name, name, Duty.GRID_WORKER, grid.place)
        with CaptureQueriesContext(connection) as asked:
            actions.grid_assign_buildings(grid_id=grid.pk, buildings=[building], actor=None, at=NOW)
        return len(asked)

    few = cost(diecui.buildings[0], "small")

    assert cost(diecui.buildings[1], "large") == few
    assert HouseholdCharge.objects.held_on(TODAY).filter(post__user__username="large").count() == 32


# Two at once.


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_doors_are_not_put_into_hands_that_lose_them_meanwhile(diecui, grid_worker, spare):
    """Without the tree held still, the second still finds the doors in the first grid, and books them there."""
    _own, move = own_grid(diecui)

    outcomes = overlapping(move, lambda: charge(grid_worker, diecui.households[:2], starts_on=TODAY))

    assert isinstance(outcomes[1], InvalidInputError)
    assert not HouseholdCharge.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_doors_that_were_just_put_into_hands_go_on(diecui, grid_worker, spare):
    own, move = own_grid(diecui)
    there = make_staff("there", "那边的人", Duty.GRID_WORKER, own.place)

    overlapping(lambda: charge(grid_worker, diecui.households[:2]), move)

    assert holder(diecui.households[0]) == there


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["ground", "hand-over"])
def test_successor_in_the_old_grid_gets_no_doors_that_have_gone(diecui, charged, grid_worker, first):
    own, move = own_grid(diecui)
    there = make_staff("there", "那边的人", Duty.GRID_WORKER, own.place)
    post, successor = grid_worker.posts.get(), make_user("next")
    calls = [move, lambda: hand_over(post, successor)]

    overlapping(*(calls if first == "ground" else reversed(calls)))

    assert [holder(diecui.households[0], day) for day in (TODAY, TODAY + DAY)] == [there, there]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["ground", "hand-over"])
def test_successor_in_the_new_grid_gets_the_doors_that_have_come(diecui, charged, first):
    own, move = own_grid(diecui)
    there, successor = make_staff("there", "那边的人", Duty.GRID_WORKER, own.place), make_user("next")
    post = there.posts.get()
    calls = [move, lambda: hand_over(post, successor)]

    overlapping(*(calls if first == "ground" else reversed(calls)))

    assert [holder(diecui.households[0], day) for day in (TODAY, TODAY + DAY)] == [there, successor]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["taken", "released"])
def test_building_released_by_one_grid_and_taken_by_another_at_once(diecui, charged, secretary, first):
    """Whoever releases it after it was taken finds the doors in good hands, and tells nobody."""
    own, move = own_grid(diecui)
    there = make_staff("there", "那边的人", Duty.GRID_WORKER, own.place)
    calls = [move, lambda: release(diecui)]

    overlapping(*(calls if first == "taken" else reversed(calls)))

    assert holder(diecui.households[0]) == there
    assert told(secretary) == (["grid.uncharged"] if first == "released" else [])


def hand_over(post, successor):
    return actions.post_hand_over(
        post_id=post.pk, successor=successor, first_day=TODAY + DAY, actor=None, at=NOW
    )
