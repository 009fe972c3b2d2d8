"""Nobody becomes more than they are: not by giving posts, not by standing in, not by taking an account over."""

from __future__ import annotations

from datetime import date

import pytest

from community import actions
from community.duties import Duty
from community.models import Post
from core.errors import NotAllowedError
from tests.cast import make_staff, make_user, put_in_post

TODAY = date(2026, 11, 20)


def test_secretary_appoints_no_administrator(secretary, diecui, at):
    friend = make_user("friend", "朋友")

    with pytest.raises(NotAllowedError):
        actions.post_give(
            user=friend, duty=Duty.ADMINISTRATOR, place=diecui.place, starts_on=TODAY, actor=secretary, at=at
        )

    assert not Post.objects.filter(user=friend).exists()


def test_secretary_invites_no_administrator(secretary, diecui, at):
    with pytest.raises(NotAllowedError):
        actions.account_invite(
            username="friend",
            display_name="朋友",
            phone="",
            duty=Duty.ADMINISTRATOR,
            place=diecui.place,
            starts_on=TODAY,
            actor=secretary,
            at=at,
        )

    assert not Post.objects.filter(user__username="friend").exists()


def test_secretary_lets_nobody_stand_in_for_an_administrator(secretary, diecui, at):
    keeper = make_user("keeper", "管理员")
    post = put_in_post(keeper, Duty.ADMINISTRATOR, diecui.place)

    with pytest.raises(NotAllowedError):
        actions.post_deputise(
            post_id=post.pk,
            deputy=make_user("friend", "朋友"),
            starts_on=TODAY,
            ends_on=TODAY,
            actor=secretary,
            at=at,
        )

    assert not Post.objects.filter(deputises=post).exists()


def test_secretary_takes_no_administrators_account_over(secretary, diecui, at):
    keeper = make_staff("keeper", "管理员", Duty.ADMINISTRATOR, diecui.place)
    before = keeper.password

    with pytest.raises(NotAllowedError):
        actions.account_reset_password(user_id=keeper.pk, actor=secretary, at=at)

    keeper.refresh_from_db()
    assert keeper.password == before


def test_administrator_appoints_another(administrator, diecui, at):
    friend = make_user("friend", "朋友")

    post = actions.post_give(
        user=friend, duty=Duty.ADMINISTRATOR, place=diecui.place, starts_on=TODAY, actor=administrator, at=at
    )

    assert post.user == friend


@pytest.mark.parametrize("duty", [Duty.SECRETARY, Duty.CLERK])
def test_secretary_of_another_community_gives_no_post_here(secretary_of_another_community, diecui, at, duty):
    friend = make_user("friend", "朋友")

    with pytest.raises(NotAllowedError):
        actions.post_give(
            user=friend,
            duty=duty,
            place=diecui.place,
            starts_on=TODAY,
            actor=secretary_of_another_community,
            at=at,
        )

    assert not Post.objects.filter(user=friend).exists()
