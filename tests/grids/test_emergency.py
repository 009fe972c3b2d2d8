"""应急预案: a plan of each class for every estate, in versions; drills that are due once, and what they show."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import ConflictError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import InboxItem, User
from grids.actions.emergency import Crew, PlanText, drill_log, finding_to_hazard, plan_approve, team_set
from grids.actions.emergency_reminding import plans_remind
from grids.actions.hazards.filing import Answerable
from grids.models import Drill, DrillFinding, EmergencyPlan, EmergencyTeam, Hazard
from grids.selectors.emergency import drill_numbers, matrix_of, months_later
from tests.cast import NOW
from tests.grids.test_hazards import DAY, TODAY, a_type, found, upload
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
PLANS = "/work/plans/"


def approved(
    place: Any, kind: str = "fire", *, at: Any = NOW, actor: User | None = None, **given: Any
) -> Any:
    text = {"text": "先断电，再疏散。", "review_due": timezone.localdate(at) + 180 * DAY, **given}
    return plan_approve(place=place, kind=kind, given=PlanText(**text), actor=actor, at=at)


def drilled(plan: EmergencyPlan, actor: User, *, at: Any = NOW, **given: Any) -> Drill:
    told = {
        "held_on": timezone.localdate(at),
        "headcount": 20,
        "summary": "五分钟疏散完。",
        "findings": ["消火栓没有水"],
        **given,
    }
    return drill_log(plan_id=plan.pk, actor=actor, at=at, **told)


@pytest.fixture
def team(community, grid_leader, grid_worker) -> EmergencyTeam:
    return team_set(
        community=community,
        crew=Crew("一队", grid_leader, [grid_worker], "楼长老周"),
        actor=None,
        at=NOW,
    )


@pytest.fixture
def plan(estate, team) -> EmergencyPlan:
    return approved(estate, team=team)


class TestVersions:
    def test_first_version_is_in_force_and_expects_a_drill_in_half_a_year(self, plan):
        assert (plan.version, plan.replaced_at, plan.drill_due_on) == (1, None, date(2027, 5, 20))

    def test_next_version_keeps_the_one_before(self, plan, estate, secretary):
        later = approved(estate, change="加了集合点。", actor=secretary, at=NOW + DAY)

        plan.refresh_from_db()
        assert (later.version, plan.replaced_at) == (2, NOW + DAY)
        assert EmergencyPlan.objects.filter(replaced_at=None).get() == later

    def test_next_version_without_a_word_about_what_is_different_is_refused(self, plan, estate):
        with pytest.raises(InvalidInputError):
            approved(estate)

    def test_new_version_does_not_put_off_a_drill(self, plan, estate):
        assert approved(estate, change="改电话。", at=NOW + 90 * DAY).drill_due_on == plan.drill_due_on

    @pytest.mark.parametrize("given", [{"text": " "}, {"review_due": TODAY}])
    def test_what_is_missing_is_refused(self, estate, given):
        with pytest.raises(InvalidInputError):
            approved(estate, **given)

    def test_of_a_building_there_is_none(self, building):
        with pytest.raises(InvalidInputError):
            approved(building)

    def test_leader_of_a_grid_approves_none(self, estate, grid_leader):
        with pytest.raises(NotAllowedError):
            approved(estate, actor=grid_leader)

    @pytest.mark.django_db(transaction=True)
    def test_approved_by_three_at_once_one_is_in_force(self, plan, estate):
        at_once([lambda: approved(estate, change="同时换版。")] * 3)

        versions = EmergencyPlan.objects.order_by("version").values_list("version", flat=True)
        assert list(versions) == [1, 2, 3, 4]
        assert EmergencyPlan.objects.filter(replaced_at=None).count() == 1

    def test_database_knows_one_in_force(self, plan, estate):
        approved(estate, change="换版。")

        with pytest.raises(IntegrityError, match="plan_one_in_force"), transaction.atomic():
            EmergencyPlan.objects.update(replaced_at=None)


class TestMatrix:
    def test_gap_is_an_empty_cell_and_is_listed(self, plan, community, estate):
        matrix = matrix_of(community, TODAY)

        assert [[cell.plan for cell in cells] for _place, cells in matrix.rows][1] == [plan, None, None]
        assert "一号小区 煤气中毒" in matrix.gaps
        assert "一号小区 火灾" not in matrix.gaps

    def test_review_and_drill_that_are_late_are_said(self, plan, community):
        cell = matrix_of(community, TODAY + 400 * DAY).rows[1][1][0]

        assert (cell.is_late, cell.lacks_drill) == (True, True)

    @pytest.mark.parametrize(
        ("day", "months", "later"),
        [
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2026, 12, 1), 1, date(2027, 1, 1)),
            (date(2026, 1, 15), 11, date(2026, 12, 15)),
        ],
    )
    def test_months(self, day, months, later):
        assert months_later(day, months) == later


class TestDrills:
    def test_drill_resets_the_clock(self, plan, grid_leader):
        drilled(plan, grid_leader, at=NOW + 100 * DAY)

        plan.refresh_from_db()
        assert plan.drill_due_on == months_later(TODAY + 100 * DAY, 6)

    def test_drill_entered_late_does_not_bring_the_next_one_forward(self, plan, grid_leader):
        drilled(plan, grid_leader, held_on=TODAY - 200 * DAY)

        plan.refresh_from_db()
        assert plan.drill_due_on == months_later(TODAY, 6)

    def test_member_of_the_team_logs_it_and_others_do_not(self, plan, grid_worker, worker_of_another_grid):
        assert drilled(plan, grid_worker).headcount == 20
        with pytest.raises(NotAllowedError):
            drilled(plan, worker_of_another_grid)

    @pytest.mark.parametrize("given", [{"headcount": 0}, {"summary": " "}, {"held_on": TODAY + DAY}])
    def test_what_cannot_be_is_refused(self, plan, grid_leader, given):
        with pytest.raises(InvalidInputError):
            drilled(plan, grid_leader, **given)

    def test_of_a_former_version_it_is_refused(self, plan, estate, grid_leader):
        approved(estate, change="换版。")

        with pytest.raises(ConflictError):
            drilled(plan, grid_leader)

    def test_finding_becomes_a_hazard_once(self, plan, grid_leader, building):
        finding = drilled(plan, grid_leader).findings.get()
        given = {"finding_id": finding.pk, "actor": grid_leader, "at": NOW}
        answerable = Answerable(TODAY + DAY, name="物业")
        hazard = finding_to_hazard(found=found(building), answerable=answerable, **given)

        finding.refresh_from_db()
        assert (finding.hazard, finding.settled_at) == (hazard, NOW)
        with pytest.raises(RepeatedError):
            finding_to_hazard(found=found(building), answerable=answerable, **given)
        assert Hazard.objects.count() == 1

    def test_finding_goes_into_the_next_version_that_names_it(self, plan, estate, grid_leader):
        first, second = drilled(plan, grid_leader, findings=["没有集合点", "喇叭没电"]).findings.all()
        later = approved(estate, change="加了集合点。", sees_to=[first])

        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.edited_in, second.settled_at) == (later, None)

    def test_database_refuses_one_seen_to_by_nothing(self, plan, grid_leader):
        drilled(plan, grid_leader)

        with pytest.raises(IntegrityError, match="drill_finding_seen_to_by_one"), transaction.atomic():
            DrillFinding.objects.update(settled_at=NOW)


class TestReminding:
    def told(self, at: Any) -> list[tuple[str, str]]:
        before = InboxItem.objects.count()
        plans_remind(at=at)
        return [(item.kind, item.user.username) for item in InboxItem.objects.order_by("pk")[before:]]

    def test_drill_that_is_due_is_told_to_the_teams_leader_once(self, plan, secretary):
        due = NOW + (plan.drill_due_on - TODAY)
        told = [self.told(due - DAY), self.told(due), self.told(due), self.told(due + 9 * DAY)]

        assert [[one for one in day if one[0] == "plan.drill"] for day in told] == [
            [], [("plan.drill", "leader")], [], [],
        ]  # fmt: skip

    def test_after_a_drill_the_next_one_is_told_again(self, plan, grid_leader):
        due = NOW + (plan.drill_due_on - TODAY)
        self.told(due)
        drilled(plan, grid_leader, at=due)
        plan.refresh_from_db()

        assert ("plan.drill", "leader") in self.told(NOW + (plan.drill_due_on - TODAY))

    def test_drill_is_announced_a_week_ahead_to_its_leader_and_the_team_once(self, plan, secretary):
        due = NOW + (plan.drill_due_on - TODAY)
        told = [self.told(due - days * DAY) for days in (8, 7, 6, 1)]

        assert [[one for one in day if one[0] == "plan.soon"] for day in told] == [
            [], [("plan.soon", "leader"), ("plan.soon", "worker")], [], [],
        ]  # fmt: skip

    def test_of_a_sweep_that_comes_late_a_drill_is_still_announced(self, plan):
        assert ("plan.soon", "worker") in self.told(NOW + (plan.drill_due_on - TODAY) - DAY)

    def test_open_finding_is_asked_after_once_a_week_until_it_is_seen_to(self, plan, grid_leader, secretary):
        finding = drilled(plan, grid_leader).findings.get()
        told = [self.told(NOW + days * DAY) for days in (6, 7, 8, 14)]
        DrillFinding.objects.filter(pk=finding.pk).update(settled_at=NOW, edited_in=plan)

        both = [("plan.findings", "leader"), ("plan.findings", "secretary")]
        assert told == [[], both, [], both]
        assert self.told(NOW + 21 * DAY) == []

    def test_open_finding_stands_on_the_leaders_day(self, client, plan, grid_leader):
        drilled(plan, grid_leader, at=timezone.now())
        client.force_login(grid_leader)
        tile = next(tile for tile in client.get("/today/").context["tiles"] if tile.code == "drill")

        assert (tile.count, tile.text) == (1, "没有落实的问题 1 个")

    def test_review_is_told_two_weeks_ahead_once(self, estate, secretary):
        approved(estate, review_due=TODAY + 30 * DAY)

        assert [self.told(NOW + days * DAY) for days in (15, 16, 17, 30)] == [
            [], [("plan.review", "secretary")], [], [],
        ]  # fmt: skip

    def test_review_over_its_day_is_asked_for_every_week_until_it_is_made(self, estate, secretary):
        plan = approved(estate, review_due=TODAY + 3 * DAY, drill_months=24)
        told = [self.told(NOW + days * DAY) for days in (3, 4, 5, 11)]
        EmergencyPlan.objects.filter(pk=plan.pk).update(review_due=TODAY + 900 * DAY)

        late = [("plan.overdue", "secretary")]
        assert [[one for one in day if one[0] == "plan.overdue"] for day in told] == [[], late, [], late]
        assert self.told(NOW + 18 * DAY) == []

    def test_drills_held_stand_beside_those_that_the_plans_ask_for(self, plan, community, grid_leader):
        drilled(plan, grid_leader)

        numbers = drill_numbers(community, TODAY)
        assert (numbers["held"], numbers["planned"]) == (1, 2)

    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_tell_once(self, plan):
        at_once([lambda: plans_remind(at=NOW + 182 * DAY)] * 3)

        assert InboxItem.objects.filter(kind="plan.drill").count() == 1


class TestPages:
    def test_whole_way_on_the_phone(self, client, plan, building, grid_leader):
        EmergencyPlan.objects.update(drill_due_on=timezone.localdate() - DAY)
        client.force_login(grid_leader)
        tile = next(tile for tile in client.get("/today/").context["tiles"] if tile.code == "drill")
        page = f"{PLANS}{plan.pk}/"
        assert page in client.get(tile.url).content.decode()
        assert f"{page}drill/" in client.get(page).content.decode()
        assert client.get(f"{page}drill/").status_code == 200
        given = {
            "held_on": f"{timezone.localdate()}",
            "headcount": "12",
            "summary": "好。",
            "findings": "缺喇叭",
        }
        assert client.post(f"{page}drill/", {**given, "headcount": "0"}).status_code == 422
        assert client.post(f"{page}drill/", given).status_code == 302
        finding = DrillFinding.objects.get()
        form = f"{PLANS}findings/{finding.pk}/"
        assert form in client.get(page).content.decode()
        assert "缺喇叭" in client.get(form).content.decode()
        hazard = {
            "key": "00000000-0000-4000-8000-000000000001",
            "type": a_type().pk,
            "place": building.pk,
            "text": "缺喇叭",
            "rectify_by": f"{timezone.localdate()}",
            "name": "物业",
        }
        assert client.post(form, hazard).status_code == 422
        assert client.post(form, {**hazard, **upload()}).status_code == 302
        assert client.get(form).status_code == 404
        assert Hazard.objects.get().number in client.get(page).content.decode()

    def test_others_see_nothing(self, client, plan, outsider, secretary_of_another_community, grid_leader):
        finding = drilled(plan, grid_leader).findings.get()
        paths = (f"{PLANS}{plan.pk}/", f"{PLANS}{plan.pk}/drill/", f"{PLANS}findings/{finding.pk}/")
        assert {client.get(path).status_code for path in (PLANS, *paths)} == {302}
        client.force_login(outsider)
        assert {client.get(path).status_code for path in (PLANS, *paths)} == {403}
        client.force_login(secretary_of_another_community)
        assert {client.get(path).status_code for path in paths} == {404}

    def test_page_takes_as_many_statements_for_many(self, client, plan, grid_leader):
        client.force_login(grid_leader)
        counted = []
        for number in (3, 12):
            for day in range(number):
                drilled(plan, grid_leader, held_on=TODAY - (day + 20 * number) * DAY)
            client.get(f"{PLANS}{plan.pk}/")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"{PLANS}{plan.pk}/")
            counted.append(len(queries))

        assert counted[0] == counted[1]


class TestDesk:
    def test_plan_is_approved_replaced_and_seen_in_the_matrix(
        self, client, estate, secretary, grid_leader, team
    ):
        client.force_login(secretary)
        pages = reverse("admin:grids_emergencyplan_changelist")
        later = f"{timezone.localdate() + 90 * DAY}"
        given = {"place": estate.pk, "kind": "gas", "text": "开窗。", "review_due": later, "drill_months": 6}
        assert client.post(f"{pages}add/", given).status_code == 302
        plan = EmergencyPlan.objects.get()
        finding = drilled(plan, secretary, at=timezone.now()).findings.get()
        version = f"{pages}{plan.pk}/version/"
        assert "开窗。" in client.get(version).content.decode()
        given = {"text": "开窗，关阀。", "change": "加了关阀。", "review_due": later, "drill_months": 6}
        assert client.post(version, {**given, "sees_to": [finding.pk], "team": team.pk}).status_code == 302

        assert EmergencyPlan.objects.get(replaced_at=None).version == 2
        matrix = client.get(reverse("admin:grids_emergencyplan_matrix")).content.decode()
        assert "第 2 版" in matrix
        assert "一号小区 火灾" in matrix
        assert client.get(f"{pages}?due=former").context["cl"].result_list == [plan]

    def test_team_is_formed(self, client, community, secretary, grid_leader, grid_worker):
        client.force_login(secretary)
        pages = reverse("admin:grids_emergencyteam_changelist")
        given = {
            "community": community.pk,
            "name": "二队",
            "leader": grid_leader.pk,
            "members": [grid_worker.pk],
            "others": "",
            "is_active": "on",
        }
        assert client.post(f"{pages}add/", given).status_code == 302
        assert list(EmergencyTeam.objects.get().members.all()) == [grid_worker]

    def test_each_sees_only_their_own(self, client, plan, secretary_of_another_community):
        client.force_login(secretary_of_another_community)
        assert not client.get(reverse("admin:grids_emergencyplan_changelist")).context["cl"].result_list
