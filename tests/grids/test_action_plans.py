"""行动方案: sixty-three tasks with one lead each, reminded in time, reported once, counted (G-31)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community.models import Organisation
from community.models.people import OrganisationKind
from core.errors import InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.models import InboxItem, OutboxMessage
from grids.action_days import reminder_after
from grids.actions.action_plan_reminding import action_tasks_remind
from grids.actions.action_plans import (
    PlanGiven,
    TaskGiven,
    action_measure_set,
    action_plan_set,
    action_task_add,
    action_task_change,
    action_task_done,
)
from grids.demo import action_plans_play
from grids.models import ActionMeasure, ActionPlan, ActionTask
from grids.selectors.action_plans import plan_shown, plans_shown
from tests.cast import NOW, make_user
from tests.community.test_sheet_import import checked, imported, media, problems, tally  # noqa: F401
from tests.parallel import overlapping
from tests.petitions.pages import statements

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 31)
DAY = timedelta(days=1)
TASKS = "/account/tasks/"


def body(community: Any, name: str, phone: str = "") -> Organisation:
    kind = OrganisationKind.DEPARTMENT
    return Organisation.objects.create(community=community, name=name, kind=kind, phone=phone)


@pytest.fixture
def civil(community) -> Organisation:
    return body(community, "民政局")


@pytest.fixture
def schools(community) -> Organisation:
    return body(community, "教育局")


@pytest.fixture
def plan(community) -> ActionPlan:
    given = PlanGiven("三年行动", date(2024, 1, 1), DUE)
    return action_plan_set(community=community, given=given, actor=None, at=NOW)


@pytest.fixture
def measure(plan) -> ActionMeasure:
    return action_measure_set(plan=plan, number=1, title="摸清底数", project="精准帮扶", actor=None, at=NOW)


@pytest.fixture
def contact() -> Any:
    return make_user("minzheng", "民政局小林", staff=False)


@pytest.fixture
def given(civil) -> TaskGiven:
    return TaskGiven("每半年集中摸排一次", civil, DUE)


@pytest.fixture
def task(measure, given, contact) -> ActionTask:
    return add(measure, replace(given, contact=contact))


def add(measure: ActionMeasure, given: TaskGiven, number: int = 1, **by: Any) -> ActionTask:
    return action_task_add(measure=measure, number=number, given=given, **{"actor": None, "at": NOW, **by})


def on(day: date) -> Any:
    """The moment of NOW on another day."""
    return NOW + (day - timezone.localdate(NOW))


class TestEntering:
    def test_task_without_a_lead_cannot_stand(self, measure):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActionTask.objects.create(measure=measure, number=1, text="x", due_on=DUE)

    def test_body_of_another_community_is_refused(self, measure, given, fuxi):
        with pytest.raises(InvalidInputError):
            add(measure, replace(given, lead=body(fuxi.community, "民政局")))

    def test_lead_does_not_join_itself(self, measure, given, civil):
        with pytest.raises(InvalidInputError):
            add(measure, replace(given, joining=[civil]))

    @pytest.mark.parametrize("change", [{"text": " "}, {"due_on": DUE + DAY}, {"due_on": date(2023, 1, 1)}])
    def test_no_text_or_a_day_outside_the_plan_is_refused(self, measure, given, change):
        with pytest.raises(InvalidInputError):
            add(measure, replace(given, **change))

    def test_worker_enters_nothing(self, measure, given, grid_worker):
        with pytest.raises(NotAllowedError):
            add(measure, given, actor=grid_worker)

    def test_plan_that_ends_before_it_begins_is_refused(self, community):
        with pytest.raises(InvalidInputError):
            action_plan_set(community=community, given=PlanGiven("x", DUE, DUE - DAY), actor=None, at=NOW)

    def test_done_task_keeps_its_words(self, task, given, contact):
        action_task_done(task_id=task.pk, result="办完了。", actor=contact, at=NOW)

        with pytest.raises(RepeatedError):
            action_task_change(task_id=task.pk, given=given, actor=None, at=NOW)


class TestImporting:
    ROW = ("三年行动", "精准帮扶", "1", "摸清底数", "1", "集中摸排", "民政局", "教育局", "2026-12-31")

    def rows(self, lacking: int = 0) -> list[tuple[str, ...]]:
        """Seventeen measures, sixty-three tasks."""
        headings = [n for n in range(1, 18) for _task in range(4 if n <= 12 else 3)]
        steps = [step for n in range(1, 18) for step in range(1, 5 if n <= 12 else 4)]
        made = [
            (*self.ROW[:2], str(n), f"举措{n}", str(step), f"任务{n}-{step}", *self.ROW[6:])
            for n, step in zip(headings, steps, strict=True)
        ]
        if lacking:
            made[lacking - 1] = (*made[lacking - 1][:6], "", *made[lacking - 1][7:])
        return made

    def test_sixty_three_tasks_come_in_with_their_seventeen_measures(
        self, diecui, plan, civil, schools, secretary
    ):
        sheet = imported(diecui, secretary, NOW, *self.rows(), kind="action_tasks")

        assert tally(sheet) == (63, 0, 0)
        [progress] = plans_shown(secretary, at=NOW)
        assert (progress.measures, progress.tasks, progress.done) == (17, 63, 0)
        assert ActionTask.objects.filter(lead=civil, joining=schools).count() == 63

    def test_row_without_a_lead_is_rejected_by_its_number(self, diecui, plan, civil, schools, secretary):
        sheet = imported(diecui, secretary, NOW, *self.rows(lacking=40), kind="action_tasks")

        assert [(row, column) for row, column, *_words in problems(sheet)] == [(41, "牵头单位")]
        assert ActionTask.objects.count() == 62

    @pytest.mark.parametrize(
        ("column", "value", "named"),
        [
            (6, "民政局、教育局", "只能有一个"),
            (6, "气象局", "气象局"),
            (0, "别的", "别的"),
            (4, "一", "序号"),
        ],
    )
    def test_what_cannot_be_right_is_rejected_in_words(
        self, diecui, plan, civil, schools, secretary, column, value, named
    ):
        row = (*self.ROW[:column], value, *self.ROW[column + 1 :])

        sheet = checked(diecui, secretary, NOW, row, kind="action_tasks")

        assert named in str(problems(sheet))
        assert not ActionTask.objects.exists()

    def test_same_file_again_adds_nothing(self, diecui, plan, civil, schools, secretary):
        imported(diecui, secretary, NOW, *self.rows(), kind="action_tasks")

        again = checked(diecui, secretary, NOW, *self.rows(), kind="action_tasks")

        assert tally(again) == (0, 63, 0)
        assert not again.may_confirm


class TestReminding:
    @pytest.mark.parametrize(
        ("day", "following"),
        [
            (date(2026, 11, 20), date(2026, 12, 1)),
            (date(2026, 12, 1), date(2026, 12, 24)),
            (date(2026, 12, 24), DUE),
            (DUE, DUE + 30 * DAY),
            (DUE + 45 * DAY, DUE + 60 * DAY),
        ],
    )
    def test_reminders_stand_a_month_and_a_week_ahead_on_the_day_and_monthly(self, day, following):
        assert reminder_after(DUE, day) == following

    def test_contact_hears_once_however_often_the_sweep_runs(self, task, contact):
        told = on(DUE - 30 * DAY)

        assert [action_tasks_remind(at=told), action_tasks_remind(at=told)] == [1, 0]
        item = InboxItem.objects.get(user=contact)
        assert "每半年集中摸排一次" in item.title
        assert TASKS in item.url

    def test_sweep_that_missed_days_tells_once_and_goes_on(self, task, contact):
        assert action_tasks_remind(at=on(DUE - DAY)) == 1
        task.refresh_from_db()

        assert task.next_on == DUE

    def test_body_without_an_account_gets_a_text(self, measure, given, community):
        add(measure, replace(given, lead=body(community, "公安局", "13900000001")))

        action_tasks_remind(at=on(DUE - 7 * DAY))

        assert OutboxMessage.objects.get(kind="action.due").phone == "13900000001"

    def test_keeper_hears_where_nobody_else_can(self, measure, given, secretary):
        add(measure, given)

        action_tasks_remind(at=on(DUE - 7 * DAY))

        assert InboxItem.objects.filter(user=secretary, kind="action.keeper").count() == 1

    def test_keeper_hears_of_what_is_late_beside_the_lead(self, task, contact, secretary):
        action_tasks_remind(at=on(DUE + DAY))

        assert InboxItem.objects.filter(kind="action.keeper").get().user == secretary
        assert InboxItem.objects.filter(user=contact, kind="action.due").exists()

    def test_done_task_is_quiet(self, task, contact):
        action_task_done(task_id=task.pk, result="办完了。", actor=contact, at=NOW)

        assert action_tasks_remind(at=on(DUE + DAY)) == 0

    def test_another_day_is_reminded_anew(self, task, given, contact):
        action_tasks_remind(at=on(DUE - 30 * DAY))

        sooner = replace(given, contact=contact, due_on=DUE - 20 * DAY)
        changed = action_task_change(task_id=task.pk, given=sooner, actor=None, at=on(DUE - 30 * DAY))

        assert changed.next_on == DUE - 27 * DAY


class TestDone:
    def test_contact_reports_and_the_plan_counts_it(self, task, plan, contact, secretary):
        action_task_done(task_id=task.pk, result="名单齐了。", actor=contact, at=NOW)

        [progress] = plans_shown(secretary, at=NOW)
        assert (progress.done, progress.tasks, progress.late) == (1, 1, 0)

    def test_stranger_finds_nothing_to_report(self, task, resident):
        with pytest.raises(NotFoundError):
            action_task_done(task_id=task.pk, result="x", actor=resident, at=NOW)

    def test_nothing_said_is_refused(self, task, contact):
        with pytest.raises(InvalidInputError):
            action_task_done(task_id=task.pk, result=" ", actor=contact, at=NOW)

    def test_late_is_counted_after_the_day(self, task, secretary):
        assert plans_shown(secretary, at=on(DUE))[0].late == 0
        assert plans_shown(secretary, at=on(DUE + DAY))[0].late == 1


class TestPages:
    def test_contact_reports_on_the_page(self, client, task, contact):
        client.force_login(contact)
        assert "每半年集中摸排一次" in client.get(TASKS).text

        answer = client.post(f"{TASKS}{task.pk}/", {"result": "名单齐了。"}, follow=True)

        assert "没有要办的牵头任务" in answer.text
        again = client.post(f"{TASKS}{task.pk}/", {"result": "名单齐了。"})
        assert again.status_code == 409

    def test_nobody_else_finds_it(self, client, task, worker_of_another_grid):
        assert client.get(TASKS).status_code == 302
        client.force_login(worker_of_another_grid)
        assert client.get(f"{TASKS}{task.pk}/").status_code == 404

    def test_plan_shows_who_leads_and_what_is_done(self, client, task, plan, secretary):
        client.force_login(secretary)

        page = client.get(reverse("grids:action_plan", args=[plan.pk])).text

        assert "完成 0/1" in page
        assert "民政局" in page
        assert f"{TASKS}{task.pk}/" in page

    def test_plan_of_another_community_is_not_there(self, client, fuxi, secretary):
        other = action_plan_set(community=fuxi.community, given=PlanGiven("x", DUE, DUE), actor=None, at=NOW)
        client.force_login(secretary)

        assert client.get(reverse("grids:action_plan", args=[other.pk])).status_code == 404
        assert not plans_shown(secretary, at=NOW)

    def test_plan_takes_as_many_statements_for_thirty_tasks_as_for_three(
        self, measure, given, schools, secretary
    ):
        plan_shown(secretary, measure.plan_id, at=NOW)

        def many(count: int) -> int:
            known = measure.tasks.count()
            for number in range(known + 1, count + 1):
                add(measure, replace(given, joining=[schools]), number)
            with statements() as used:
                _progress, shown = plan_shown(secretary, measure.plan_id, at=NOW)
                assert all([*task.joining.all()] for one in shown for task, _late in one.tasks)
            return len(used)

        assert many(3) == many(30)

    def test_desk_enters_a_task_with_its_contact(self, client, measure, civil, schools, contact, secretary):
        client.force_login(secretary)
        sent = {"measure": measure.pk, "number": 1, "text": "摸排", "lead": civil.pk, "joining": [schools.pk]}

        page = client.post(
            reverse("admin:grids_actiontask_add"), {**sent, "due_on": "2026-12-01", "speaks": "minzheng"}
        )

        assert page.status_code == 302
        task = ActionTask.objects.get()
        assert (task.contact, [*task.joining.all()]) == (contact, [schools])

    def test_demo_has_sixty_three(self, community, secretary):
        action_plans_play(community, at=NOW)

        [progress] = plans_shown(secretary, at=NOW)
        assert (progress.measures, progress.tasks) == (17, 63)
        assert 0 < progress.done < 63


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_report_at_once_report_once(task, contact, secretary):
    def report(who: Any) -> Any:
        return lambda: action_task_done(task_id=task.pk, result=who.username, actor=who, at=NOW)

    results = overlapping(report(contact), report(secretary))

    assert sum(isinstance(one, RepeatedError) for one in results) == 1
