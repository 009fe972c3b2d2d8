"""What a visit found is asked after once a week until somebody has followed it up (G-35)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.models import Post
from core.models import InboxItem
from grids.actions import visit_follow_up
from grids.actions.visits_following import visits_remind
from tests.cast import NOW
from tests.grids.visits import visit
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LIST = "/admin/grids/visit/"


@pytest.fixture
def door(diecui):
    return diecui.households[0]


def hazard(door, worker, **given):
    return visit(door, worker, outcome="hazard", finding="阳台堆着纸箱。", **given)


def told(at: datetime) -> list[str]:
    visits_remind(at=at)
    items = InboxItem.objects.filter(kind="visit.unfollowed", created_at=at).order_by("user__username")
    return [item.user.username for item in items]


def test_from_a_week_on_once_a_week_until_it_is_followed_up(door, grid_worker, grid_leader):
    made = hazard(door, grid_worker)

    heard = [told(NOW + days * DAY) for days in (3, 6, 7, 8, 14)]
    visit_follow_up(visit_id=made.pk, words="已清走。", actor=grid_leader, at=NOW + 15 * DAY)

    assert heard == [[], [], ["leader"], [], ["leader"]]
    assert told(NOW + 21 * DAY) == []


def test_an_offer_of_help_is_asked_after_and_a_need_has_its_own_clock(door, grid_worker, secretary):
    visit(door, grid_worker, outcome="resource", finding="愿意帮忙修伞。")
    visit(door, grid_worker, outcome="need", finding="要轮椅。")

    told(NOW + 7 * DAY)
    item = InboxItem.objects.get(kind="visit.unfollowed")
    assert (item.user, "修伞" in item.body) == (secretary, True)


def test_many_are_one_message(door, grid_worker, grid_leader):
    for _ in range(3):
        hazard(door, grid_worker)

    assert told(NOW + 7 * DAY) == ["leader"]
    assert "3 次" in InboxItem.objects.get(kind="visit.unfollowed").body


def test_whoever_has_left_is_followed_by_the_next(door, grid_worker, grid_leader, secretary):
    hazard(door, grid_worker)
    Post.objects.filter(user=grid_leader).update(ends_on=timezone.localdate(NOW))

    assert told(NOW + 7 * DAY) == ["secretary"]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_say_it_once(door, grid_worker, grid_leader):
    hazard(door, grid_worker)
    at_once([lambda: visits_remind(at=NOW + 7 * DAY)] * 3)

    assert InboxItem.objects.filter(kind="visit.unfollowed").count() == 1


def test_sweep_takes_as_many_statements_for_many(door, grid_worker, grid_leader):
    counted = []
    for week, number in ((1, 3), (2, 27)):
        for _ in range(number):
            hazard(door, grid_worker)
        with CaptureQueriesContext(connection) as queries:
            visits_remind(at=NOW + week * 7 * DAY)
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_desk_filters_by_purpose_and_counts_by_purpose(client, door, grid_worker, clerk):
    at = timezone.now()
    hazard(door, grid_worker, at=at)
    visit(door, grid_worker, at=at, why="看望健康状况")
    client.force_login(clerk)

    shown = client.get(f"{LIST}?purpose=看望健康状况").context["cl"].result_list
    figures = client.get(f"{LIST}figures/")
    assert f"{LIST}figures/" in client.get(LIST).text
    assert [row.purpose.name for row in shown] == ["看望健康状况"]
    counted = [(one.name, one.total, one.found, one.open) for one in figures.context["figures"].purposes]
    assert sorted(counted) == sorted(
        [
            ("看望健康状况", 1, 0, 0),
            ("日常走访", 1, 1, 1),
        ]
    )


def test_figures_of_another_grid_are_not_shown(client, door, grid_worker, leader_of_another_grid, outsider):
    hazard(door, grid_worker, at=timezone.now())
    client.force_login(leader_of_another_grid)
    assert client.get(f"{LIST}figures/").context["figures"].purposes == []
    client.force_login(outsider)

    assert client.get(f"{LIST}figures/").status_code in (302, 403)
