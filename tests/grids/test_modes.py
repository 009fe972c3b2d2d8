"""日常 and 应急: a grid is in emergency mode for some hours, and both changes are on the trail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community.models import Organisation
from core.errors import ConflictError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import AuditEntry, InboxItem, OutboxMessage
from grids.actions.emergency import Crew, PlanText, plan_approve, team_set
from grids.actions.modes import emergencies_expire, emergency_begin, emergency_end, emergency_renew
from grids.models import GridEmergency
from tests.cast import NOW
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def begin(grid, actor, *, hours=24, reason="暴雨", at=NOW) -> GridEmergency:
    return emergency_begin(grid=grid, hours=hours, reason=reason, actor=actor, at=at)


def events() -> list[str]:
    rows = AuditEntry.objects.filter(event__in=("grid.emergency", "grid.emergency_renewed", "grid.daily"))
    return list(rows.order_by("pk").values_list("event", flat=True))


def test_after_its_time_the_grid_is_in_daily_mode_and_both_changes_are_logged(
    grid, grid_leader, grid_worker, secretary
):
    begin(grid, grid_leader)
    swept = [emergencies_expire(at=NOW + hours * HOUR) for hours in (23, 24, 25)]

    kept = GridEmergency.objects.get()
    assert (swept, kept.ended_at, kept.ended_by) == ([0, 1, 0], NOW + 24 * HOUR, None)
    assert events() == ["grid.emergency", "grid.daily"]
    told = InboxItem.objects.filter(kind="grid.mode").values_list("user__username", flat=True)
    assert sorted(told) == sorted(["worker", "leader", "secretary"] * 2)


def test_teams_of_its_plans_and_departments_hear_of_beginning_and_end(
    grid, estate, diecui, fuxi, grid_leader, outsider
):
    team = team_set(community=diecui.community, crew=Crew("一队", outsider), actor=None, at=NOW)
    text = PlanText("先断电。", timezone.localdate(NOW) + timedelta(days=90), team)
    plan_approve(place=estate, kind="fire", given=text, actor=None, at=NOW)
    for community, name, phone in (
        (diecui.community, "消防救援大队", "139 0000 8801"),
        (diecui.community, "住建局", "0359-5020002"),
        (fuxi.community, "别处的部门", "13900008802"),
    ):
        Organisation.objects.create(community=community, kind="department", name=name, phone=phone)

    kept = begin(grid, grid_leader)
    emergency_end(emergency_id=kept.pk, actor=grid_leader, at=NOW + HOUR)

    assert InboxItem.objects.filter(kind="grid.mode", user=outsider).count() == 2
    texts = OutboxMessage.objects.filter(kind="grid.mode").order_by("pk")
    assert [(row.phone, row.url, row.urgent) for row in texts] == [
        ("13900008801", "", True),
        ("13900008801", "", False),
    ]


def test_renewed_it_lasts_longer(grid, grid_leader):
    kept = begin(grid, grid_leader)
    emergency_renew(emergency_id=kept.pk, hours=24, actor=grid_leader, at=NOW + 20 * HOUR)

    assert emergencies_expire(at=NOW + 24 * HOUR) == 0
    assert events() == ["grid.emergency", "grid.emergency_renewed"]


def test_ended_before_its_time_it_is_over(grid, grid_leader):
    kept = begin(grid, grid_leader)
    by = {"emergency_id": kept.pk, "actor": grid_leader, "at": NOW + HOUR}
    emergency_end(**by)

    with pytest.raises(RepeatedError):
        emergency_renew(hours=5, **by)
    assert begin(grid, grid_leader, at=NOW + 2 * HOUR).pk != kept.pk


def test_in_it_already_a_second_is_refused(grid, grid_leader):
    begin(grid, grid_leader)

    with pytest.raises(ConflictError):
        begin(grid, grid_leader)


@pytest.mark.django_db(transaction=True)
def test_begun_by_three_at_once_there_is_one(grid, grid_leader, secretary):
    results = at_once([lambda one=one: begin(grid, one) for one in (grid_leader, secretary, secretary)])

    assert sum(isinstance(result, GridEmergency) for result in results) == GridEmergency.objects.count() == 1
    assert sum(isinstance(result, ConflictError) for result in results) == 2


@pytest.mark.parametrize("given", [{"hours": 0}, {"hours": 100}, {"reason": " "}])
def test_what_cannot_be_meant_is_refused(grid, grid_leader, given):
    with pytest.raises(InvalidInputError):
        begin(grid, grid_leader, **given)


def test_worker_and_other_leaders_switch_nothing(grid, grid_worker, leader_of_another_grid):
    for user in (grid_worker, leader_of_another_grid):
        with pytest.raises(NotAllowedError):
            begin(grid, user)


def test_database_knows_one_open(grid, grid_leader):
    emergency_end(emergency_id=begin(grid, grid_leader).pk, actor=grid_leader, at=NOW + HOUR)
    begin(grid, grid_leader, at=NOW + 2 * HOUR)

    with pytest.raises(IntegrityError, match="emergency_one_open"), transaction.atomic():
        GridEmergency.objects.update(ended_at=None)


def test_banner_stands_on_the_home_and_on_the_workers_day_until_it_is_over(
    client, grid, grid_leader, grid_worker, worker_of_another_grid, django_capture_on_commit_callbacks
):
    kept = begin(grid, grid_leader, at=timezone.now())
    assert "暴雨" in client.get("/diecui/").content.decode()
    client.force_login(grid_worker)
    tile = client.get("/today/").context["tiles"][0]
    assert (tile.code, "暴雨" in tile.text) == ("emergency", True)
    client.force_login(worker_of_another_grid)
    assert "emergency" not in {tile.code for tile in client.get("/today/").context["tiles"]}
    with django_capture_on_commit_callbacks(execute=True):
        emergency_end(emergency_id=kept.pk, actor=grid_leader, at=timezone.now())
    client.logout()

    assert "暴雨" not in client.get("/diecui/").content.decode()


def test_desk_switches_renews_and_ends(client, grid, secretary):
    client.force_login(secretary)
    pages = reverse("admin:grids_gridemergency_changelist")
    given = {"grid": grid.pk, "reason": "寒潮", "hours": 12}
    assert client.post(f"{pages}add/", given).status_code == 302
    row = f"{pages}{GridEmergency.objects.get().pk}/"
    assert "寒潮" in client.get(pages).content.decode()
    assert client.post(f"{row}renew/", {"hours": 20}).status_code == 302
    assert client.post(f"{row}end/").status_code == 302

    assert GridEmergency.objects.get().ended_by == secretary
