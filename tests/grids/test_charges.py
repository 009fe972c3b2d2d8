"""包户 on a phone: the doors in one's own hands, and those in nobody's (G-17)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.duties import Duty
from community.models import Household, Post
from core.models import InboxItem
from grids.actions import households_charge
from grids.actions.sweeping import grids_check
from grids.models import HouseholdCharge
from tests.cast import NOW, make_staff

pytestmark = pytest.mark.django_db
MINE, ORPHANS = "/work/charges/", "/work/charges/orphans/"


@pytest.fixture
def officer(grid):
    return make_staff("officer", "包片干部", Duty.AREA_OFFICER, grid.place)


def charge(worker, *households):
    return households_charge(
        post_id=Post.objects.get(user=worker).pk,
        households=[one.pk for one in households],
        starts_on=timezone.localdate(),
        actor=None,
        at=timezone.now(),
    )


def body(client, path, user):
    client.force_login(user)
    answer = client.get(path)
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


def test_worker_finds_the_doors_in_their_hands_and_no_others(client, diecui, grid_worker):
    charge(grid_worker, diecui.households[0])

    shown = body(client, MINE, grid_worker)

    assert diecui.households[0].long_name in shown
    assert diecui.households[1].long_name not in shown
    assert f"/work/homes/{diecui.households[0].pk}/" in shown


def test_doors_in_nobodys_hands_are_listed_by_grid(client, diecui, grid, grid_worker, grid_leader):
    charge(grid_worker, diecui.households[0])

    shown = body(client, ORPHANS, grid_leader)

    assert diecui.households[1].long_name in shown
    assert diecui.households[0].long_name not in shown
    assert diecui.households[2].long_name not in shown
    assert body(client, f"{ORPHANS}?grid={diecui.grids[1].pk}", grid_leader) == 404


@pytest.mark.parametrize("who", ["officer", "grid_leader", "secretary"])
def test_one_door_is_given_to_a_worker(client, request, diecui, grid, grid_worker, who):
    client.force_login(request.getfixturevalue(who))
    given = {"households": [diecui.households[1].pk], "post": Post.objects.get(user=grid_worker).pk}

    answer = client.post(f"{ORPHANS}?grid={grid.pk}", given)

    assert answer.status_code == 302
    assert [one.household for one in HouseholdCharge.objects.all()] == [diecui.households[1]]
    assert diecui.households[1].long_name not in client.get(f"{ORPHANS}?grid={grid.pk}").content.decode()


def test_without_a_door_or_a_worker_nothing_is_given(client, diecui, grid, grid_worker, grid_leader):
    client.force_login(grid_leader)

    assert client.post(f"{ORPHANS}?grid={grid.pk}", {}).status_code == 422
    foreign = {"households": [diecui.households[2].pk], "post": Post.objects.get(user=grid_worker).pk}
    assert client.post(f"{ORPHANS}?grid={grid.pk}", foreign).status_code == 422
    assert not HouseholdCharge.objects.exists()


def test_supervisor_reads_and_gives_nothing(client, diecui, grid, grid_worker, supervisor):
    client.force_login(supervisor)
    given = {"households": [diecui.households[1].pk], "post": Post.objects.get(user=grid_worker).pk}

    assert diecui.households[1].long_name in client.get(f"{ORPHANS}?grid={grid.pk}").content.decode()
    client.post(f"{ORPHANS}?grid={grid.pk}", given)

    assert not HouseholdCharge.objects.exists()


@pytest.mark.parametrize("who", ["grid_worker", "outsider", "resident", "administrator"])
def test_others_find_no_doors_in_nobodys_hands(client, request, diecui, who):
    assert body(client, ORPHANS, request.getfixturevalue(who)) == 403


@pytest.mark.parametrize("path", [MINE, ORPHANS])
def test_strangers_are_sent_to_sign_in(client, path):
    assert client.get(path).status_code == 302


def test_cadre_is_told_with_the_page_on_which_it_is_put_right(client, diecui, grid, grid_worker, officer):
    grids_check(at=NOW)

    item = InboxItem.objects.get(kind="grid.uncharged", user=officer)
    shown = body(client, "/" + item.url.split("/", 3)[3], officer)
    assert diecui.households[0].long_name in shown
    assert 'name="post"' in shown


def test_lists_take_the_same_statements_for_three_and_for_thirty(
    client, diecui, grid, grid_worker, grid_leader
):
    counted = []
    for number in (3, 30):
        new = [
            Household.objects.create(place=diecui.households[0].place, room=f"9{number}{index:02}")
            for index in range(number)
        ]
        charge(grid_worker, *new[: number // 2])
        for path, user in ((MINE, grid_worker), (ORPHANS, grid_leader)):
            client.force_login(user)
            with CaptureQueriesContext(connection) as found:
                client.get(path)
            counted.append(len(found))

    assert counted[:2] == counted[2:]
