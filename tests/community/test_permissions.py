"""Every permission follows from current posts, down the tree (C-44)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from community.duties import Duty, Power
from community.permissions import Scope, has_power, held_posts, powers_anywhere, require_power
from core.errors import NotAllowedError
from core.models import User
from tests.cast import make_staff, make_user, put_in_post

PETITION_POWERS = [power for power in Power if power.startswith("petition_")]


def scope_of(town, number=0):
    return Scope(town.entrances[number].path, town.grids[number].place.path)


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_grid_worker_handles_in_their_own_grid(diecui, grid_worker, at):
    post = require_power(grid_worker, Power.PETITION_HANDLE, scope_of(diecui), at=at)

    assert post.duty == Duty.GRID_WORKER
    assert post.trace == f"grid_worker@{diecui.grids[0].pk}"


def test_grid_worker_of_another_grid_has_no_power(diecui, worker_of_another_grid, at):
    with pytest.raises(NotAllowedError):
        require_power(worker_of_another_grid, Power.PETITION_READ, scope_of(diecui), at=at)


def test_place_without_a_grid_is_nobodys_grid_workers(diecui, grid_worker, at):
    assert not has_power(grid_worker, Power.PETITION_READ, Scope(diecui.entrances[0].path), at=at)


@pytest.mark.parametrize("who", ["grid_leader", "clerk", "dispatcher", "secretary", "supervisor"])
def test_staff_above_the_place_may_triage(who, request, diecui, at):
    user = request.getfixturevalue(who)

    assert has_power(user, Power.PETITION_TRIAGE, scope_of(diecui), at=at)


def test_secretary_has_no_power_in_another_community(diecui, secretary_of_another_community, at):
    assert powers_anywhere(secretary_of_another_community, at)
    for power in Power:
        assert not has_power(secretary_of_another_community, power, scope_of(diecui), at=at)


@pytest.mark.parametrize("power", PETITION_POWERS)
def test_administrator_has_no_petition_power(power, administrator, diecui, at):
    assert not has_power(administrator, power, scope_of(diecui), at=at)


def test_administrator_keeps_places_posts_and_brands(administrator, diecui, at):
    for power in (Power.PLACE_MANAGE, Power.POST_MANAGE, Power.PROFILE_MANAGE, Power.ROLL_MANAGE):
        assert has_power(administrator, power, scope_of(diecui), at=at)


@pytest.mark.parametrize("who", ["outsider", "resident"])
def test_account_without_a_post_has_no_power(who, request, diecui, at):
    user = request.getfixturevalue(who)

    assert held_posts(user, at=at) == ()
    assert not has_power(user, Power.PETITION_READ, scope_of(diecui), at=at)


def test_anonymous_has_no_power(diecui, at):
    assert powers_anywhere(AnonymousUser(), at) == frozenset()


def test_superuser_has_no_power_without_a_post(diecui, at):
    root = User.objects.create_superuser("root", "Sunny-Courtyard-2026")

    assert not has_power(root, Power.PETITION_READ, scope_of(diecui), at=at)


def test_closed_account_keeps_no_power(diecui, grid_worker, at):
    grid_worker.is_active = False

    assert held_posts(grid_worker, at=at) == ()


def test_post_ended_yesterday_has_no_power(diecui, grid, at):
    user = make_user("gone")
    put_in_post(user, Duty.GRID_WORKER, grid.place, ends_on=at.date() - timedelta(days=1))

    assert not has_power(user, Power.PETITION_READ, scope_of(diecui), at=at)


def test_post_holds_on_its_first_and_last_day_only(diecui, grid, at):
    user = make_user("brief")
    put_in_post(user, Duty.GRID_WORKER, grid.place, starts_on=at.date(), ends_on=at.date())

    assert has_power(user, Power.PETITION_READ, scope_of(diecui), at=at)
    assert not has_power(user, Power.PETITION_READ, scope_of(diecui), at=at - timedelta(days=1))
    assert not has_power(user, Power.PETITION_READ, scope_of(diecui), at=at + timedelta(days=1))


def test_post_begins_at_local_midnight(diecui, grid, at):
    user = make_user("tomorrow")
    put_in_post(user, Duty.GRID_WORKER, grid.place, starts_on=date(2026, 11, 21))
    late = at.replace(hour=23, minute=59)

    assert not has_power(user, Power.PETITION_READ, scope_of(diecui), at=late)
    assert has_power(user, Power.PETITION_READ, scope_of(diecui), at=late + timedelta(minutes=1))


def test_many_questions_about_one_person_cost_one_statement(diecui, secretary, at, django_assert_num_queries):
    user = fresh(secretary)

    with django_assert_num_queries(1):
        for power in Power:
            has_power(user, power, scope_of(diecui), at=at)


def test_post_in_ones_own_right_comes_before_a_deputys(diecui, grid, grid_worker, at):
    from community import actions

    leader = make_staff("l", "长", Duty.GRID_LEADER, grid.place)
    actions.post_deputise(
        post_id=grid_worker.posts.get().pk,
        deputy=leader,
        starts_on=at.date(),
        ends_on=at.date(),
        actor=None,
        at=at,
    )

    post = require_power(fresh(leader), Power.PETITION_HANDLE, scope_of(diecui), at=at)

    assert post.duty == Duty.GRID_LEADER
