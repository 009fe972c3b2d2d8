"""Care visits and safety visits where there is no signal; a phone never learns who is in care (G-25, G-27)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEntry, User
from grids.actions.winter import winters_begin
from grids.models import CareVisit, EntryState, FieldEntry, SafetyVisit
from tests.cast import make_resident
from tests.grids.registers import mark
from tests.grids.test_care import elder, five, four, go, take  # noqa: F401
from tests.grids.test_entry_posts import leave
from tests.grids.test_patrol_pages import as_user, bring
from tests.grids.test_winter import coal, done
from tests.grids.test_winter import planned as winter
from tests.parallel import at_once

# ruff: noqa: F811

pytestmark = pytest.mark.django_db
FORM = "/work/care/visit/"
SEEN = {"checked": "stove", "advice": "开窗通风。", "risky": "yes"}
WORDS = "血压高，夜里咳嗽。"


@pytest.fixture
def left(diecui, grid_worker) -> SafetyVisit:
    """A door that heats with coal, in a winter that runs."""
    at = timezone.now() - timedelta(days=2)
    coal(diecui.households[0], grid_worker, at=at)
    winter(diecui.community, at=at)
    winters_begin(at=at)
    return SafetyVisit.objects.get()


def cared_for(actor: User, elder: Any, when: datetime, pk: str = "", **more: Any) -> Any:
    given = {"household": elder.household_id, "name": elder.name, "findings": WORDS, "visited_on": "", **more}
    return bring(actor, "grids.care_visit", when, pk=pk, **given)


class TestSafetyVisit:
    def test_entered_without_signal_it_is_done_when_it_was_entered_and_once(self, left, grid_worker):
        then, pk = timezone.now() - timedelta(hours=5), str(uuid4())
        answers = [
            bring(grid_worker, "grids.safety_visit", then, pk=pk, visit=left.pk, **SEEN) for _turn in range(2)
        ]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert "过几天再去" in answers[1].json()["message"]
        left.refresh_from_db()
        assert abs(left.done_at - then) < timedelta(seconds=1)
        assert (left.done_by, left.checked, left.is_risky) == (grid_worker, ["stove"], True)
        again = SafetyVisit.objects.get(round=2)
        assert again.due_on == timezone.localdate(then) + timedelta(days=7)

    def test_where_a_colleague_was_meanwhile_it_is_refused_by_name_and_overwrites_nothing(
        self, left, grid_worker, secretary
    ):
        done(left, secretary, at=timezone.now())
        answer = bring(grid_worker, "grids.safety_visit", timezone.now(), visit=left.pk, **SEEN)

        assert answer.status_code == 409
        assert str(secretary) in answer.json()["message"]
        left.refresh_from_db()
        assert left.advice == "开窗通风。"
        assert left.done_by == secretary

    def test_more_than_a_month_old_it_is_refused(self, left, grid_worker):
        old = timezone.now() - timedelta(days=40)

        assert bring(grid_worker, "grids.safety_visit", old, visit=left.pk, **SEEN).status_code == 422

    def test_of_another_grid_nothing_lands(self, left, worker_of_another_grid):
        answer = bring(worker_of_another_grid, "grids.safety_visit", timezone.now(), visit=left.pk, **SEEN)

        assert answer.status_code in {403, 404}
        left.refresh_from_db()
        assert left.done_at is None

    def test_phone_keeps_the_list_and_one_form_for_all_doors(self, left, grid_worker, resident):
        client = as_user(grid_worker)
        kept = client.get("/work/entries/").json()["keep"]
        page = client.get("/work/winter/visit/").content.decode()

        assert {"/work/winter/", "/work/winter/visit/"} <= set(kept)
        assert left.household.long_name in page
        assert f'<option value="{left.pk}">' in page

    @pytest.mark.django_db(transaction=True)
    def test_two_phones_at_once_enter_it_once(self, left, grid_worker):
        send = lambda: bring(grid_worker, "grids.safety_visit", timezone.now(), visit=left.pk, **SEEN)  # noqa: E731

        assert sorted(answer.status_code for answer in at_once([send] * 3)) == [201, 409, 409]
        assert SafetyVisit.objects.count() == 2


class TestCareVisit:
    def test_entered_without_signal_it_is_a_visit_of_that_day_and_once(self, elder, five, grid_worker):
        subject = take(elder, five, "green", grid_worker, at=timezone.now() - timedelta(days=9))
        then, pk = timezone.now() - timedelta(days=1), str(uuid4())
        answers = [cared_for(grid_worker, elder, then, pk) for _turn in range(2)]

        assert [answer.status_code for answer in answers] == [201, 201]
        visit = CareVisit.objects.get()
        assert (visit.subject, visit.by, visit.findings) == (subject, grid_worker, WORDS)
        assert (str(visit.key), visit.visited_on) == (pk, timezone.localdate(then))
        subject.refresh_from_db()
        assert subject.next_on == timezone.localdate(then) + timedelta(days=30)

    def test_answer_and_kept_receipt_say_nothing_about_the_person(self, elder, five, grid_worker):
        take(elder, five, "green", grid_worker, at=timezone.now())
        told = cared_for(grid_worker, elder, timezone.now()).content.decode()

        entry = FieldEntry.objects.get()
        assert elder.name not in told
        assert "register" not in told
        assert (entry.result, entry.title, entry.fields) == ("关爱走访", "", {})

    @pytest.mark.parametrize("name", ["孤 老", " 孤老 "])
    def test_spaces_in_a_name_do_not_matter(self, elder, five, grid_worker, name):
        take(elder, five, "green", grid_worker, at=timezone.now())

        assert cared_for(grid_worker, elder, timezone.now(), name=name).status_code == 201

    def test_whoever_is_in_two_schemes_was_visited_in_both(self, elder, five, four, grid_worker):
        for scheme in (five, four):
            take(elder, scheme, "green", grid_worker, at=timezone.now())

        assert cared_for(grid_worker, elder, timezone.now()).status_code == 201
        assert CareVisit.objects.count() == 2

    def test_name_that_is_in_nobodys_care_is_refused_and_the_corrected_one_lands(
        self, elder, five, grid_worker
    ):
        take(elder, five, "green", grid_worker, at=timezone.now())
        pk, now = str(uuid4()), timezone.now()
        refused = cared_for(grid_worker, elder, now, pk, name="别人")
        landed = cared_for(grid_worker, elder, now, pk)

        assert (refused.status_code, landed.status_code) == (422, 201)
        assert "请核对住户和姓名" in refused.json()["message"]

    def test_two_of_one_name_behind_a_door_are_not_guessed(self, elder, five, grid_worker):
        for person in (elder, make_resident(elder.household, elder.name, "13900000077")):
            take(person, five, "green", grid_worker, at=timezone.now())

        assert cared_for(grid_worker, elder, timezone.now()).status_code == 409
        assert not CareVisit.objects.exists()

    def test_whoever_has_died_meanwhile_is_said_so(self, elder, five, grid_worker):
        take(elder, five, "green", grid_worker, at=timezone.now())
        mark(elder, "已故", grid_worker, at=timezone.now())

        assert cared_for(grid_worker, elder, timezone.now()).status_code == 409

    def test_of_another_grid_nobody_is_told_whether_somebody_is_in_care(
        self, elder, five, grid_worker, worker_of_another_grid
    ):
        take(elder, five, "green", grid_worker, at=timezone.now())
        answers = [
            cared_for(worker_of_another_grid, elder, timezone.now(), name=name) for name in ("孤老", "别人")
        ]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json()["message"] == answers[1].json()["message"]

    def test_phone_keeps_the_form_and_in_it_nobody_who_is_in_care(self, elder, five, grid_worker, clerk):
        take(elder, five, "red", grid_worker, at=timezone.now())
        client = as_user(grid_worker)
        assert FORM in client.get("/work/entries/").json()["keep"]
        before = AuditEntry.objects.count()
        page = client.get(FORM).content.decode()

        assert elder.name not in page
        assert elder.household.room in page
        assert AuditEntry.objects.count() == before
        assert f'href="{FORM}"' in client.get("/work/homes/").content.decode()

    def test_form_works_with_signal_and_without_scripts(self, elder, five, grid_worker):
        take(elder, five, "green", grid_worker, at=timezone.now())
        given = {"household": elder.household_id, "name": elder.name, "findings": WORDS, "key": str(uuid4())}
        answer = as_user(grid_worker).post(FORM, {**given, "visited_on": f"{timezone.localdate()}"})

        assert answer.url == reverse("grids:home", args=[elder.household_id])
        assert CareVisit.objects.get().findings == WORDS

    def test_strangers_sign_in_and_others_are_refused(self, grid_worker, resident):
        assert as_user(None).get(FORM).status_code == 302
        assert as_user(grid_worker).get(FORM).status_code == 200
        assert as_user(resident).get(FORM).status_code == 403

    def test_what_a_worker_who_left_brings_waits_and_each_look_at_it_is_noted(
        self, elder, five, grid, grid_worker, grid_leader
    ):
        take(elder, five, "green", grid_worker, at=timezone.now() - timedelta(days=9))
        leave(grid_worker, grid)
        more = {"entry.title": WORDS}
        answer = cared_for(grid_worker, elder, timezone.now() - timedelta(days=3), **more)
        entry = FieldEntry.objects.get()
        client = as_user(grid_leader)
        listed = client.get("/work/held/").content.decode()
        looks = AuditEntry.objects.filter(event="care.entry_read", audience="charge")
        before = looks.count()
        page = client.get(f"/work/held/{entry.pk}/").content.decode()

        assert (answer.status_code, entry.state, before, looks.count()) == (202, EntryState.HELD, 0, 1)
        assert WORDS not in listed
        assert WORDS in page
        client.post(f"/work/held/{entry.pk}/", {"accept": "1"})
        assert CareVisit.objects.get().by == grid_leader

    @pytest.mark.django_db(transaction=True)
    def test_sent_by_three_at_once_it_is_one_visit(self, elder, five, grid_worker):
        take(elder, five, "green", grid_worker, at=timezone.now())
        pk, now = str(uuid4()), timezone.now()
        answers = at_once([lambda: cared_for(grid_worker, elder, now, pk)] * 3)

        assert {answer.status_code for answer in answers} == {201}
        assert CareVisit.objects.count() == FieldEntry.objects.count() == 1
