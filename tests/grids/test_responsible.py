"""我的责任人: who answers for one's own door, and nobody else's (G-17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community import actions
from community.duties import Duty
from community.models import Post, Resident
from community.models.people import Standing
from grids.actions import households_charge
from tests.cast import NOW, make_staff, make_user

PATH = "/account/responsible/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_home(diecui):
    """A resident with an account, behind the first door."""
    user = make_user("zhao", "赵居民", staff=False)
    Resident.objects.create(household=diecui.households[0], name="赵居民", user=user)
    return user


def as_user(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(user) -> str:
    return as_user(user).get(PATH).content.decode()


def test_people_of_my_door_stand_there_with_a_number_to_call(
    diecui, grid, at_home, grid_worker, grid_leader, secretary
):
    make_staff("officer", "包干部", Duty.AREA_OFFICER, grid.place)
    post = grid_worker.posts.get()
    households_charge(
        post_id=post.pk, households=[diecui.households[0].pk], starts_on=NOW.date(), actor=None, at=NOW
    )

    shown = page_of(at_home)

    for words in ("包户网格员", "王网格", f"tel:{grid_worker.phone}", "网格长", "包干部", grid.name):
        assert words in shown
    assert str(secretary) not in shown


def test_deputy_stands_for_whoever_is_away(diecui, grid, at_home, grid_worker):
    deputy = make_user("deputy", "代网格")
    actions.post_deputise(
        post_id=grid_worker.posts.get().pk,
        deputy=deputy,
        starts_on=NOW.date(),
        ends_on=timezone.localdate() + timedelta(days=30),
        actor=None,
        at=NOW,
    )

    shown = page_of(at_home)

    assert "代网格" in shown
    assert "王网格" not in shown


def test_vacant_post_says_so_and_leaves_the_leader_and_the_hotline(diecui, at_home, grid_leader):
    shown = page_of(at_home)

    assert "暂时没有人" in shown
    assert f"tel:{grid_leader.phone}" in shown
    assert "tel:0359-5020001" in shown


def test_worker_who_left_is_not_called_any_more(diecui, at_home, grid_worker):
    Post.objects.filter(user=grid_worker).update(ends_on=timezone.localdate() - timedelta(days=1))

    assert "王网格" not in page_of(at_home)


def test_whoever_moved_away_or_is_on_no_roll_sees_nobody(diecui, at_home, grid_worker):
    Resident.objects.filter(user=at_home).update(standing=Standing.MOVED_OUT)

    for user in (at_home, make_user("newcomer", staff=False)):
        assert "王网格" not in page_of(user)
        assert "名册上还没有您的住址" in page_of(user)


def test_stranger_signs_in_first():
    assert Client().get(PATH).status_code == 302


def test_page_costs_the_same_in_a_large_grid(
    diecui, at_home, grid_worker, grid_leader, django_assert_max_num_queries
):
    client = as_user(at_home)
    with django_assert_max_num_queries(8):
        client.get(PATH)


def test_page_about_me_leads_there(diecui, at_home):
    assert PATH in as_user(at_home).get("/account/").content.decode()
