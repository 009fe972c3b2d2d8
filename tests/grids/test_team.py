"""The leader's page: who is out, what is missed and due, whom to call, what goes into other hands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.duties import Duty
from community.models import Household
from core.models import User
from grids import actions
from grids.actions.registers.care import care_open
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.actions.winter import winters_begin
from grids.models import EntryState, FieldEntry, Hazard, Need, PatrolRound, SafetyVisit, Sweep
from grids.querysets import due_households
from grids.selectors.homes import households_in
from grids.selectors.team import team_of
from petitions.models import Petition
from tests.cast import NOW, grid_in_force, make_resident, make_staff
from tests.grids.errands import finish, take
from tests.grids.needs import report as told_need
from tests.grids.patrols import clock, planned, started
from tests.grids.test_applications import begin
from tests.grids.test_hazards import in_hand
from tests.grids.test_sweeps import planned as sweep_of
from tests.grids.test_winter import coal
from tests.grids.test_winter import planned as winter
from tests.petitions.loop import *  # noqa: F403

pytestmark = pytest.mark.django_db
PATH = "/work/team/"
DAY = timedelta(days=1)


@pytest.fixture
def now(monkeypatch) -> datetime:
    """A moment within the early window, whenever the test runs."""
    moment = clock(8, 30)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def page(user: User | None) -> Any:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(PATH)


def shown_to(user: User) -> str:
    return page(user).content.decode()


def test_leader_sees_who_is_out_what_is_missed_and_whom_to_call(now, grid, grid_worker, grid_leader):
    planned(grid)
    started(grid, grid_worker, clock(8, 5))
    PatrolRound.objects.create(grid=grid, day=NOW.date(), part="late")

    shown = shown_to(grid_leader)

    assert f"{grid_worker}正在巡查" in shown
    assert f"tel:{grid_worker.phone}" in shown
    assert "漏巡" in shown


def test_leader_sees_who_is_full_time(now, grid, grid_worker, grid_leader):
    assert "（兼职）" not in shown_to(grid_leader)
    grid_worker.posts.update(employment="part")

    assert f"{grid_worker}（兼职）" in shown_to(grid_leader)


def test_matter_that_is_due_can_be_put_into_other_hands_in_one_tap(now, loop, grid_worker, grid_leader):
    loop.triage().claim()
    number = loop.petition.number
    Petition.objects.filter(number=number).update(due_at=now - timedelta(hours=1))

    shown = shown_to(grid_leader)

    assert f'href="/work/{number}/assign/"' in shown
    assert "超期" in shown
    assert str(grid_worker) in shown
    client = Client()
    client.force_login(grid_leader)
    assert client.get(f"/work/{number}/assign/").status_code == 200


def test_what_is_due_tomorrow_or_paused_or_done_is_not_there(now, loop, grid_leader):
    loop.triage().claim()
    mine = Petition.objects.filter(number=loop.petition.number)
    for changed in (
        {"due_at": now + DAY},
        {"due_at": now - DAY, "paused_at": now, "pause_ends_at": now + DAY},
        {"due_at": now - DAY, "paused_at": None, "spam_marked_at": now},
    ):
        mine.update(**changed)
        assert loop.petition.number not in shown_to(grid_leader)


def test_hazard_and_doors_that_are_due_are_there(now, diecui, grid, building, grid_worker, grid_leader):
    hazard = in_hand(building, grid_worker, grid_worker, days=2)
    Hazard.objects.filter(pk=hazard.pk).update(rectify_by=NOW.date() - DAY)
    actions.standing_set(
        household_id=diecui.households[0].pk,
        every_days=7,
        reason="独居",
        actor=grid_leader,
        at=now - 30 * DAY,
    )

    shown = shown_to(grid_leader)

    assert f"/work/hazards/{hazard.pk}/move/" in shown
    assert "该走访 1 户" in shown


def test_need_of_today_and_errand_nobody_was_told_of_are_there(now, diecui, grid_worker, grid_leader):
    need = told_need(diecui.households[0], grid_worker, at=now)
    Need.objects.filter(pk=need.pk).update(due_at=now - timedelta(hours=1))
    errand = finish(take(diecui.households[0], grid_worker), grid_worker)

    shown = shown_to(grid_leader)

    assert f'href="/work/needs/{need.pk}/"' in shown
    assert f'href="/work/errands/{errand.pk}/"' in shown
    assert "待告知居民" in shown


def test_each_grid_has_its_first_four_and_counts_its_own_doors(now, diecui, grid, other_grid, secretary):
    day = timezone.localdate(now)
    doors = {one.pk: households_in(one.pk, diecui.place.path) for one in (grid, other_grid)}
    for pk in (*doors[grid.pk], doors[other_grid.pk][0]):
        actions.standing_set(household_id=pk, every_days=7, reason="独居", actor=secretary, at=now - 30 * DAY)
    needs = [told_need(diecui.households[0], secretary, at=now) for _number in range(6)]
    needs.append(told_need(Household.objects.get(pk=doors[other_grid.pk][1]), secretary, at=now))
    for number, need in enumerate(reversed(needs)):
        Need.objects.filter(pk=need.pk).update(due_at=now - timedelta(hours=8 - number))

    def due() -> dict[int, list[str]]:
        return {row.grid.pk: [line.url for line in row.due] for row in team_of(secretary, at=now).rows}

    for _time in ("built", "prepared"):
        shown = due()
        assert [url for url in shown[grid.pk] if "needs" in url] == [
            f"/work/needs/{need.pk}/" for need in reversed(needs[2:6])
        ]
        assert [url for url in shown[other_grid.pk] if "needs" in url] == [f"/work/needs/{needs[6].pk}/"]
    counted = {row.grid.pk: row.due for row in team_of(secretary, at=now).rows}
    for pk, own in doors.items():
        count = due_households(day).filter(pk__in=own).count()
        assert [line.words for line in counted[pk] if "homes" in line.url] == [f"该走访 {count} 户"]
    Need.objects.filter(pk=needs[6].pk).update(due_at=now + 2 * DAY)
    assert not [url for url in due()[other_grid.pk] if "needs" in url]


def test_need_and_errand_are_put_into_other_hands_in_one_tap(now, diecui, grid_worker, grid_leader):
    need = told_need(diecui.households[0], grid_worker, at=now)
    Need.objects.filter(pk=need.pk).update(due_at=now - timedelta(hours=1))
    errand = finish(take(diecui.households[0], grid_worker), grid_worker)

    shown = shown_to(grid_leader)

    assert f'href="/work/needs/{need.pk}/move/"' in shown
    assert f'href="/work/errands/{errand.pk}/move/"' in shown


def test_step_of_an_application_that_is_due_is_there(now, diecui, grid_worker, grid_leader):
    elder = make_resident(diecui.households[0], "张婆婆", "13900000009")
    application = begin(elder, grid_worker, at=now - 40 * DAY)

    shown = shown_to(grid_leader)

    assert f'href="/work/applications/{application.pk}/"' in shown
    assert f"帮办申请：{application}" in shown


def test_care_and_winter_visits_that_are_due_are_counted(now, diecui, community, grid_worker, grid_leader):
    scheme = scheme_save(
        community=community, draft=SchemeDraft("五色", {"red": Meaning("急", 3)}), actor=None, at=now
    )
    for number in range(2):
        elder = make_resident(diecui.households[0], f"老人{number}", f"1390000008{number}")
        care_open(
            resident_id=elder.pk,
            colour_id=scheme.colours.get().pk,
            reason="独居",
            actor=None,
            at=now - 9 * DAY,
        )
    coal(diecui.households[0], grid_worker)
    winter(community, starts_on=NOW.date(), ends_on=NOW.date() + 60 * DAY)
    winters_begin(at=now)
    SafetyVisit.objects.update(due_on=NOW.date() - DAY)

    shown = shown_to(grid_leader)

    assert "关爱走访 2 位" in shown
    assert "冬季安全走访 1 户" in shown
    assert "超期" in shown


def test_stops_that_nobody_has_been_to_are_there_on_the_last_day(
    now, diecui, grid, secretary, grid_worker, grid_leader, leader_of_another_grid
):
    sweep = sweep_of(diecui.estate, secretary, [grid_worker], at=now)
    assert "处没去" not in shown_to(grid_leader)
    Sweep.objects.filter(pk=sweep.pk).update(ends_on=NOW.date())

    for who in (grid_leader, leader_of_another_grid):
        assert "摸排“冬季消防摸排”还有 1 处没去" in shown_to(who)


def test_entries_that_wait_for_a_decision_are_counted(now, grid, grid_worker, grid_leader):
    for moment in (now, now - 2 * DAY):
        FieldEntry.objects.create(
            pk=uuid4(),
            kind="grids.need",
            title="情况",
            worker=grid_worker,
            place=grid.place,
            captured_at=moment,
            received_at=moment,
            state=EntryState.HELD,
            reason="任职已结束",
        )

    shown = shown_to(grid_leader)

    assert "外勤记录待接收 2 条" in shown
    assert "超期" in shown


def test_others_see_nothing_of_it(now, loop, grid, grid_worker, leader_of_another_grid):
    loop.triage().claim()
    Petition.objects.update(due_at=now - DAY)

    assert page(None).status_code == 302
    assert page(grid_worker).status_code == 403
    for words in (grid.name, loop.petition.number):
        assert words not in shown_to(leader_of_another_grid)


def test_statements_stay_the_same_with_more_grids_and_more_that_is_due(diecui, secretary):
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            team_of(secretary, at=clock(8, 30))
        return len(queries)

    count()
    few = count()
    for number in range(25):
        new = grid_in_force(diecui.community, f"新{number}", [])
        planned(new)
        walker = make_staff(f"w{number}", f"员{number}", Duty.GRID_WORKER, new.place)
        started(new, walker, clock(8, 5))
        hazard = in_hand(diecui.buildings[0], secretary, walker)
        Hazard.objects.filter(pk=hazard.pk).update(scope=new.place, rectify_by=NOW.date())
    assert count() == few <= 15
