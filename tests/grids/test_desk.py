"""Grids at the desk: set up in steps, handed over, looked at as a whole."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.admin import SimpleListFilter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from community.admin.base import CommunityFilter
from community.duties import Duty
from grids import actions
from grids.models import DutyList, GridBoundary, HouseholdCharge
from tests.cast import NOW, grid_in_force, make_staff, make_user, put_in_post
from tests.grids.test_boundaries import square

OVERVIEW = "admin:grids_grid_overview"
PROGRESS = "admin:grids_grid_progress"


@pytest.fixture
def at_desk(client, request):
    def sign_in(who):
        client.force_login(request.getfixturevalue(who) if isinstance(who, str) else who)
        return client

    return sign_in


def page(grid):
    return reverse("admin:grids_grid_change", args=[grid.pk])


def step(grid, code):
    return reverse(f"admin:grids_grid_{code}", args=[grid.pk])


def offered(client, grid):
    return {step["code"] for step in client.get(page(grid)).context["steps"]}


def test_grid_is_set_up_step_by_step(at_desk, diecui, secretary):
    client, building = at_desk("secretary"), diecui.buildings[0]
    diecui.grids[0].buildings.all().delete()
    listed = reverse("admin:grids_dutylist_add")
    client.post(listed, {"community": diecui.community.pk, "name": "清单", "items": "巡查\n走访\n"})
    duties = DutyList.objects.get()
    given = {"community": diecui.community.pk, "name": "新网格", "tier": "level_1", "holds": [building.pk]}
    client.post(reverse("admin:grids_grid_add"), {**given, "duty_list": duties.pk})
    grid = diecui.community.grids.get(name="新网格")

    refused = client.post(step(grid, "activate"))
    assert "还缺：派员定岗" in refused.content.decode()
    make_staff("worker-x", "新网格员", Duty.GRID_WORKER, grid.place)
    client.post(step(grid, "activate"))

    grid.refresh_from_db()
    assert grid.is_active
    shown = client.get(page(grid)).content.decode()
    assert "新网格员" in shown
    assert "走访" in shown


def test_boundary_is_uploaded_or_pasted_and_drawn(at_desk, grid, secretary):
    client = at_desk("secretary")
    file = SimpleUploadedFile("grid.geojson", json.dumps(square()).encode(), "application/geo+json")

    client.post(step(grid, "boundary"), {"file": file})
    assert "<path " in client.get(page(grid)).content.decode()
    client.post(step(grid, "boundary"), {"text": json.dumps(square(1))})

    assert GridBoundary.objects.get().shape["coordinates"][0][0] == [110.704, 35.58]


@pytest.mark.parametrize("given", [{}, {"text": "这里"}, {"text": json.dumps({"type": "Point"})}])
def test_unusable_boundary_stands_beside_its_reason(at_desk, grid, secretary, given):
    answer = at_desk("secretary").post(step(grid, "boundary"), given)

    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    assert not GridBoundary.objects.exists()


def test_post_is_handed_over_by_a_button(at_desk, grid, grid_worker, secretary):
    make_user("newcomer", "接任")
    tomorrow = timezone.localdate() + timedelta(days=1)
    given = {"post": grid_worker.posts.get().pk, "username": "newcomer", "first_day": tomorrow}
    client = at_desk("secretary")

    client.post(step(grid, "hand-over"), {**given, "employment": "part"})

    taken = grid.place.posts.get(user__username="newcomer")
    assert (taken.starts_on, taken.employment) == (tomorrow, "part")
    assert "<td>兼职</td>" in client.get(page(grid)).content.decode()


def test_area_officers_post_is_neither_full_time_nor_part_time(at_desk, grid, secretary):
    officer = make_staff("officer", "包片", Duty.AREA_OFFICER, grid.place)
    make_user("newcomer", "接任")
    given = {"post": officer.posts.get().pk, "username": "newcomer", "employment": "full"}

    answer = at_desk("secretary").post(
        step(grid, "hand-over"), {**given, "first_day": timezone.localdate() + timedelta(days=1)}
    )

    assert "分专职、兼职" in str(answer.context["form"].non_field_errors())
    assert officer.posts.get().ends_on is None


def test_leader_puts_households_into_hands_and_sets_nothing_up(
    at_desk, diecui, grid, grid_worker, grid_leader
):
    client = at_desk("grid_leader")
    given = {"post": grid_worker.posts.get().pk, "rest": "on", "starts_on": timezone.localdate()}

    client.post(step(grid, "charge"), given)

    assert HouseholdCharge.objects.count() == 2
    assert offered(client, grid) == {"charge"}
    for code in ("activate", "close", "boundary", "hand-over"):
        assert client.get(step(grid, code)).status_code == 403
    assert client.get(step(diecui.grids[1], "charge")).status_code == 404


@pytest.mark.parametrize("who", ["outsider", "resident"])
def test_others_find_nothing(at_desk, grid, who):
    client = at_desk(who)

    for path in (page(grid), reverse(OVERVIEW), reverse(PROGRESS), step(grid, "charge")):
        assert client.get(path).status_code in (302, 403)


def test_strangers_are_asked_to_sign_in(client, grid):
    for path in (page(grid), reverse(OVERVIEW), reverse(PROGRESS)):
        assert client.get(path)["Location"].startswith("/admin/login/")


def test_overview_shows_ones_own_communities_alone(at_desk, diecui, fuxi, secretary, supervisor):
    own = at_desk("secretary").get(reverse(OVERVIEW), {"community": fuxi.community.pk})
    assert own.context["chosen"] == diecui.community

    wide = at_desk("supervisor").get(reverse(OVERVIEW))
    assert wide.context["overview"] is None
    assert wide.context["totals"].grids == 4
    assert {one.pk for one in wide.context["communities"]} == {diecui.community.pk, fuxi.community.pk}


def test_overview_names_what_is_missing(at_desk, diecui, grid_worker, secretary):
    shown = at_desk("secretary").get(reverse(OVERVIEW)).content.decode()

    assert "网格员空缺" in shown
    assert "少 1 名网格长" in shown
    assert "平均每个网格 2.0 户" in shown


def test_overview_and_page_cost_the_same_with_many_rows(at_desk, diecui, grid, secretary):
    client = at_desk("secretary")

    def count(path):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    paths = (reverse(OVERVIEW), page(grid), reverse("admin:grids_grid_changelist"))
    for path in paths:
        count(path)
    few = [count(path) for path in paths]
    for number in range(30):
        grid_in_force(diecui.community, f"又{number}", [])
        make_staff(f"aux{number}", "辅助", Duty.GRID_AUXILIARY, grid.place)

    assert [count(path) for path in paths] == few


def test_list_finds_what_is_vacant_or_stuck(at_desk, diecui, grid, other_grid, grid_worker, secretary):
    actions.grid_create(community=diecui.community, name="空", at=NOW)
    client = at_desk("secretary")

    def names(state):
        answer = client.get(reverse("admin:grids_grid_changelist"), {"state": state})
        return [row.name for row in answer.context["cl"].result_list]

    assert names("vacant") == [other_grid.name]
    assert names("ground") == names("worker") == names("duties") == names("closed") == ["空"]
    assert sorted(names("active")) == sorted(names("officerless")) == [grid.name, other_grid.name]


@pytest.mark.parametrize("chosen", [None, "diecui", "fuxi"])
def test_community_filter_offers_what_the_stock_filter_would(
    request, at_desk, diecui, supervisor, fuxi, chosen
):
    asked = {"tier": "level_1", "q": "格&子"}
    if chosen:
        asked["community"] = str(request.getfixturevalue(chosen).community.pk)

    page = at_desk("supervisor").get(reverse("admin:grids_grid_changelist"), asked)

    changes, shown = page.context["cl"], page.content.decode()
    own = next(one for one in changes.filter_specs if isinstance(one, CommunityFilter))
    offered = list(own.choices(changes))
    assert offered == list(SimpleListFilter.choices(own, changes))
    assert [str(one["display"]) for one in offered] == ["全部", diecui.community.name, fuxi.community.name]
    for one in offered:
        mark = ' class="selected"' if one["selected"] else ""
        assert f'<li{mark}><a href="{escape(one["query_string"])}">{one["display"]}</a></li>' in shown


def test_leader_of_several_grids_has_no_community_to_choose(at_desk, grid, other_grid, grid_leader):
    put_in_post(grid_leader, Duty.GRID_LEADER, other_grid.place)

    changes = at_desk("grid_leader").get(reverse("admin:grids_grid_changelist")).context["cl"]

    assert not any(isinstance(one, CommunityFilter) for one in changes.filter_specs)
