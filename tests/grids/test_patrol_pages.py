"""Patrols on the phone, with and without signal, on the leader's page, and at the desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import User
from grids.entry_kinds import entry_kinds, query_of
from grids.forms.patrol import EndForm
from grids.models import CheckIn, Checkpoint, Doubt, FieldEntry, Patrol, PatrolPlan, PatrolRound
from grids.selectors.naming import Names
from grids.selectors.patrol_codes import address_of
from grids.selectors.patrol_days import coverage_of, coverage_of_grids
from grids.selectors.patrols import patrol_today
from tests.cast import grid_in_force, make_town
from tests.grids.patrols import HERE, checked, clock, planned, point, started, walked
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
PAGES = ["/work/patrol/", "/work/patrol/start/", "/work/patrol/checkin/", "/work/patrol/end/"]
COVERAGE = "admin:grids_patrol_coverage"


@pytest.fixture
def now(monkeypatch) -> datetime:
    """A moment within the early window, whenever the test runs."""
    moment = clock(8, 30)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


@pytest.fixture
def gate(grid) -> Checkpoint:
    planned(grid)
    return point(grid)


def as_user(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def bring(
    user: User, kind: str, when: datetime, /, *, sent: datetime | None = None, pk: str = "", **fields: Any
) -> Any:
    """An entry that waited in the phone, as its script sends it."""
    about = {"id": pk or str(uuid4()), "kind": kind, "captured_at": when.isoformat()}
    about["sent_at"] = (sent or timezone.now()).isoformat()
    given = {**{f"entry.{name}": value for name, value in about.items()}, **fields}
    return as_user(user).post("/work/entries/", given, headers={"Accept": "application/json"})


def position() -> dict[str, float]:
    return {"longitude": HERE.longitude, "latitude": HERE.latitude, "accuracy": HERE.accuracy}


class TestPhone:
    def test_whole_patrol_by_forms_alone(self, now, gate, grid, grid_worker):
        client = as_user(grid_worker)
        client.post(PAGES[1], {"grid": grid.pk, "key": str(uuid4())})
        answer = client.post(PAGES[2], {"code": gate.code}, follow=True)
        assert "未核实：没有手机位置" in answer.content.decode()
        client.post(PAGES[2], {"code": gate.code, **position()})
        answer = client.post(PAGES[3], {"note": "东门路灯亮着。"}, follow=True)

        patrol = Patrol.objects.get()
        assert (patrol.note, patrol.check_ins.get().is_verified) == ("东门路灯亮着。", True)
        assert "东门路灯亮着。" in answer.content.decode()
        assert PatrolRound.objects.get().is_met

    def test_tile_says_how_many_windows_are_due_and_one_less_after_a_patrol(
        self, now, gate, grid, grid_worker
    ):
        client = as_user(grid_worker)
        tile = next(one for one in client.get("/today/").context["tiles"] if one.code == "patrol")
        walked(grid, grid_worker, clock(8, 5), clock(8, 20))
        after = next(one for one in client.get("/today/").context["tiles"] if one.code == "patrol")

        assert (tile.count, after.count) == (2, 1)
        assert "10:00" in tile.text

    def test_code_of_the_printed_address_is_filled_in(self, gate, grid_worker, settings):
        settings.PUBLIC_URL = "https://portal.example"
        address = address_of(gate)

        page = as_user(grid_worker).get(address.removeprefix(settings.PUBLIC_URL)).content.decode()
        assert f'value="{gate.code}"' in page

    def test_refusal_stands_on_the_form_with_what_was_typed(self, now, gate, grid, grid_worker):
        started(grid, grid_worker, clock(8, 1))
        answer = as_user(grid_worker).post(PAGES[2], {"code": "ABC234"})

        assert answer.status_code == 422
        assert 'value="ABC234"' in answer.content.decode()

    @pytest.mark.parametrize("page", PAGES)
    def test_stranger_signs_in_and_who_walks_no_grid_is_refused(self, page, grid_worker, clerk, resident):
        assert as_user(None).get(page).status_code == 302
        assert as_user(grid_worker).get(page).status_code == 200
        for user in (clerk, resident):
            assert as_user(user).get(page).status_code == 403

    def test_worker_of_another_grid_sees_nothing(self, now, gate, grid, grid_worker, worker_of_another_grid):
        started(grid, grid_worker, clock(8, 1))
        client = as_user(worker_of_another_grid)

        page = client.get(PAGES[0]).content.decode()
        assert gate.name not in page
        assert grid.name not in page
        assert client.post(PAGES[1], {"grid": grid.pk, "key": str(uuid4())}).status_code == 422
        assert client.get(reverse("admin:grids_checkpoint_changelist")).status_code == 403
        patrol = reverse("admin:grids_patrol_change", args=[Patrol.objects.get().pk])
        assert client.get(patrol).status_code in {302, 404}

    def test_worker_never_reads_the_codes(self, gate, grid_worker):
        client = as_user(grid_worker)

        assert gate.code not in client.get(PAGES[0]).content.decode()
        for name in ("changelist", "codes"):
            assert client.get(reverse(f"admin:grids_checkpoint_{name}")).status_code == 403

    def test_phone_keeps_the_pages_of_whoever_walks(self, grid_worker, clerk):
        kept = as_user(grid_worker).get("/work/entries/").json()["keep"]

        assert set(PAGES) <= set(kept)
        assert not set(PAGES) & set(as_user(clerk).get("/work/entries/").json()["keep"])

    def test_statements_stay_the_same_with_more_points(self, gate, grid, grid_worker):
        started(grid, grid_worker, clock(8, 1))

        def count() -> int:
            grid_worker.__dict__.pop("_held_posts", None)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                patrol_today(grid_worker, at=clock(8, 30))
            return len(queries)

        few = count()
        for number in range(30):
            checked(point(grid, f"点{number}"), grid_worker, clock(8, 20))
        assert count() == few <= 7


class TestWithoutSignal:
    def test_patrol_that_waited_in_the_phone_lands_as_it_happened(self, gate, grid, grid_worker, monkeypatch):
        monkeypatch.setattr(timezone, "now", lambda: clock(15))
        codes = [
            bring(grid_worker, "grids.patrol_start", clock(8, 5), grid=grid.pk).status_code,
            bring(grid_worker, "grids.checkin", clock(8, 9), code=gate.code, **position()).status_code,
            bring(grid_worker, "grids.patrol_end", clock(8, 40), note="一切正常。").status_code,
        ]

        patrol = Patrol.objects.get()
        assert codes == [201] * 3
        assert (patrol.started_at, patrol.ended_at) == (clock(8, 5), clock(8, 40))
        assert patrol.check_ins.get().is_verified
        assert PatrolRound.objects.get().is_met

    def test_clock_that_is_off_makes_it_unverified_and_meets_nothing(self, now, gate, grid, grid_worker):
        ahead = now + timedelta(days=1)
        bring(grid_worker, "grids.patrol_start", ahead - timedelta(minutes=9), sent=ahead, grid=grid.pk)
        said = bring(grid_worker, "grids.checkin", ahead, sent=ahead, code=gate.code, **position()).json()
        bring(grid_worker, "grids.patrol_end", ahead, sent=ahead)

        assert "手机时间不准" in said["name"]
        assert CheckIn.objects.get().doubt == Doubt.CLOCK
        assert Patrol.objects.get().is_doubtful
        assert not PatrolRound.objects.exists()

    def test_check_in_before_its_start_is_refused_and_lands_afterwards(self, now, gate, grid, grid_worker):
        first = bring(grid_worker, "grids.checkin", clock(8, 20), code=gate.code)
        bring(grid_worker, "grids.patrol_start", clock(8, 5), grid=grid.pk)
        again = bring(grid_worker, "grids.checkin", clock(8, 20), code=gate.code)

        assert (first.status_code, again.status_code) == (409, 201)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("kind", ["grids.checkin", "grids.patrol_end"])
    def test_sent_by_three_at_once_lands_once_and_is_told_the_same(self, now, grid, grid_worker, kind):
        planned(grid)
        gate = point(grid)
        started(grid, grid_worker, clock(8, 5))
        pk = str(uuid4())

        answers = at_once([lambda: bring(grid_worker, kind, now, pk=pk, code=gate.code)] * 3)

        assert {answer.status_code for answer in answers} == {201}
        assert FieldEntry.objects.count() == 1

    def test_worker_is_told_what_came_of_it_however_often_the_phone_asks(self, now, gate, grid, grid_worker):
        started(grid, grid_worker, clock(8, 1))
        pk = str(uuid4())
        answers = [
            bring(grid_worker, "grids.checkin", now, pk=pk, code=gate.code).json() for _turn in range(2)
        ]

        assert answers[0] == answers[1]
        assert "未核实" in answers[0]["message"]
        assert answers[0]["warns"]

    def test_checkpoint_passed_by_two_phones_waits_on_neither(self, now, gate, grid, grid_worker):
        started(grid, grid_worker, clock(8, 1))
        first = bring(grid_worker, "grids.checkin", clock(8, 10), code=gate.code, **position())
        again = bring(grid_worker, "grids.checkin", clock(8, 11), code=gate.code, **position())

        assert (first.status_code, again.status_code) == (201, 201)
        assert CheckIn.objects.count() == 1
        assert "已经打过卡" in again.json()["message"]

    def test_what_a_form_refuses_says_why(self, now, gate, grid_worker):
        answer = bring(grid_worker, "grids.checkin", now, code="")

        assert answer.status_code == 422
        assert "打卡码" in answer.json()["extra"]["errors"]
        assert not FieldEntry.objects.exists()

    def test_grid_of_somebody_else_is_refused(self, now, other_grid, grid_worker):
        assert bring(grid_worker, "grids.patrol_start", now, grid=other_grid.pk).status_code == 422
        assert not Patrol.objects.exists()

    def test_leader_reads_what_was_typed(self, grid):
        told = {
            code: entry_kinds.get(code).said(query_of(fields), Names((grid.place.path,)))
            for code, fields in {
                "grids.patrol_start": {"grid": [str(grid.pk)]},
                "grids.checkin": {"code": ["ABC234"], "longitude": ["110"]},
                "grids.patrol_end": {"note": ["好"], "track": ["[]"]},
            }.items()
        }

        assert list(told.values()) == [
            [("网格", str(grid))],
            [("打卡码", "ABC234")],
            [("巡查记录", "好")],
        ]

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("[[110.1234567, 35.5]]", [[110.12346, 35.5]]),
            ("[[999, 35.5]]", []),
            ("[[NaN, 1]]", []),
            ('{"a": 1}', []),
            ("[" * 3000, []),
            ("x", []),
        ],
    )
    def test_way_that_cannot_be_read_is_left_out(self, typed, kept):
        form = EndForm({"note": "", "track": typed})

        assert form.is_valid()
        assert form.cleaned_data["track"] == kept


class TestDesk:
    def test_plan_and_points_are_set_and_codes_printed(self, grid, grid_leader):
        client = as_user(grid_leader)
        given = {"grid": grid.pk, "early_opens": "07:30", "early_closes": "09:00", "late_opens": "18:00"}
        client.post(
            reverse("admin:grids_patrolplan_add"),
            {**given, "late_closes": "20:00", "metres": 60, "is_active": "on"},
        )
        spot = {"grid": grid.pk, "name": "南门", "longitude": "110.7", "latitude": "35.58", "order": 1}
        client.post(reverse("admin:grids_checkpoint_add"), {**spot, "is_active": "on"})

        made = Checkpoint.objects.get()
        listed = client.get(reverse("admin:grids_checkpoint_changelist")).content.decode()
        sheet = client.get(reverse("admin:grids_checkpoint_codes")).content.decode()
        assert reverse("admin:grids_checkpoint_codes") in listed
        assert f"{PatrolPlan.objects.get().early_opens:%H:%M}" == "07:30"
        assert made.code in sheet
        assert "<svg" in sheet

    def test_half_a_position_and_overlapping_windows_are_refused_on_the_page(self, grid, grid_leader):
        client = as_user(grid_leader)
        half = {"grid": grid.pk, "name": "南门", "longitude": "110.7", "order": 1}
        answer = client.post(reverse("admin:grids_checkpoint_add"), half)
        given = {"grid": grid.pk, "early_opens": "07:30", "early_closes": "19:00", "late_opens": "18:00"}
        overlap = client.post(
            reverse("admin:grids_patrolplan_add"), {**given, "late_closes": "20:00", "metres": 60}
        )

        assert "要一起填" in answer.content.decode()
        assert "不能重叠" in overlap.content.decode()
        assert not Checkpoint.objects.exists()
        assert not PatrolPlan.objects.exists()

    def test_codes_of_other_grids_are_not_printed(self, gate, leader_of_another_grid):
        client = as_user(leader_of_another_grid)
        page = client.get(f"{reverse('admin:grids_checkpoint_codes')}?grid={gate.grid_id}").content.decode()

        assert gate.code not in page

    def test_coverage_goes_from_communities_to_grids(
        self, now, gate, grid, fuxi, grid_worker, supervisor, secretary
    ):
        walked(grid, grid_worker, clock(8, 5), clock(8, 20))
        above = as_user(supervisor).get(reverse(COVERAGE))
        here = as_user(secretary).get(reverse(COVERAGE))

        assert [(row.name, row.total.met) for row in above.context["shown"].rows] == [
            ("叠翠社区", 1),
            ("府西社区", 0),
        ]
        assert [row.name for row in here.context["shown"].rows] == ["第1网格", "第2网格"]
        assert [row.total.met for row in here.context["shown"].rows] == [1, 0]

    def test_days_are_drawn_with_the_table_beside(self, now, gate, grid, grid_worker, secretary, supervisor):
        walked(grid, grid_worker, clock(8, 5), clock(8, 20))
        PatrolRound.objects.create(grid=grid, day=now.date() - timedelta(days=1), part="late")

        own = as_user(secretary).get(reverse(COVERAGE)).content.decode()
        wide = as_user(supervisor).get(reverse(COVERAGE)).content.decode()
        page = as_user(secretary).get(reverse("admin:grids_grid_change", args=[grid.pk])).content.decode()

        for shown, name in ((own, "days-chart"), (wide, "days-chart"), (page, "patrols-chart")):
            assert f'aria-labelledby="{name}-title {name}-text"' in shown
            assert shown.count('class="chart__whole"') == 7
            assert "11月20日 1/1" in shown
        assert "11月19日 0/1、11月20日 1/1" in page
        assert '<th class="nowrap" scope="row">11月19日</th><td>1</td><td>0 (0%)</td><td>1</td>' in page

    def test_grid_that_nobody_walks_shows_no_chart(self, other_grid, secretary):
        page = as_user(secretary).get(reverse("admin:grids_grid_change", args=[other_grid.pk]))

        assert "patrols-chart" not in page.content.decode()

    def test_coverage_of_others_is_not_shown(self, gate, diecui, fuxi, grid_worker, clerk):
        other = f"{reverse(COVERAGE)}?community={fuxi.community.pk}"
        assert "府西" not in as_user(clerk).get(other).content.decode()

        shown = as_user(grid_worker).get(reverse(COVERAGE)).context["shown"]
        assert [row.name for row in shown.rows] == ["第1网格"]
        assert as_user(None).get(reverse(COVERAGE)).status_code == 302

    def test_statements_of_coverage_stay_the_same_at_any_size(self, diecui, subdistrict, supervisor):
        def count() -> tuple[int, int]:
            with CaptureQueriesContext(connection) as above:
                coverage_of([subdistrict.path], at=clock(8, 30))
            with CaptureQueriesContext(connection) as below:
                coverage_of_grids(diecui.community, [subdistrict.path], at=clock(8, 30))
            return len(above), len(below)

        few = count()
        for number in range(30):
            grid_in_force(diecui.community, f"新{number}", [])
        make_town("fuxi", "府西社区", subdistrict)
        assert count() == few == (3, 3)

    def test_walk_is_read_with_its_check_ins(self, gate, grid, grid_worker, grid_leader):
        patrol = started(grid, grid_worker, clock(8, 1))
        checked(gate, grid_worker, clock(8, 10), None)
        client = as_user(grid_leader)

        page = client.get(reverse("admin:grids_patrol_change", args=[patrol.pk])).content.decode()
        assert "没有手机位置" in page
        assert "1 (0)" in client.get(reverse("admin:grids_patrol_changelist")).content.decode()
