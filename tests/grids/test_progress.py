"""四定 community by community: every grid counted once, at the step where it is stuck (G-01)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.duties import Duty
from grids import actions
from grids.actions.duty_list import duty_list_create
from grids.models import Grid, GridBoundary
from grids.models.grid import Tier
from grids.selectors.progress import STOPS, progress_of, stuck_under
from tests.cast import NOW, grid_in_force, make_staff, make_town
from tests.grids.test_counts import TIERS, grids_of

pytestmark = pytest.mark.django_db
PATH, TODAY = reverse("admin:grids_grid_progress"), NOW.date()


def begun(town, name, *, ground=True, worker="", duties=None):
    """A grid that has come so far."""
    grid = actions.grid_create(community=town.community, name=name, tier=Tier.DEDICATED, at=NOW)
    if ground:
        GridBoundary.objects.create(grid=grid, shape={}, square_metres=1, changed_at=NOW)
    if worker:
        make_staff(worker, worker, Duty.GRID_WORKER, grid.place)
    if duties:
        grid = actions.grid_set_duties(grid_id=grid.pk, duty_list=duties, actor=None, at=NOW)
    return grid


@pytest.fixture
def stuck(diecui):
    """One grid of 叠翠 at each step, one whose steps are taken, and one that was closed again."""
    duties = duty_list_create(community=diecui.community, name="清单", items=["巡查"], at=NOW)
    grids = {
        "delineated": begun(diecui, "没格", ground=False, worker="w1", duties=duties),
        "staffed": begun(diecui, "没人", duties=duties),
        "tasked": begun(diecui, "没责", worker="w2"),
        "ready": begun(diecui, "齐了", worker="w3", duties=duties),
    }
    closed = begun(diecui, "停了", worker="w4", duties=duties)
    actions.grid_activate(grid_id=closed.pk, actor=None, at=NOW)
    actions.grid_deactivate(grid_id=closed.pk, actor=None, at=NOW)
    return grids


def seen_by(client, user, **asked):
    client.force_login(user)
    return client.get(PATH, asked)


def names(answer):
    return [grid.name for grid, _lacks in answer.context["stuck"].rows]


def test_every_grid_is_counted_once_at_its_first_missing_step(diecui, stuck):
    [row] = progress_of([diecui.community], ["/"], TODAY)

    assert {code: count for code, _label, count in row.stops} == dict.fromkeys(stuck, 1)
    totals = row.totals
    assert (totals.grids, totals.active, totals.closed, totals.stuck) == (7, 2, 1, 4)
    assert totals.grids == totals.active + totals.closed + totals.stuck


@pytest.mark.parametrize("step", [code for code, _label in STOPS])
def test_grids_stuck_at_a_step_are_listed_with_what_they_lack(client, diecui, secretary, stuck, step):
    answer = seen_by(client, secretary, step=step)

    assert names(answer) == [stuck[step].name]
    lacks = dict(answer.context["stuck"].rows)[stuck[step]]
    assert len(lacks) == (0 if step == "ready" else 1)
    assert reverse("admin:grids_grid_change", args=[stuck[step].pk]) in answer.content.decode()


def test_all_that_are_stuck_are_listed_and_those_in_force_or_closed_are_not(client, secretary, stuck):
    assert names(seen_by(client, secretary)) == [grid.name for grid in stuck.values()]
    assert names(seen_by(client, secretary, step="nonsense")) == [grid.name for grid in stuck.values()]


def test_county_sees_every_community_and_whoever_has_not_begun_first(
    client, diecui, fuxi, subdistrict, supervisor, stuck
):
    bare = make_town("jiwang", "稷王社区", subdistrict)
    Grid.objects.filter(community=bare.community).delete()

    answer = seen_by(client, supervisor)

    assert [row.community for row in answer.context["rows"]] == [
        bare.community,
        diecui.community,
        fuxi.community,
    ]
    shown = answer.content.decode()
    assert "还没有网格" in shown
    assert f"?community={diecui.community.pk}&amp;step=staffed#stuck" in shown
    only = seen_by(client, supervisor, community=fuxi.community.pk)
    assert [row.community for row in only.context["rows"]] == [fuxi.community]
    assert names(only) == []


def test_others_see_their_own_alone(client, diecui, fuxi, grid, grid_leader, secretary, stuck):
    foreign = begun(fuxi, "别处的")

    answer = seen_by(client, secretary, community=fuxi.community.pk)
    assert [row.community for row in answer.context["rows"]] == [diecui.community]
    assert foreign.name not in answer.content.decode()
    own = seen_by(client, grid_leader)
    assert [row.totals.grids for row in own.context["rows"]] == [1]
    assert names(own) == []


def test_page_is_reached_from_the_desk_and_from_the_day_of_whoever_looks_after_grids(
    client, diecui, supervisor
):
    client.force_login(supervisor)

    for path in (
        reverse("admin:grids_grid_overview"),
        reverse("admin:grids_grid_changelist"),
        "/work/watch/",
    ):
        assert PATH in client.get(path).content.decode()


def test_page_costs_the_same_with_many_grids_and_communities(client, diecui, fuxi, subdistrict, supervisor):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert seen_by(client, supervisor).status_code == 200
        return len(asked)

    begun(diecui, "一个")
    cost()  # the desk keeps what this person may open
    few = cost()
    make_town("jiwang", "稷王社区", subdistrict)
    for number in range(40):
        begun(fuxi, f"又{number}")
        grid_in_force(diecui.community, f"又{number}", [])

    assert cost() == few


def test_list_goes_on_page_by_page(client, diecui, secretary):
    for number in range(32):
        begun(diecui, f"格{number:02}")

    first = seen_by(client, secretary)
    cursor = first.context["stuck"].page.next

    assert len(names(first)) == 30
    assert names(seen_by(client, secretary, cursor=cursor)) == ["格30", "格31"]


def test_county_of_12406_grids_is_gone_through_in_two_statements(diecui, django_assert_num_queries):
    above: dict[str, list[Grid]] = {}
    for tier, count in TIERS:
        parents = above.get({Tier.LEVEL_2: Tier.LEVEL_1, Tier.LEVEL_3: Tier.LEVEL_2}.get(tier, ""), [None])
        above[tier] = grids_of(diecui, tier, count, parents)

    with django_assert_num_queries(2):
        [row] = progress_of([diecui.community], ["/"], TODAY)
        found = stuck_under(["/"], TODAY, step="delineated")

    assert row.totals.bare == 12406
    assert len(found.rows) == 30
