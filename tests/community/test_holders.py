"""Who holds a duty for a place, and how a vacant tier is passed upwards."""

from __future__ import annotations

from datetime import timedelta

from community import actions
from community.duties import Duty
from community.selectors.holders import holder_for, ladder_holder
from tests.cast import make_user


def paths(town, number=0):
    return {"place_path": town.entrances[number].path, "grid_path": town.grids[number].place.path}


def deputise(post, deputy, at, days=0):
    return actions.post_deputise(
        post_id=post.pk,
        deputy=deputy,
        starts_on=at.date(),
        ends_on=at.date() + timedelta(days=days),
        actor=None,
        at=at,
    )


def test_holder_is_the_grids_own_worker(diecui, grid_worker, worker_of_another_grid, at):
    assert holder_for(**paths(diecui), duty=Duty.GRID_WORKER, at=at) == grid_worker
    assert holder_for(**paths(diecui, 1), duty=Duty.GRID_WORKER, at=at) == worker_of_another_grid


def test_deputy_comes_before_the_one_on_leave(diecui, grid_worker, at):
    deputy = make_user("deputy")
    deputise(grid_worker.posts.get(), deputy, at)

    assert holder_for(**paths(diecui), duty=Duty.GRID_WORKER, at=at) == deputy


def test_deputy_of_yesterday_stands_aside(diecui, grid_worker, at):
    deputise(grid_worker.posts.get(), make_user("deputy"), at)

    assert holder_for(**paths(diecui), duty=Duty.GRID_WORKER, at=at + timedelta(days=1)) == grid_worker


def test_closed_account_holds_nothing(diecui, grid_worker, at):
    grid_worker.is_active = False
    grid_worker.save()

    assert holder_for(**paths(diecui), duty=Duty.GRID_WORKER, at=at) is None


def test_ladder_stays_at_a_tier_that_is_held(diecui, grid_worker, grid_leader, secretary, at):
    assert ladder_holder(**paths(diecui), start=Duty.GRID_WORKER, at=at) == (Duty.GRID_WORKER, grid_worker)
    assert ladder_holder(**paths(diecui), start=Duty.GRID_LEADER, at=at) == (Duty.GRID_LEADER, grid_leader)


def test_vacant_worker_and_leader_pass_to_the_secretary(diecui, secretary, supervisor, at):
    assert ladder_holder(**paths(diecui), start=Duty.GRID_WORKER, at=at) == (Duty.SECRETARY, secretary)


def test_vacant_secretary_passes_to_the_subdistrict(diecui, grid_worker, supervisor, at):
    assert ladder_holder(**paths(diecui), start=Duty.SECRETARY, at=at) == (Duty.SUPERVISOR, supervisor)


def test_ladder_never_climbs_into_another_community(diecui, secretary_of_another_community, at):
    assert ladder_holder(**paths(diecui), start=Duty.GRID_WORKER, at=at) == (Duty.SUPERVISOR, None)


def test_place_without_a_grid_goes_to_the_secretary(diecui, grid_worker, secretary, at):
    found = ladder_holder(place_path=diecui.estate.path, grid_path="", start=Duty.GRID_WORKER, at=at)

    assert found == (Duty.SECRETARY, secretary)


def test_ladder_costs_one_statement(diecui, secretary, supervisor, at, django_assert_num_queries):
    with django_assert_num_queries(1):
        ladder_holder(**paths(diecui), start=Duty.GRID_WORKER, at=at)
