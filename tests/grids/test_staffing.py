"""一长两员, hand-over, 包片 and 包户: who answers for what, and what is missing (G-03, G-04, G-17, G-36)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from community.actions import post_deputise
from community.duties import Duty
from community.models import Household, Post
from community.querysets import below
from community.selectors.holders import ladder_holder
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import InboxItem
from grids import actions
from grids.actions.registers.tagging import tag_end
from grids.actions.sweeping import grids_check
from grids.models import Grid, GridBoundary, HouseholdCharge
from grids.models.grid import Tier
from grids.selectors.charges import charge_of, households_of, responsible_for
from grids.selectors.homes import uncharged_by_grid
from grids.selectors.setup import with_steps
from grids.selectors.staffing import crews_of, overview_of
from grids.selectors.totals import communities_under, totals_under
from tests.cast import NOW, grid_in_force, make_resident, make_staff, make_user, put_in_post
from tests.grids.registers import mark
from tests.parallel import overlapping

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def auxiliary(grid):
    return make_staff("aux", "钱辅助", Duty.GRID_AUXILIARY, grid.place)


def charge(user, *, actor=None, at=NOW, starts_on=TODAY, **what):
    post = user.posts.get(duty__in=["grid_worker", "grid_auxiliary"])
    return actions.households_charge(post_id=post.pk, actor=actor, at=at, starts_on=starts_on, **what)


def held_by(user, day):
    return households_of(user, day).items


def charges():
    return sorted(HouseholdCharge.objects.values_list("household_id", "post__user", "starts_on", "ends_on"))


# 一长两员 and vacancies.


def test_grid_has_one_worker_and_several_auxiliaries(grid, grid_worker, auxiliary):
    make_staff("aux2", "孙辅助", Duty.GRID_AUXILIARY, grid.place)

    crew = crews_of([grid], TODAY)[0]

    assert (crew.workers, crew.leaders, crew.lacks_leaders, crew.lacks_workers) == (3, 0, 1, 0)


def test_grid_short_of_people_is_listed_with_how_many(grid, grid_worker, grid_leader):
    crew = crews_of([grid], TODAY)[0]

    assert crew.is_short
    assert (crew.lacks_leaders, crew.lacks_workers) == (0, 1)


def test_norm_of_a_community_holds_for_its_tier(diecui, grid, grid_worker, grid_leader, secretary, at):
    actions.norm_set(
        community=diecui.community,
        tier=Tier.LEVEL_1,
        leaders=1,
        workers=1,
        households=1,
        actor=secretary,
        at=at,
    )

    crew = overview_of(diecui.community, TODAY).crews[0]

    assert not crew.is_short
    assert crew.is_overloaded


def test_norm_asks_for_somebody(diecui, secretary, at):
    with pytest.raises(InvalidInputError):
        actions.norm_set(
            community=diecui.community,
            tier=Tier.LEVEL_1,
            leaders=0,
            workers=0,
            households=1,
            actor=secretary,
            at=at,
        )


def test_worker_who_leaves_leaves_a_vacancy_that_the_leader_answers_for(grid, grid_worker, grid_leader):
    post = grid_worker.posts.get()
    Post.objects.filter(pk=post.pk).update(ends_on=TODAY)

    assert grid not in Grid.objects.vacant(TODAY)
    assert grid in Grid.objects.vacant(TOMORROW)
    duty, holder = ladder_holder(
        place_path="/", grid_path=grid.place.path, start=Duty.GRID_WORKER, at=NOW + timedelta(days=1)
    )
    assert (duty, holder) == (Duty.GRID_LEADER, grid_leader)


def test_auxiliary_fills_no_vacancy(grid, auxiliary):
    assert grid in Grid.objects.vacant(TODAY)


def test_grid_has_one_area_officer_at_a_time(grid):
    put_in_post(make_user("first"), Duty.AREA_OFFICER, grid.place)

    with pytest.raises(ConflictError, match="已有人担任"):
        put_in_post(make_user("second"), Duty.AREA_OFFICER, grid.place)


# Hand-over.


def hand_over(post, successor, *, actor=None, first_day=TOMORROW):
    return actions.post_hand_over(
        post_id=post.pk, successor=successor, first_day=first_day, actor=actor, at=NOW
    )


def test_hand_over_keeps_history_and_passes_the_households_on(diecui, grid, grid_worker, secretary):
    charge(grid_worker, places=[diecui.buildings[0]])
    new = make_user("new", "新人")

    taken = hand_over(grid_worker.posts.get(), new, actor=secretary)

    assert sorted(grid.place.posts.values_list("user", "starts_on", "ends_on")) == [
        (grid_worker.pk, date(2026, 1, 1), TODAY),
        (new.pk, TOMORROW, None),
    ]
    assert taken.user == new
    assert held_by(grid_worker, TODAY) == held_by(new, TOMORROW)
    assert len(held_by(new, TOMORROW)) == 2
    assert held_by(new, TODAY) == held_by(grid_worker, TOMORROW) == []


def test_hand_over_is_refused_with_a_reason(diecui, grid_worker, clerk, secretary):
    post = grid_worker.posts.get()
    before = list(Post.objects.values_list("pk", "ends_on").order_by("pk"))

    for attempt, error in (
        (lambda: hand_over(post, grid_worker, actor=secretary), InvalidInputError),
        (lambda: hand_over(clerk.posts.get(), make_user("x"), actor=secretary), InvalidInputError),
        (lambda: hand_over(post, make_user("y"), first_day=post.starts_on), ConflictError),
        (lambda: hand_over(post, secretary, actor=secretary), NotAllowedError),
        (lambda: hand_over(post, make_user("z"), actor=clerk), NotAllowedError),
    ):
        with pytest.raises(error):
            attempt()

    assert list(Post.objects.values_list("pk", "ends_on").order_by("pk")) == before


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_at_once_leave_one_successor(grid, grid_worker):
    post, rivals = grid_worker.posts.get(), [make_user("first"), make_user("second")]

    outcomes = overlapping(lambda: hand_over(post, rivals[0]), lambda: hand_over(post, rivals[1]))

    assert [isinstance(found, ConflictError) for found in outcomes] == [False, True]
    assert Post.objects.filter(place=grid.place, duty=Duty.GRID_WORKER).held_on(TOMORROW).count() == 1


# 包户.


def test_all_doors_of_a_building_are_put_into_a_workers_hands(diecui, grid_worker, grid_leader):
    assert charge(grid_worker, places=[diecui.estate], actor=grid_leader) == 2

    assert held_by(grid_worker, TODAY) == diecui.households[:2]
    assert uncharged_by_grid(diecui.place.path, TODAY) == {diecui.grids[1].pk: 2}


def test_household_has_one_worker_at_a_time(diecui, grid_worker, auxiliary):
    first = diecui.households[0]
    charge(grid_worker, places=[diecui.buildings[0]], starts_on=TODAY - timedelta(days=9))

    charge(auxiliary, households=[first.pk])

    assert charge_of(first, TODAY).post.user == auxiliary
    assert charge_of(first, TODAY - timedelta(days=1)).post.user == grid_worker
    assert charge_of(diecui.households[1], TODAY).post.user == grid_worker


def test_same_charge_again_changes_nothing(diecui, grid_worker):
    charge(grid_worker, places=[diecui.buildings[0]])
    before = charges()

    assert charge(grid_worker, places=[diecui.buildings[0]]) == 0
    assert charges() == before


def test_database_itself_refuses_a_second_worker_of_a_household(diecui, grid_worker, auxiliary):
    charge(grid_worker, households=[diecui.households[0].pk])

    with pytest.raises(IntegrityError, match="charge_one_worker_per_household"), transaction.atomic():
        HouseholdCharge.objects.create(
            household=diecui.households[0], post=auxiliary.posts.get(), starts_on=TOMORROW
        )


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_a_household_in_one_workers_hands(diecui, grid_worker, auxiliary):
    """Without the lock on the household the second runs into the exclusion constraint."""
    door = [diecui.households[0].pk]

    outcomes = overlapping(
        lambda: charge(grid_worker, households=door), lambda: charge(auxiliary, households=door)
    )

    assert outcomes == [1, 1]
    assert HouseholdCharge.objects.held_on(TODAY).get().post.user == auxiliary


def test_household_of_another_grid_is_refused(diecui, grid_worker):
    with pytest.raises(InvalidInputError, match="不属于这个网格"):
        charge(grid_worker, households=[diecui.households[2].pk])
    with pytest.raises(InvalidInputError, match="没有选到"):
        charge(grid_worker, places=[diecui.buildings[1]])

    assert not charges()


def test_only_workers_and_auxiliaries_take_households(diecui, grid_leader, at):
    with pytest.raises(ConflictError, match="只有网格员"):
        actions.households_charge(
            post_id=grid_leader.posts.get().pk, places=[diecui.estate], starts_on=TODAY, actor=None, at=at
        )


@pytest.mark.parametrize(
    "who", ["grid_worker", "leader_of_another_grid", "outsider", "secretary_of_another_community"]
)
def test_others_put_no_household_into_anybodys_hands(request, diecui, grid_worker, who):
    with pytest.raises(NotAllowedError):
        charge(grid_worker, places=[diecui.estate], actor=request.getfixturevalue(who))

    assert not charges()


def test_worker_without_a_successor_leaves_orphans(diecui, grid, grid_worker):
    charge(grid_worker, places=[diecui.estate])
    Post.objects.filter(user=grid_worker).update(ends_on=TODAY)

    assert grid.pk not in uncharged_by_grid(diecui.place.path, TODAY)
    assert uncharged_by_grid(diecui.place.path, TOMORROW)[grid.pk] == 2


def test_everybody_who_answers_for_a_door_is_known(diecui, grid, grid_worker, grid_leader, auxiliary):
    officer = make_staff("officer", "包干部", Duty.AREA_OFFICER, grid.place)
    charge(auxiliary, households=[diecui.households[0].pk])

    found = responsible_for(diecui.households[0], TODAY)

    assert found.grid == grid
    assert (found.household_worker, found.worker, found.leader, found.officer) == (
        auxiliary,
        grid_worker,
        grid_leader,
        officer,
    )


# Figures.


def test_load_leaves_out_doors_that_everybody_has_left_and_keeps_those_without_a_roll(diecui, grid):
    gone = make_resident(diecui.households[0], "已故的人", "13900000061")
    tag = mark(gone, "已故", None)

    assert {crew.grid: crew.households for crew in overview_of(diecui.community, TODAY).crews}[grid] == 1

    make_resident(diecui.households[0], "家里人", "13900000062")
    assert {crew.grid: crew.households for crew in overview_of(diecui.community, TODAY).crews}[grid] == 2
    tag_end(tag_id=tag.pk, reason="看错了。", actor=None, at=NOW)
    assert {crew.grid: crew.households for crew in overview_of(diecui.community, TODAY).crews}[grid] == 2


def test_load_counts_each_household_in_the_lowest_grid_of_its_door(diecui, grid, other_grid):
    low = grid_in_force(diecui.community, "低", [diecui.buildings[0]], tier=Tier.LEVEL_2, parent=grid)
    Household.objects.create(place=diecui.estate, room="门卫室")

    shown = overview_of(diecui.community, TODAY)

    assert {crew.grid: crew.households for crew in shown.crews} == {grid: 0, low: 2, other_grid: 2}
    assert (shown.households, shown.homeless, shown.average) == (5, 1, 2.0)


def test_totals_count_tiers_steps_and_gaps(diecui, fuxi, grid, grid_worker):
    actions.grid_create(community=diecui.community, name="新", tier=Tier.DEDICATED, at=NOW)

    totals = totals_under([diecui.place.path], TODAY)

    assert [count for _tier, count in totals.tiers] == [2, 0, 0, 1]
    assert (totals.grids, totals.active, totals.workers, totals.vacant, totals.officerless) == (3, 2, 1, 1, 2)
    assert totals.steps == {"ground": 2, "worker": 1, "duties": 0}


def test_share_of_grids_that_meet_the_norm_counts_by_community_and_tier(
    diecui, fuxi, grid, grid_worker, grid_leader, auxiliary
):
    """One of two grids is whole by 1 + 2; where a community asks for one worker alone, its own norm counts."""
    worker = make_staff("alone", "独一人", Duty.GRID_WORKER, fuxi.grids[0].place)
    actions.norm_set(
        community=fuxi.community, tier=Tier.LEVEL_1, leaders=0, workers=1, households=1, actor=None, at=NOW
    )
    grid_worker.posts.update(employment="full")
    auxiliary.posts.update(employment="part")

    found = communities_under(["/"], TODAY)
    county = totals_under(["/"], TODAY)

    own, other = found[diecui.community.pk], found[fuxi.community.pk]
    assert (own.whole, own.active, own.share) == (1, 2, 50.0)
    assert (other.whole, other.active) == (1, 2)
    assert (county.whole, county.active) == (2, 4)
    assert (own.posts, own.full_time, own.part_time, own.unsaid) == (3, 1, 1, 1)
    worker.posts.update(ends_on=TODAY - timedelta(days=1))
    assert communities_under(["/"], TODAY)[fuxi.community.pk].whole == 0
    assert own.whole == overview_of(diecui.community, TODAY).full


def test_deputy_fills_no_place_of_the_norm(diecui, grid, grid_worker, grid_leader):
    deputy = make_user("deputy")
    post_deputise(
        post_id=grid_worker.posts.get().pk, deputy=deputy, starts_on=TODAY, ends_on=TODAY, actor=None, at=NOW
    )

    assert totals_under([diecui.place.path], TODAY).whole == 0


def test_overview_costs_the_same_with_many_grids(diecui, django_assert_max_num_queries):
    for number in range(30):
        grid_in_force(diecui.community, f"又{number}", [])

    with django_assert_max_num_queries(5):
        overview_of(diecui.community, TODAY)
    with django_assert_max_num_queries(1):
        totals_under([diecui.place.path], TODAY)
    with django_assert_max_num_queries(1):
        communities_under([diecui.place.path], TODAY)


@pytest.mark.parametrize("where", ["county", "community", "grid", "grid_and_below", "community_and_grid"])
def test_totals_are_what_a_plain_count_of_the_grids_says(diecui, fuxi, grid, other_grid, grid_worker, where):
    low = grid_in_force(diecui.community, "低", [diecui.buildings[0]], tier=Tier.LEVEL_2, parent=grid)
    actions.grid_create(community=fuxi.community, name="新", tier=Tier.DEDICATED, at=NOW)
    bare = grid_in_force(diecui.community, "空", [])
    GridBoundary.objects.create(grid=other_grid, shape={}, square_metres=1, changed_at=NOW)
    assert not bare.buildings.exists()
    make_staff("ender", "到期的", Duty.GRID_WORKER, low.place)
    Post.objects.filter(place=low.place).update(starts_on=date(2020, 1, 1), ends_on=TODAY - timedelta(days=1))
    paths = {
        "county": ["/" + diecui.place.path.split("/")[1] + "/"],
        "community": [diecui.place.path],
        "grid": [grid.place.path],
        "grid_and_below": [grid.place.path, low.place.path],
        "community_and_grid": [diecui.place.path, low.place.path],
    }[where]

    totals = totals_under(paths, TODAY)

    rows = list(with_steps(Grid.objects.filter(below(paths, "place__path")), TODAY))
    active = [row for row in rows if row.is_active]
    assert [count for _tier, count in totals.tiers] == [
        sum(row.tier == tier for row in rows) for tier in Tier
    ]
    assert (totals.grids, totals.active) == (len(rows), len(active))
    assert totals.vacant == sum(not row.has_worker for row in active)
    assert (
        totals.officerless == Grid.objects.filter(below(paths, "place__path")).without_officer(TODAY).count()
    )
    assert totals.steps == {
        step: sum(getattr(row, f"has_{step}") for row in rows) for step in ("ground", "worker", "duties")
    }


# The morning.


def said(user):
    return sorted(InboxItem.objects.filter(user=user).values_list("kind", flat=True))


def test_morning_tells_of_everything_once(diecui, grid, grid_leader, secretary, at):
    """One grid has a leader and no worker, the other nobody; four households are in nobody's hands."""
    officer = make_staff("officer", "包干部", Duty.AREA_OFFICER, grid.place)

    assert grids_check(at=at) == 2 + 4 + 2
    assert grids_check(at=at) == 0

    assert said(grid_leader) == ["grid.vacant"]
    assert said(officer) == ["grid.uncharged"]
    assert said(secretary) == ["grid.short", "grid.uncharged", "grid.vacant"]
    item = InboxItem.objects.get(user=grid_leader)
    assert "第1网格" in item.body
    assert "第2网格" not in item.body


def test_second_vacancy_is_told_again_and_shortages_every_week(grid, grid_leader, secretary, at):
    grids_check(at=at)
    post = put_in_post(make_user("new"), Duty.GRID_WORKER, grid.place, starts_on=TODAY)
    grids_check(at=at + timedelta(days=1))
    Post.objects.filter(pk=post.pk).update(ends_on=TODAY + timedelta(days=1))

    grids_check(at=at + timedelta(days=2))
    assert said(grid_leader) == ["grid.vacant"] * 2

    grids_check(at=at + timedelta(days=7))
    assert said(secretary).count("grid.short") == 2


def test_new_household_is_told_of_alone(diecui, secretary, at):
    grids_check(at=at)
    Household.objects.create(place=diecui.entrances[0], room="301")

    grids_check(at=at + timedelta(days=1))

    latest = InboxItem.objects.filter(user=secretary, kind="grid.uncharged").latest("created_at")
    assert "有 1 户" in latest.body
