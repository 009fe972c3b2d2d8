"""冬季安全走访: one visit to each household that heats with coal, and another while risk remains."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.models import Household, Resident
from community.models.people import Standing
from core.errors import InvalidInputError, NotAllowedError, RepeatedError
from core.models import InboxItem, User
from grids.actions import wish_note
from grids.actions.season_reminding import winters_remind
from grids.actions.winter import Seen, Winter, coal_note, safety_visit_do, winter_plan, winters_begin
from grids.models import CoalHousehold, Grid, SafetyVisit, WinterPlan
from grids.selectors.due import winter_due
from grids.selectors.winter import progress_of
from tests.cast import NOW, make_resident
from tests.grids.registers import mark
from tests.grids.test_hazards import DAY, TODAY
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
LIST = "/work/winter/"


def coal(household: Household, actor: User, *, heats: bool = True, at: Any = NOW) -> None:
    coal_note(household=household, heats=heats, actor=actor, at=at)


def planned(community: Any, actor: User | None = None, *, at: Any = NOW, **given: Any) -> WinterPlan:
    day = timezone.localdate(at)
    told = {"name": "今冬", "starts_on": day, "ends_on": day + 100 * DAY, **given}
    return winter_plan(community=community, winter=Winter(**told), actor=actor, at=at)


def done(visit: SafetyVisit, actor: User, *, is_risky: bool = False, **given: Any) -> SafetyVisit:
    at = given.pop("at", NOW)
    seen = Seen(**{"checked": ["stove"], "advice": "开窗通风。", "is_risky": is_risky, **given})
    return safety_visit_do(visit_id=visit.pk, seen=seen, actor=actor, at=at)


@pytest.fixture
def homes(diecui, grid_worker) -> list[Household]:
    """The two households of the worker's building, both with coal."""
    for household in diecui.households[:2]:
        coal(household, grid_worker)
    return diecui.households[:2]


class TestBeginning:
    def test_thirty_households_are_thirty_visits_however_often_it_runs(self, diecui, grid_worker):
        rooms = [Household(place=diecui.entrances[0], room=f"{n}") for n in range(200, 230)]
        for household in Household.objects.bulk_create(rooms):
            coal(household, grid_worker)
        planned(diecui.community)
        for _ in range(2):
            winters_begin(at=NOW)
        WinterPlan.objects.update(sweep_on=TODAY)
        winters_begin(at=NOW)

        assert SafetyVisit.objects.count() == 30
        told = InboxItem.objects.get(kind="winter.begins")
        assert told.user == grid_worker
        assert "30" in told.body

    def test_before_its_day_nothing_is_listed(self, diecui, homes):
        planned(diecui.community, starts_on=TODAY + DAY)
        winters_begin(at=NOW)

        assert not SafetyVisit.objects.exists()

    def test_who_wishes_no_visits_is_left_in_peace(self, diecui, homes, grid_worker):
        resident = make_resident(homes[0], "老赵", "13900006001")
        wish_note(resident_id=resident.pk, wishes_none=True, words="", actor=grid_worker, at=NOW)
        planned(diecui.community)
        winters_begin(at=NOW)

        assert [visit.household for visit in SafetyVisit.objects.all()] == [homes[1]]

    def test_noted_while_winter_runs_it_is_listed_at_once(self, diecui, grid_worker):
        planned(diecui.community)
        winters_begin(at=NOW)
        coal(diecui.households[0], grid_worker, at=NOW + DAY)

        assert SafetyVisit.objects.get().household == diecui.households[0]

    def test_heating_otherwise_it_is_off_the_list(self, diecui, homes, grid_worker):
        planned(diecui.community)
        winters_begin(at=NOW)
        coal(homes[0], grid_worker, heats=False)

        assert SafetyVisit.objects.get().household == homes[1]
        assert CoalHousehold.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_begun_by_three_sweeps_at_once_each_is_listed_once(self, diecui, homes):
        planned(diecui.community)
        at_once([lambda: winters_begin(at=NOW)] * 3)

        assert SafetyVisit.objects.count() == 2
        assert InboxItem.objects.filter(kind="winter.begins").count() == 1

    def test_leader_of_a_grid_plans_no_winter_and_none_that_is_over(self, diecui, grid_leader):
        with pytest.raises(NotAllowedError):
            planned(diecui.community, grid_leader)
        with pytest.raises(InvalidInputError):
            planned(diecui.community, starts_on=TODAY - 9 * DAY, ends_on=TODAY)


class TestVisiting:
    @pytest.fixture
    def visit(self, diecui, homes) -> SafetyVisit:
        planned(diecui.community)
        winters_begin(at=NOW)
        return SafetyVisit.objects.earliest("pk")

    def test_without_risk_it_is_over(self, visit, grid_worker):
        done(visit, grid_worker)

        assert SafetyVisit.objects.filter(household=visit.household).count() == 1
        assert progress_of(visit.plan) == "1/2（50.0%）"

    def test_while_risk_remains_somebody_goes_again(self, visit, grid_worker):
        done(visit, grid_worker, is_risky=True)

        again = SafetyVisit.objects.get(household=visit.household, round=2)
        assert (again.due_on, again.done_at) == (TODAY + 7 * DAY, None)

    def test_entered_twice_it_is_refused_and_one_goes_again_once(self, visit, grid_worker):
        done(visit, grid_worker, is_risky=True)

        with pytest.raises(RepeatedError):
            done(visit, grid_worker, is_risky=True)
        assert SafetyVisit.objects.filter(household=visit.household).count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_entered_by_three_at_once_one_goes_again_once(self, visit, grid_worker, secretary):
        people = (grid_worker, secretary, secretary)
        results = at_once([lambda one=one: done(visit, one, is_risky=True) for one in people])

        assert sum(isinstance(result, SafetyVisit) for result in results) == 1
        assert SafetyVisit.objects.filter(household=visit.household).count() == 2

    def test_nothing_looked_at_is_refused(self, visit, grid_worker):
        with pytest.raises(InvalidInputError):
            done(visit, grid_worker, checked=["roof"])

    def test_of_another_grid_it_is_refused(self, visit, diecui, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            done(visit, worker_of_another_grid)
        with pytest.raises(NotAllowedError):
            coal(diecui.households[0], worker_of_another_grid)

    def test_database_refuses_one_done_by_nobody(self, visit):
        with pytest.raises(IntegrityError, match="safety_visit_done_by_somebody"), transaction.atomic():
            SafetyVisit.objects.update(done_at=NOW)


class TestPages:
    @pytest.fixture
    def visit(self, diecui, homes) -> SafetyVisit:
        planned(diecui.community, at=timezone.now())
        winters_begin(at=timezone.now())
        return SafetyVisit.objects.earliest("pk")

    def test_whole_way_on_the_phone(self, client, visit, grid_worker):
        client.force_login(grid_worker)
        tile = next(tile for tile in client.get("/today/").context["tiles"] if tile.code == "winter")
        page = f"{LIST}visit/?visit={visit.pk}"
        assert (tile.count, tile.url) == (2, LIST)
        assert page in client.get(LIST).content.decode()
        assert client.get(page).status_code == 200
        assert client.post(page, {"risky": "no", "visit": visit.pk}).status_code == 422
        seen = {"checked": ["stove", "chimney"], "risky": "yes"}
        assert client.post(page, seen).status_code == 422
        assert client.post(page, {**seen, "visit": visit.pk}).status_code == 302
        assert client.get(page).status_code == 404

        assert SafetyVisit.objects.get(round=2).household == visit.household

    def test_household_is_noted_on_its_page(self, client, diecui, grid_worker):
        client.force_login(grid_worker)
        home = f"/work/homes/{diecui.households[0].pk}/"
        assert f"{home}coal/" in client.get(home).content.decode()
        assert client.post(f"{home}coal/").status_code == 302
        assert CoalHousehold.objects.count() == 1
        assert client.post(f"{home}coal/", {"ends": "1"}).status_code == 302
        assert not CoalHousehold.objects.exists()

    def test_others_see_nothing(self, client, visit, outsider, worker_of_another_grid):
        page, home = f"{LIST}visit/?visit={visit.pk}", f"/work/homes/{visit.household_id}/coal/"
        assert {client.get(path).status_code for path in (LIST, page)} == {302}
        client.force_login(outsider)
        assert {client.get(path).status_code for path in (LIST, page)} == {403}
        client.force_login(worker_of_another_grid)
        assert client.get(page).status_code == 404
        assert client.post(home).status_code == 404
        assert visit.household.long_name not in client.get(LIST).content.decode()

    def test_list_takes_as_many_statements_for_many(self, client, diecui, visit, grid_worker):
        client.force_login(grid_worker)
        counted = []
        for number in (3, 27):
            rooms = [Household(place=diecui.entrances[0], room=f"{number}-{n}") for n in range(number)]
            for household in Household.objects.bulk_create(rooms):
                coal(household, grid_worker, at=timezone.now())
            client.get(LIST)
            with CaptureQueriesContext(connection) as queries:
                client.get(LIST)
            counted.append(len(queries))

        assert counted[0] == counted[1]


def test_doors_of_the_dead_and_winters_that_are_over_are_on_no_list_and_in_no_figure(
    client, diecui, homes, grid_worker, secretary
):
    now, grids = timezone.now(), list(Grid.objects.all())
    plan = planned(diecui.community, at=now)
    winters_begin(at=now)
    gone = make_resident(homes[0], "张婆婆", "13900000009")
    Resident.objects.filter(household=homes[0]).exclude(pk=gone.pk).delete()
    Resident.objects.filter(pk=gone.pk).update(standing=Standing.DECEASED)
    client.force_login(secretary)
    desk = reverse("admin:grids_winterplan_change", args=[plan.pk])
    later = now + 30 * DAY

    assert progress_of(plan) == "0/1（0%）"
    assert homes[0].long_name not in client.get(desk).content.decode()
    assert len(winter_due(grid_worker, grids, later)) == 1
    client.force_login(grid_worker)
    assert _tiled(client) == [1]

    day = timezone.localdate(now)
    WinterPlan.objects.filter(pk=plan.pk).update(starts_on=day - 30 * DAY, ends_on=day - DAY)
    assert _tiled(client) == []
    assert winter_due(grid_worker, grids, later) == {}


def _tiled(client: Any) -> list[int]:
    return [tile.count for tile in client.get("/today/").context["tiles"] if tile.code == "winter"]


def test_desk_plans_a_winter_and_shows_how_far_it_is(client, diecui, homes, grid_worker, secretary):
    client.force_login(secretary)
    pages, today = reverse("admin:grids_winterplan_changelist"), timezone.localdate()
    given = {
        "community": diecui.community.pk,
        "name": "今冬",
        "starts_on": f"{today}",
        "ends_on": f"{today + 90 * DAY}",
        "revisit_days": 7,
    }
    assert client.post(f"{pages}add/", given).status_code == 302
    winters_begin(at=timezone.now())
    done(SafetyVisit.objects.earliest("pk"), grid_worker, at=timezone.now())
    page = client.get(f"{pages}{WinterPlan.objects.get().pk}/change/").content.decode()

    assert "1/2" in page
    assert homes[1].long_name in page


class TestTelling:
    def test_round_is_told_to_the_worker_on_its_day_and_to_the_leader_when_it_is_over(
        self, diecui, homes, grid_worker, grid_leader
    ):
        planned(diecui.community)
        winters_begin(at=NOW)
        due = SafetyVisit.objects.first().due_on - TODAY

        found = [winters_remind(at=NOW + due + days * DAY) for days in (-1, 0, 0, 1, 3, 3, 4)]

        assert found == [0, 2, 0, 0, 2, 0, 0]
        told = InboxItem.objects.filter(kind="winter.left").order_by("pk")
        assert [item.user for item in told] == [grid_worker, grid_leader]

    def test_round_to_go_again_is_told_of_as_well(self, diecui, homes, grid_worker):
        plan = planned(diecui.community)
        winters_begin(at=NOW)
        for visit in list(SafetyVisit.objects.all()):
            done(visit, grid_worker, is_risky=True)

        assert winters_remind(at=NOW + plan.revisit_days * DAY) == 2

    def test_round_of_who_is_silent_or_that_is_done_is_told_to_nobody(self, diecui, homes, grid_worker):
        planned(diecui.community)
        winters_begin(at=NOW)
        first, second = SafetyVisit.objects.order_by("pk")
        done(first, grid_worker)
        mark(make_resident(second.household, "已故的人", "13900000061"), "已故", None)

        assert winters_remind(at=NOW + 60 * DAY) == 0

    def test_whoever_lives_there_hears_once_that_it_is_cold_and_nobody_silent_or_unwilling(
        self, diecui, fuxi, resident, neighbour
    ):
        gone = make_resident(diecui.households[2], "已故的人", "13900000061")
        mark(gone, "已故", None)
        Resident.objects.filter(user=neighbour).update(refuses_messages=True)
        make_resident(fuxi.households[0], "别处的人", "13900000062")
        planned(diecui.community)

        for _ in range(2):
            winters_begin(at=NOW)

        assert [item.user for item in InboxItem.objects.filter(kind="winter.safety")] == [resident]
