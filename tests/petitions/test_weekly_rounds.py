"""What the week begins with: rounds on which disputes are looked for (P-44), visits of the mediators (P-18)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from community.models import WorkflowProfile
from core.models import InboxItem
from petitions.actions.rounds import rounds_remind, visits_remind
from petitions.models import Petition
from tests.cast import NOW, make_staff
from tests.parallel import at_once
from tests.petitions.loop import Loop, file, person
from tests.petitions.mediation import DAY, begin, end, team_of, visit
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
MONDAY = NOW + 3 * DAY
PLAN = "/work/visits/"


def told(kind: str) -> list[tuple[str, str]]:
    rows = InboxItem.objects.filter(kind=f"petition.{kind}").order_by("user__username", "pk")
    return list(rows.values_list("user__username", "body"))


@pytest.fixture
def team(diecui, grid_worker, clerk):
    return team_of(diecui, grid_worker, clerk, kind="women", name="巾帼调解队")


@pytest.fixture
def quarrel(loop, team) -> Loop:
    return begin(loop.triage().claim(), team)


class TestRounds:
    def test_every_worker_and_mediator_is_asked_once_a_week(
        self, diecui, team, grid_worker, clerk, secretary
    ):
        for days in (0, 0, 2, 6):
            rounds_remind(at=MONDAY + days * DAY)

        assert [user for user, _body in told("round")] == ["clerk", "secretary", "worker"]
        assert "第1网格" in dict(told("round"))["worker"]
        rounds_remind(at=MONDAY + 7 * DAY)
        assert len(told("round")) == 6

    def test_a_grid_without_a_worker_is_looked_after_by_the_next_tier(self, diecui, grid_leader, secretary):
        rounds_remind(at=MONDAY)

        bodies = dict(told("round"))
        assert "第1网格" in bodies[grid_leader.username]
        assert "第2网格" in bodies[secretary.username]

    def test_where_nobody_may_find_anything_nobody_is_asked(self, diecui, grid_worker):
        WorkflowProfile.objects.update(channels=["web_form"])

        assert rounds_remind(at=MONDAY) == 0

    def test_a_message_leads_to_the_form_whose_finding_is_proactive(self, client, diecui, grid_worker):
        rounds_remind(at=MONDAY)
        assert InboxItem.objects.get(kind="petition.round").url.endswith(reverse("petitions:work_new"))

        found = file(diecui, actor=grid_worker, channel="patrol", origin="proactive", who=person(phone=""))

        assert Petition.objects.get(pk=found.pk).origin == "proactive"
        assert found.stage == "received"

    def test_costs_the_same_for_many_workers(self, diecui):
        costs = []
        for count in (2, 28):
            InboxItem.objects.all().delete()
            for number in range(count):
                place = diecui.grids[number % 2].place
                make_staff(f"leader{count}-{number}", "网格长", Duty.CLERK, place.parent)
            with statements() as used:
                rounds_remind(at=MONDAY + count * DAY)
            costs.append(len(used))

        assert costs[0] == costs[1]

    @pytest.mark.django_db(transaction=True)
    def test_sweeps_at_once_ask_once(self, diecui, grid_worker):
        at_once([lambda: rounds_remind(at=MONDAY)] * 3)

        assert [user for user, _body in told("round")] == ["worker"]


class TestVisits:
    def test_whoever_goes_is_told_the_weeks_visits_once(self, quarrel, grid_worker, clerk):
        visit(quarrel, grid_worker, clerk, day=4)
        visit(quarrel, grid_worker, clerk, day=5, hour=20)
        visit(quarrel, grid_worker, clerk, day=20)
        for days in (0, 0, 1):
            visits_remind(at=MONDAY + days * DAY)

        assert [user for user, _body in told("visits_ahead")] == ["clerk", "worker"]
        body = dict(told("visits_ahead"))["worker"]
        assert "您要上门 2 次" in body
        assert quarrel.petition.number in body
        assert "没有约上门" not in body

    def test_a_team_hears_of_what_has_no_visit_and_of_nothing_that_ended(self, quarrel, grid_worker, clerk):
        visits_remind(at=MONDAY)
        assert dict(told("visits_ahead"))["clerk"] == "您所在的调解队还有 1 件没有约上门。"

        end(quarrel, "failed")
        visits_remind(at=MONDAY + 7 * DAY)
        assert len(told("visits_ahead")) == 2

    @pytest.mark.django_db(transaction=True)
    def test_sweeps_at_once_tell_once(self, quarrel):
        at_once([lambda: visits_remind(at=MONDAY)] * 3)

        assert len(told("visits_ahead")) == 2


class TestPlan:
    @pytest.fixture
    def now(self):
        return timezone.now()

    @pytest.fixture
    def soon(self, diecui, secretary, grid_worker, clerk, team, now) -> Loop:
        """A mediation of today, with one visit tomorrow evening and one next month."""
        loop = Loop(file(diecui, at=now), desk=secretary, worker=grid_worker, at=now)
        begin(loop.triage().claim(), team)
        for days in (1, 40):
            visit(
                loop, grid_worker, clerk, day=(timezone.localdate(now) - timezone.localdate(NOW)).days + days
            )
        return loop

    def test_is_for_those_who_handle(self, client, outsider):
        assert client.get(PLAN).status_code == 302
        client.force_login(outsider)
        assert client.get(PLAN).status_code == 403

    def test_mediator_and_secretary_read_who_goes_when(self, client, soon, grid_worker, secretary):
        for user in (grid_worker, secretary):
            client.force_login(user)
            page = client.get(PLAN).content.decode()

            assert page.count("<strong>19:00 ") == 1
            assert f'href="/work/{soon.petition.number}/"' in page
            assert "巾帼调解队" in page
            assert ("我去" in page) is (user == grid_worker)

    def test_another_community_and_another_grid_find_nothing(
        self, client, soon, secretary_of_another_community, worker_of_another_grid
    ):
        for user in (secretary_of_another_community, worker_of_another_grid):
            client.force_login(user)
            assert soon.petition.number not in client.get(PLAN).content.decode()

    def test_who_goes_along_reads_it_without_an_address_that_would_lead_nowhere(
        self, client, soon, worker_of_another_grid
    ):
        soon.petition.mediation_visits.update(second=worker_of_another_grid)
        client.force_login(worker_of_another_grid)

        page = client.get(PLAN).content.decode()

        assert soon.petition.number in page
        assert f"/work/{soon.petition.number}/" not in page

    def test_what_has_no_visit_is_named(self, client, soon, secretary):
        soon.petition.mediation_visits.all().delete()
        client.force_login(secretary)

        page = client.get(PLAN).content.decode()

        assert "还没有约上门的" in page
        assert soon.petition.number in page

    def test_costs_the_same_for_three_and_thirty(
        self, client, diecui, soon, team, grid_worker, secretary, now
    ):
        client.force_login(secretary)
        client.get(PLAN)
        costs = []
        for count in (3, 27):
            for number in range(count):
                who = person(phone=f"1390000{count:02}{number:02}")
                made = Loop(file(diecui, at=now, who=who), desk=secretary, worker=grid_worker, at=now)
                begin(made.triage().claim(), team)
                if number % 2:
                    days = (timezone.localdate(now) - timezone.localdate(NOW)).days + 1
                    visit(made, grid_worker, secretary, day=days)
            with statements() as used:
                assert client.get(PLAN).status_code == 200
            costs.append(len(used))

        assert costs[0] == costs[1] <= 8

    def test_today_leads_there(self, client, diecui, grid_worker):
        client.force_login(grid_worker)

        assert PLAN in client.get(reverse("petitions:today")).content.decode()


def test_the_week_begins_on_monday_in_china():
    assert f"{timezone.localdate(MONDAY):%a}" == "Mon"
    assert timedelta(days=3) == MONDAY - NOW
