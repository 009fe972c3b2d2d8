"""By the phone's position: which grid one stands in, and whose a hazard is that lies in no building."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from community.duties import Duty
from grids.models import FieldEntry, Hazard
from tests.cast import NOW, grid_in_force, make_staff
from tests.grids.hazards import a_type, upload
from tests.grids.test_boundaries import draw, middle, square

pytestmark = pytest.mark.django_db
PAGE, HAZARD = "/account/grid/", "/work/hazards/new/"


@pytest.fixture
def meadow(diecui):
    """A grid in force that has a boundary and no building."""
    grid = grid_in_force(diecui.community, "河滩网格", [])
    draw(grid, square(5), NOW)
    return grid


@pytest.fixture
def ranger(meadow):
    return make_staff("ranger", "河滩网格员", Duty.GRID_WORKER, meadow.place)


def told(column: int) -> dict[str, float]:
    return {**middle(column), "accuracy": 12.0}


def test_page_wears_the_brand_of_the_grid_s_community_once_one_is_found(client, resident, meadow, fuxi):
    client.force_login(resident)

    assert "/brand/" not in client.get(PAGE).content.decode()
    assert "/brand/" not in client.post(PAGE, told(40)).content.decode()
    shown = client.post(PAGE, told(5)).content.decode()

    assert "/brand/diecui.css" in shown
    assert meadow.community.profile.brand_name in shown


def hazard(**given) -> dict:
    return {
        "key": str(uuid4()),
        "community": "diecui",
        "type": a_type().pk,
        "text": "河堤边堆了干柴。",
        "rectify_by": f"{timezone.localdate()}",
        "name": "村民甲",
        **upload(),
        **given,
    }


@pytest.mark.parametrize("who", ["resident", "grid_worker", "outsider"])
def test_position_says_the_grid_and_whom_to_call(client, request, meadow, ranger, who):
    client.force_login(request.getfixturevalue(who))

    shown = client.post(PAGE, told(5)).content.decode()

    assert "河滩网格" in shown
    assert f"tel:{ranger.phone}" in shown


def test_outside_every_boundary_no_grid_is_named(client, meadow, resident):
    client.force_login(resident)

    shown = client.post(PAGE, told(9)).content.decode()

    assert "这里还没有划进网格" in shown
    assert "河滩网格" not in shown


@pytest.mark.parametrize(
    "given", [{}, {"longitude": "x"}, {"longitude": "nan", "latitude": "1", "accuracy": "1"}]
)
def test_without_a_position_the_form_says_so(client, resident, given):
    client.force_login(resident)

    answer = client.post(PAGE, given)

    assert answer.status_code == 422
    assert "没有取得手机位置" in answer.content.decode()


def test_strangers_are_sent_to_sign_in(client):
    assert client.get(PAGE).status_code == 302


def test_hazard_without_a_building_goes_to_the_grid_in_which_the_phone_is(client, meadow, ranger):
    client.force_login(ranger)

    answer = client.post(HAZARD, hazard(**told(5)))

    assert answer.status_code == 302
    filed = Hazard.objects.get()
    assert (filed.scope, filed.place) == (meadow.place, meadow.place)
    assert client.get(answer["Location"]).status_code == 200
    assert f"/work/hazards/{filed.pk}/" in client.get("/work/hazards/").content.decode()


@pytest.mark.parametrize(("column", "words"), [(9, "不在您任职的网格里"), (None, "或者取手机位置")])
def test_hazard_elsewhere_or_nowhere_is_refused(client, meadow, ranger, column, words):
    client.force_login(ranger)

    answer = client.post(HAZARD, hazard(**(told(column) if column else {})))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Hazard.objects.exists()


def test_grid_of_somebody_else_is_not_reached_by_its_position(client, meadow, grid_worker):
    client.force_login(grid_worker)

    assert client.post(HAZARD, hazard(**told(5))).status_code == 422
    assert not Hazard.objects.exists()


def test_building_that_was_chosen_counts_for_more_than_the_position(
    client, diecui, meadow, grid, grid_worker
):
    client.force_login(grid_worker)

    client.post(HAZARD, hazard(place=diecui.buildings[0].pk, **told(5)))

    assert Hazard.objects.get().scope == grid.place


def test_held_entry_with_a_position_waits_for_the_leader_of_that_grid(meadow, ranger):
    leader = make_staff("head", "河滩网格长", Duty.GRID_LEADER, meadow.place)
    ranger.posts.update(ends_on=timezone.localdate() - timedelta(days=1))
    client, now = Client(), timezone.now().isoformat()
    client.force_login(ranger)
    entry = {
        "entry.id": str(uuid4()),
        "entry.kind": "grids.hazard",
        "entry.title": "隐患",
        "entry.captured_at": now,
        "entry.sent_at": now,
    }

    answer = client.post("/work/entries/", {**hazard(**told(5)), **entry})

    assert answer.status_code == 202
    assert FieldEntry.objects.get().place == meadow.place
    client.force_login(leader)
    assert client.get(f"/work/held/{entry['entry.id']}/").status_code == 200
