"""What one grid enters nobody of another grid finds: no list, search, export, address or interface shows it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from community.models import ListExport
from community.tasks import run_list_exports
from core.models import User
from grids.actions.campaigns import e_bike_register
from grids.actions.registers.files import file_write
from grids.models import Grid, Patrol
from petitions.models import Petition
from tests.cast import NOW, Town, make_resident
from tests.grids import errands, meters, needs, patrols
from tests.grids.hazards import in_hand
from tests.grids.registers import mark
from tests.grids.test_applications import begin as application
from tests.grids.test_care import five, take  # noqa: F401
from tests.grids.test_diary import write as diary
from tests.grids.test_sweeps import planned as sweep
from tests.grids.visits import visit
from tests.petitions.loop import file, person

# ruff: noqa: F811

pytestmark = pytest.mark.django_db
SECRET = "只有一网格知道的事"
OTHERS = ["worker_of_another_grid", "leader_of_another_grid"]


@pytest.fixture
def theirs(diecui: Town, grid, grid_worker: User, grid_leader: User, secretary: User, five) -> list[Model]:
    """One of everything that is entered in the first grid."""
    door, building = diecui.households[0], diecui.buildings[0]
    elder = make_resident(door, f"孤老{SECRET}", "13900000031")
    cared = take(elder, five, "green", grid_worker)
    file_write(subject_id=cared.pk, section="life", text=SECRET, actor=grid_worker, at=NOW)
    return [
        visit(door, grid_worker, outcome="hazard", finding=SECRET),
        errands.take(door, grid_worker, SECRET),
        needs.report(door, grid_worker, SECRET),
        diary(building, grid_worker, SECRET),
        in_hand(building, grid_worker, spot=SECRET),
        meters.begin(building, grid_leader, name=SECRET),
        walk_noted(grid, grid_worker),
        patrols.point(grid, SECRET),
        mark(elder, "特殊人群", grid_worker),
        cared,
        application(elder, grid_worker),
        sweep(grid.place, grid_leader, [grid_worker], at=timezone.now(), name=SECRET),
        e_bike_register(household=door, plate="A1234", actor=grid_worker, at=NOW),
    ]


def walk_noted(grid: Grid, worker: User) -> Patrol:
    patrols.started(grid, worker, patrols.clock(8, 10))
    patrols.noted(worker, patrols.clock(8, 30), "opinion", SECRET)
    return patrols.ended(worker, patrols.clock(9))


def desk(one: Model, page: str, *args: Any) -> str:
    return reverse(f"admin:{one._meta.label_lower.replace('.', '_')}_{page}", args=args)


def listed(client: Client, one: Model, query: str = "") -> list[Any]:
    """What the desk lists; nothing where it does not open."""
    answer = client.get(desk(one, "changelist") + query)
    return list(answer.context["cl"].result_list) if answer.status_code == 200 else []


def exported(client: Client, one: Model) -> str:
    """The words of the list as a file; empty where there is none."""
    ListExport.objects.all().delete()
    if not admin.site.get_model_admin(type(one)).exportable:
        return ""
    client.post(desk(one, "export"), {"purpose": "核对"})
    run_list_exports()
    job = ListExport.objects.first()
    if job is None or job.state != "done":
        return ""
    got = client.get(reverse("admin:community_listexport_file", args=[job.pk]))
    sheet = load_workbook(io.BytesIO(b"".join(got.streaming_content))).active
    return "\n".join(str(cell.value) for row in sheet.iter_rows(min_row=2) for cell in row)


def test_whoever_is_of_this_community_sees_each_of_them(client, theirs, secretary):
    """Else the tests below would prove nothing."""
    client.force_login(secretary)

    assert [one._meta.label for one in theirs if one not in listed(client, one)] == []


@pytest.mark.parametrize("who", OTHERS)
def test_desk_of_another_grid_lists_finds_and_opens_none(request, client, theirs, who):
    client.force_login(request.getfixturevalue(who))

    for one in theirs:
        found = [*listed(client, one), *listed(client, one, f"?q={SECRET}"), *listed(client, one, "?q=1号楼")]
        assert found == [], one._meta.label
        assert client.get(desk(one, "change", one.pk)).status_code in {302, 403, 404}, one._meta.label


@pytest.mark.parametrize("who", OTHERS)
def test_export_of_another_grid_holds_none(request, client, theirs, who):
    client.force_login(request.getfixturevalue(who))

    for one in theirs:
        assert exported(client, one) == "", one._meta.label


def test_export_of_the_community_holds_them(client, theirs, secretary):
    client.force_login(secretary)
    told = {one._meta.label for one in theirs if exported(client, one)}

    assert {"grids.Visit", "grids.Errand", "grids.Need", "grids.Hazard", "grids.ResidentTag"} <= told


@pytest.mark.parametrize("who", OTHERS)
def test_addresses_that_are_guessed_say_that_nothing_is_there(request, client, theirs, who):
    client.force_login(request.getfixturevalue(who))
    by_name = {one._meta.model_name: one for one in theirs}
    cared, cycle = by_name["caresubject"], by_name["metercycle"]
    pages = {
        "patrol_walk": [by_name["patrol"].pk],
        "home": [by_name["visit"].household_id],
        "visit": [by_name["visit"].household_id],
        "bikes": [by_name["visit"].household_id],
        "application_new": [by_name["visit"].household_id],
        "person": [cared.resident_id],
        "care_file": [cared.pk],
        "care_file_section": [cared.pk, "life"],
        "errand": [by_name["errand"].pk],
        "errand_told": [by_name["errand"].pk],
        "need": [by_name["need"].pk],
        "need_step": [by_name["need"].pk, "close"],
        "diary_entry": [by_name["opiniondiaryentry"].pk],
        "hazard": [by_name["hazard"].pk],
        "meter_cycle": [cycle.pk],
        "meter_read": [cycle.pk, cycle.readings.first().pk],
        "application": [by_name["assistedapplication"].pk],
        "sweep": [by_name["sweep"].pk],
        "stop_record": [by_name["sweep"].pk],
    }
    found = {name: client.get(reverse(f"grids:{name}", args=args)) for name, args in pages.items()}

    assert {name: answer.status_code for name, answer in found.items() if answer.status_code != 404} == {}
    assert not [name for name, answer in found.items() if SECRET in answer.content.decode()]


@pytest.mark.parametrize("who", OTHERS)
def test_lists_on_the_phone_name_none(request, client, theirs, who):
    client.force_login(request.getfixturevalue(who))
    keep = client.get("/work/entries/").json()["keep"]
    pages = {path: client.get(path).content.decode() for path in [*keep, "/work/register/?mark=all"]}

    assert not [path for path, words in pages.items() if SECRET in words]


@pytest.mark.parametrize("who", OTHERS)
def test_interface_for_hazards_tells_of_none(request, client, theirs, who):
    [hazard] = [one for one in theirs if one._meta.model_name == "hazard"]
    client.force_login(request.getfixturevalue(who))

    assert hazard.number not in client.get("/api/v1/hazards/").content.decode()
    assert client.get(f"/api/v1/hazards/{hazard.pk}/").status_code in {403, 404}


@pytest.mark.parametrize("who", OTHERS)
def test_search_and_interface_find_no_matter_of_the_first_grid(request, client, diecui, grid_worker, who):
    petition: Petition = file(diecui, actor=grid_worker, text=SECRET, who=person(name="林阿姨"))
    client.force_login(request.getfixturevalue(who))

    for typed in (SECRET, petition.number, "13912345678", "1号楼"):
        page = client.get("/work/search/", {"q": typed}).content.decode()
        assert f"/work/{petition.number}/" not in page, typed
    told = client.get(f"/api/v1/petitions/{petition.number}/", headers={"Accept": "application/json"})
    assert told.status_code in {403, 404}
    assert petition.number not in client.get("/api/v1/petitions/").content.decode()
    client.force_login(grid_worker)
    assert f"/work/{petition.number}/" in client.get("/work/search/", {"q": SECRET}).content.decode()
    assert client.get(f"/api/v1/petitions/{petition.number}/").status_code == 200
