"""拉网式摸排: every stop has a record, also where nothing was found; what was not reached stays listed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, RepeatedError
from core.models import InboxItem, User
from grids.actions.sweep_reminding import sweeps_remind
from grids.actions.sweeps import SweepPlan, stop_record, sweep_finish, sweep_plan
from grids.models import Sweep, SweepStop
from grids.selectors.sweeps import shown
from tests.cast import NOW
from tests.grids.test_hazards import DAY, TODAY, a_type, in_hand, upload
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
LIST = "/work/sweeps/"


def planned(scope: Any, actor: User, going: list[User], *, at: Any = NOW, **given: Any) -> Sweep:
    plan = {
        "scope": scope,
        "name": "冬季消防摸排",
        "checklist": "楼道畅通\n没有飞线",
        "participants": going,
        "starts_on": timezone.localdate(at),
        "ends_on": timezone.localdate(at) + 3 * DAY,
        **given,
    }
    return sweep_plan(plan=SweepPlan(**plan), actor=actor, at=at)


def go(
    stop: SweepStop, actor: User, result: str = "nothing", *, at: Any = NOW, then: Any = None
) -> SweepStop:
    return stop_record(stop_id=stop.pk, result=result, note="", actor=actor, happened_at=then or at, at=at)


@pytest.fixture
def sweep(diecui, secretary, grid_worker) -> Sweep:
    return planned(diecui.estate, secretary, [grid_worker])


class TestPlanning:
    def test_buildings_and_shops_are_stops(self, diecui, secretary, grid_worker):
        sweep = planned(diecui.estate, secretary, [grid_worker], shops=["老韩面馆", "老韩面馆", " "])

        assert [str(stop) for stop in sweep.stops.all()] == [
            "一号小区 1号楼", "一号小区 2号楼", "一号小区 老韩面馆",
        ]  # fmt: skip

    def test_of_a_grid_its_own_buildings(self, grid, grid_leader, grid_worker):
        assert planned(grid.place, grid_leader, [grid_worker]).stops.count() == 1

    def test_leader_of_a_grid_plans_none_for_the_estate(self, diecui, grid_leader, grid_worker):
        with pytest.raises(NotAllowedError):
            planned(diecui.estate, grid_leader, [grid_worker])

    @pytest.mark.parametrize(
        "given",
        [
            {"checklist": " "},
            {"participants": []},
            {"ends_on": TODAY - DAY},
            {"starts_on": TODAY + 9 * DAY},
        ],
    )
    def test_what_is_missing_is_refused(self, diecui, secretary, grid_worker, given):
        with pytest.raises(InvalidInputError):
            planned(diecui.estate, secretary, **{"going": [grid_worker], **given})


class TestStops:
    def test_nothing_found_is_a_record(self, sweep, grid_worker):
        go(sweep.stops.first(), grid_worker)

        assert (shown(sweep).coverage, len(shown(sweep).left), shown(sweep).per_hundred) == ("50.0", 1, "0")

    def test_thirty_eight_of_forty_are_ninety_five_percent_and_two_are_listed(
        self, diecui, secretary, grid_worker
    ):
        sweep = planned(diecui.estate, secretary, [grid_worker], shops=[f"{n}号铺" for n in range(38)])
        for stop in sweep.stops.all()[2:]:
            go(stop, grid_worker)
        sweep_finish(sweep_id=sweep.pk, actor=secretary, at=NOW + DAY)

        found = shown(sweep)
        assert (len(found.stops), found.coverage) == (40, "95.0")
        assert [str(stop) for stop in found.left] == ["一号小区 1号楼", "一号小区 2号楼"]

    def test_hazard_at_its_building_belongs_to_the_stop(self, sweep, building, grid_worker):
        hazard = in_hand(building, grid_worker)

        stop = SweepStop.objects.get(place=building)
        assert (hazard.stop, stop.result, stop.recorded_by) == (stop, "hazard", grid_worker)
        assert shown(sweep).per_hundred == "100"

    def test_hazard_of_somebody_who_does_not_take_part_belongs_to_none(self, sweep, building, grid_leader):
        assert in_hand(building, grid_leader).stop is None

    def test_stop_with_a_hazard_does_not_become_one_without(self, sweep, building, grid_worker):
        in_hand(building, grid_worker)

        assert go(SweepStop.objects.get(place=building), grid_worker).result == "hazard"

    def test_what_comes_twice_is_one_record(self, sweep, grid_worker):
        stop = sweep.stops.first()
        go(stop, grid_worker)
        go(stop, grid_worker, "hazard")

        assert [one.result for one in sweep.stops.all()] == ["hazard", ""]

    def test_what_a_colleague_recorded_is_refused_by_name(self, sweep, grid_worker, secretary):
        go(sweep.stops.first(), grid_worker)

        with pytest.raises(ConflictError, match="王网格"):
            go(sweep.stops.first(), secretary)

    @pytest.mark.django_db(transaction=True)
    def test_recorded_by_two_at_once_the_second_is_told(self, sweep, grid_worker, secretary):
        stop = sweep.stops.first()
        results = at_once([lambda one=one: go(stop, one) for one in (grid_worker, secretary)])

        assert sum(isinstance(result, SweepStop) for result in results) == 1
        assert sum(isinstance(result, ConflictError) for result in results) == 1

    def test_who_does_not_take_part_is_refused(self, sweep, worker_of_another_grid):
        with pytest.raises(NotAllowedError):
            go(sweep.stops.first(), worker_of_another_grid)

    def test_after_the_end_only_what_happened_before_it_is_taken(self, sweep, grid_worker, secretary):
        sweep_finish(sweep_id=sweep.pk, actor=secretary, at=NOW + DAY)
        late = NOW + 2 * DAY
        go(sweep.stops.first(), grid_worker, at=late, then=NOW)

        with pytest.raises(ConflictError):
            go(sweep.stops.last(), grid_worker, at=late)
        with pytest.raises(RepeatedError):
            sweep_finish(sweep_id=sweep.pk, actor=secretary, at=late)

    def test_unknown_stop_is_none(self, sweep, grid_worker):
        with pytest.raises(NotFoundError):
            go(SweepStop(pk=999999), grid_worker)

    def test_database_refuses_a_result_of_nobody(self, sweep):
        with pytest.raises(IntegrityError, match="sweep_stop_recorded_by_somebody"), transaction.atomic():
            sweep.stops.update(result="nothing")


class TestReminding:
    def test_first_day_last_day_and_once_it_is_over(self, sweep, grid_worker, secretary):
        told = {}
        for day in range(6):
            before = InboxItem.objects.count()
            for _ in range(2):
                sweeps_remind(at=NOW + day * DAY)
            told[day] = [item.user.username for item in InboxItem.objects.order_by("pk")[before:]]

        assert told == {0: ["worker"], 1: [], 2: [], 3: ["worker"], 4: ["secretary"], 5: []}

    def test_on_the_last_day_with_all_reached_nobody_is_told(self, sweep, grid_worker):
        for stop in sweep.stops.all():
            go(stop, grid_worker)
        sweeps_remind(at=NOW)
        before = InboxItem.objects.count()
        sweeps_remind(at=NOW + 3 * DAY)

        assert InboxItem.objects.count() == before


class TestPages:
    @pytest.fixture
    def sweep(self, diecui, secretary, grid_worker) -> Sweep:
        return planned(diecui.estate, secretary, [grid_worker], at=timezone.now())

    def test_whole_way_on_the_phone(self, client, sweep, building, grid_worker):
        client.force_login(grid_worker)
        first, last = sweep.stops.all()
        tile = next(tile for tile in client.get("/today/").context["tiles"] if tile.code == "sweep")
        assert (tile.count, tile.url) == (2, f"{LIST}{sweep.pk}/")
        assert f"{LIST}{sweep.pk}/" in client.get(LIST).content.decode()
        form = f"{LIST}{sweep.pk}/record/"
        assert form in client.get(tile.url).content.decode()
        assert client.get(f"{form}?stop={last.pk}").status_code == 200
        assert client.post(form, {"stop": last.pk}).status_code == 422
        assert client.post(form, {"stop": last.pk, "result": "nothing"}).status_code == 302
        answer = client.post(form, {"stop": first.pk, "result": "hazard"})
        assert answer["Location"] == f"/work/hazards/new/?stop={first.pk}"
        page = client.get(answer["Location"]).content.decode()
        assert f'name="stop" value="{first.pk}"' in page

        assert [stop.result for stop in sweep.stops.all()] == ["hazard", "nothing"]
        assert "sweep" not in {tile.code for tile in client.get("/today/").context["tiles"]}

    def test_hazard_of_a_shop_belongs_to_its_stop(self, client, diecui, secretary, grid_worker):
        sweep = planned(
            diecui.estate, secretary, [grid_worker], at=timezone.now(), shops=["老韩面馆"], name="店铺"
        )
        stop = sweep.stops.get(name="老韩面馆")
        client.force_login(grid_worker)
        given = {
            "key": str(uuid4()),
            "type": a_type().pk,
            "place": diecui.estate.pk,
            "text": "胶管老化。",
            "rectify_by": f"{timezone.localdate()}",
            "name": "店主",
            "stop": stop.pk,
        }
        assert client.post("/work/hazards/new/", {**given, **upload()}).status_code == 302

        assert shown(sweep).hazards == 1
        stop.refresh_from_db()
        assert stop.result == "hazard"

    def test_out_of_the_phone_it_lands_once_with_its_own_time(self, client, sweep, grid_worker):
        client.force_login(grid_worker)
        now, stop = timezone.now(), sweep.stops.first()
        sent = {
            "entry.id": str(uuid4()),
            "entry.kind": "grids.stop",
            "entry.title": "摸排记录",
            "entry.captured_at": (now - timedelta(hours=3)).isoformat(),
            "entry.sent_at": now.isoformat(),
            "stop": stop.pk,
            "result": "nothing",
        }
        answers = [client.post("/work/entries/", sent) for _ in range(2)]

        stop.refresh_from_db()
        assert [answer.status_code for answer in answers] == [201, 201]
        assert timedelta(hours=2) < now - stop.recorded_at < timedelta(hours=4)
        keep = client.get("/work/entries/").json()["keep"]
        assert {f"{LIST}{sweep.pk}/", f"{LIST}{sweep.pk}/record/"} <= set(keep)

    def test_left_to_the_leader_it_is_read_by_its_name(self, client, sweep, grid_worker, grid_leader):
        client.force_login(grid_worker)
        now = timezone.now()
        sent = {
            "entry.id": str(uuid4()),
            "entry.kind": "grids.stop",
            "entry.title": "摸排记录",
            "entry.captured_at": now.isoformat(),
            "entry.sent_at": now.isoformat(),
            "entry.to_leader": "on",
            "entry.objection": "不会填",
            "stop": sweep.stops.first().pk,
            "result": "nothing",
        }
        client.post("/work/entries/", sent)
        client.force_login(grid_leader)
        page = client.get(reverse("grids:held", args=[sent["entry.id"]])).content.decode()

        assert "1号楼" in page
        assert "没有发现问题" in page

    def test_others_see_nothing(self, client, sweep, outsider, worker_of_another_grid):
        paths = (f"{LIST}{sweep.pk}/", f"{LIST}{sweep.pk}/record/")
        assert {client.get(path).status_code for path in (LIST, *paths)} == {302}
        client.force_login(outsider)
        assert {client.get(path).status_code for path in (LIST, *paths)} == {403}
        client.force_login(worker_of_another_grid)
        assert {client.get(path).status_code for path in paths} == {404}
        assert sweep.name not in client.get(LIST).content.decode()

    def test_page_takes_as_many_statements_for_many(self, client, diecui, secretary, grid_worker):
        client.force_login(grid_worker)
        counted = []
        for number in (3, 30):
            shops = [f"{n}号铺" for n in range(number)]
            sweep = planned(
                diecui.estate, secretary, [grid_worker], at=timezone.now(), name=f"{number}", shops=shops
            )
            client.get(f"{LIST}{sweep.pk}/")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"{LIST}{sweep.pk}/")
                client.get(LIST)
            counted.append(len(queries))

        assert counted[0] == counted[1]


def test_desk_plans_shows_and_ends_it(client, diecui, secretary, grid_worker):
    client.force_login(secretary)
    pages, today = reverse("admin:grids_sweep_changelist"), timezone.localdate()
    given = {
        "scope": diecui.estate.pk,
        "name": "年前摸排",
        "checklist": "楼道\n线路",
        "participants": [grid_worker.pk],
        "shops": "老韩面馆\n东院",
        "starts_on": f"{today}",
        "ends_on": f"{today + DAY}",
    }
    assert client.post(f"{pages}add/", given).status_code == 302
    sweep = Sweep.objects.get()
    assert "0 / 4" in client.get(pages).content.decode()
    assert "老韩面馆" in client.get(f"{pages}{sweep.pk}/change/").content.decode()
    assert client.post(f"{pages}{sweep.pk}/finish/").status_code == 302

    sweep.refresh_from_db()
    assert sweep.finished_by == secretary
