"""What one grid enters nobody of another grid finds: no list, search, export, address or interface shows it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from community.models import ListExport
from community.tasks import run_list_exports
from core.models import User
from grids.actions import gifts, visiting
from grids.actions.action_plans import PlanGiven, action_plan_set
from grids.actions.campaigns import e_bike_register
from grids.actions.registers.files import file_write
from grids.actions.sweep_walking import stop_walk, walker_name
from grids.actions.sweeps import Went
from grids.actions.winter import winters_begin
from grids.models import (
    ActionMeasure,
    ActionTask,
    CareVisit,
    Errand,
    FieldEntry,
    GiftDelivery,
    GiftPack,
    Grid,
    HandOver,
    HazardEvent,
    MeterCycle,
    Need,
    Patrol,
    SafetyVisit,
    StandingVisit,
    SweepStop,
    Visit,
    VisitWish,
)
from grids.urls import urlpatterns
from petitions.models import Petition
from tests.cast import NOW, Town, make_resident
from tests.grids import errands, meters, needs, patrols
from tests.grids.hazards import in_hand, photo, upload
from tests.grids.registers import mark
from tests.grids.test_action_plans import body
from tests.grids.test_applications import begin as application
from tests.grids.test_campaigns import campaign
from tests.grids.test_care import five, take  # noqa: F401
from tests.grids.test_diary import write as diary
from tests.grids.test_emergency import approved, drilled
from tests.grids.test_entry_posts import DAY, bring
from tests.grids.test_sweeps import planned as sweep
from tests.grids.test_whistles import blow, members
from tests.grids.test_winter import coal
from tests.grids.test_winter import planned as winter
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


STEPS = {
    "care_step": ("visit", "colour", "pair", "release", "refer", "census", "close"),
    "tag_step": ("end", "recheck"),
    "application_step": ("done", "told", "end"),
    "need_step": ("respond", "up", "solve", "close", "move"),
    "hazard_step": ("done", "recheck", "move", "look"),
}
"""What is done at an address, one after the other."""


ELSEWHERE = {
    *("campaign", "action_plan", "action_task_done", "whistle", "plan", "drill_new", "finding_hazard"),
    *("company_hazard", "company_done", "company_photo", "application_next", "walk", "walk_record"),
}
"""What is guessed of another community, of a company or a volunteer, or of what is not granted yet."""


@pytest.fixture
def guessed(theirs, more, abroad) -> dict[str, list[Any]]:
    """For each address that names something: what somebody would guess, of the first grid; where all grids of a
    community see it, of another community."""
    by_name = {one._meta.model_name: one for one in [*theirs, *more, *abroad]}
    pk = {name: one.pk for name, one in by_name.items()}
    cared, reading = by_name["caresubject"], by_name["metercycle"].readings.get(photo__isnull=False)
    door, hazard = by_name["visit"].household_id, by_name["hazard"]
    shot = hazard.photos.first().pk
    one_door = ("home", "visit", "home_notes", "standing", "application_new", "bikes", "coal")
    return {
        **{name: [door] for name in one_door},
        "gift_photo": [pk["giftpack"]],
        "wish": [door, cared.resident_id],
        "patrol_walk": [pk["patrol"]],
        "bike_remove": [door, pk["ebike"]],
        **{name: [cared.resident_id] for name in ("person", "tag_new", "care_new")},
        "care_file": [cared.pk],
        "care_file_section": [cared.pk, "life"],
        "care_step": [cared.pk],
        "tag_step": [pk["residenttag"]],
        **{name: [pk["errand"]] for name in ("errand", "errand_done", "errand_told", "errand_move")},
        "diary_entry": [pk["opiniondiaryentry"]],
        **{name: [reading.cycle_id] for name in ("meter_cycle", "meter_share")},
        **{name: [reading.cycle_id, reading.pk] for name in ("meter_read", "meter_photo")},
        **{
            name: [pk["assistedapplication"]]
            for name in ("application", "application_next", "application_step")
        },
        **{name: [pk["need"]] for name in ("need", "need_step")},
        **{name: [hazard.pk] for name in ("hazard", "hazard_step", "company_hazard", "company_done")},
        **{name: [hazard.pk, shot] for name in ("hazard_photo", "company_photo")},
        **{name: [pk["sweep"]] for name in ("sweep", "stop_record", "walk", "walk_record")},
        "stop_photo": [pk["sweep"], by_name["sweep"].stops.get(photo__isnull=False).pk],
        "held": [pk["fieldentry"]],
        "held_photo": [pk["fieldentry"], by_name["fieldentry"].photos.get().pk],
        "campaign": [pk["campaign"]],
        "action_plan": [pk["actionplan"]],
        "action_task_done": [pk["actiontask"]],
        "whistle": [pk["whistle"]],
        "call_answer": [pk["whistle"], "coming"],
        **{name: [pk["emergencyplan"]] for name in ("plan", "drill_new")},
        "finding_hazard": [pk["drillfinding"]],
    }


@pytest.fixture
def more(theirs, diecui: Town, grid_worker: User, grid_leader: User) -> list[Model]:
    """What has no list of its own at the desk: a photo of a meter, a pack, a round of winter, a held entry."""
    door, at = diecui.households[0], timezone.now()
    reading = MeterCycle.objects.get().readings.order_by("pk")[0]
    meters.read(reading, grid_worker, photo=photo())
    coal(door, grid_worker, at=at)
    winter(diecui.community, at=at)
    winters_begin(at=at)
    visiting.standing_set(household_id=door.pk, every_days=5, reason=SECRET, actor=None, at=at)
    day = timezone.localdate(at)
    packs = gifts.Gifts(SECRET, "春联", day, day + 9 * DAY)
    gifts.gift_campaign_create(community=diecui.community, gifts=packs, actor=None, at=at)
    pack = GiftPack.objects.get(household=door)
    gifts.gift_deliver(pack_id=pack.pk, signed_by="张奶奶", actor=grid_worker, at=at, photo=photo())
    volunteer, stop = make_resident(door, "志愿者", "13900000032").user, SweepStop.objects.get()
    walker_name(sweep_id=stop.sweep_id, user_id=volunteer.pk, actor=grid_leader, at=at)
    stop_walk(stop_id=stop.pk, went=Went("hazard", SECRET, at, photo()), actor=volunteer, at=at)
    sent = {"household": door.pk, "text": SECRET, "kind": "other", **upload()}
    bring(grid_worker, "grids.errand", sent, days_ago=0, **{"entry.to_leader": "on", "entry.title": SECRET})
    return [pack, SafetyVisit.objects.get(), FieldEntry.objects.get()]


@pytest.fixture
def abroad(fuxi: Town, secretary_of_another_community: User) -> list[Model]:
    """What all grids of a community see, of another community."""
    at, actor = timezone.now(), secretary_of_another_community
    plan = approved(fuxi.estate, at=at)
    drill = drilled(plan, actor, at=at)
    day = timezone.localdate(at)
    years = PlanGiven(SECRET, day, day + 300 * DAY)
    action_plan = action_plan_set(community=fuxi.community, given=years, actor=None, at=at)
    measure = ActionMeasure.objects.create(plan=action_plan, number=1, title=SECRET)
    lead = body(fuxi.community, "民政局")
    task = ActionTask.objects.create(measure=measure, number=1, text=SECRET, lead=lead, due_on=day + DAY)
    members(fuxi, 1)
    whistle = blow(fuxi.place, actor, at=at, topic=SECRET)
    return [plan, drill.findings.get(), campaign(fuxi.community), action_plan, task, whistle]


def addresses(guessed: dict[str, list[Any]]) -> list[tuple[str, str]]:
    """(name, address) of every route of grids, with every step; a route that nobody guessed fails here."""
    found = []
    for route in urlpatterns:
        args = guessed[str(route.name)] if route.pattern.converters else []
        steps = [[step] for step in STEPS.get(str(route.name), ())] or [[]]
        found += [(str(route.name), reverse(f"grids:{route.name}", args=[*args, *step])) for step in steps]
    return found


def test_every_address_of_grids_is_among_those_that_are_guessed(guessed):
    named = {route.name for route in urlpatterns if route.pattern.converters}

    assert named == set(guessed)


def test_whoever_leads_the_grid_opens_each_of_them(client, guessed, grid_leader):
    """Else the tests below would prove nothing."""
    client.force_login(grid_leader)
    found = {name for name, path in addresses(guessed) if client.get(path).status_code not in {403, 404}}

    assert set(guessed) - found - ELSEWHERE == set()


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_addresses_that_are_guessed_say_that_nothing_is_there(request, client, guessed, who, method):
    client.force_login(request.getfixturevalue(who))
    found = {path: getattr(client, method)(path) for name, path in addresses(guessed) if name in guessed}

    there = {path: answer.status_code for path, answer in found.items()}
    assert {path: status for path, status in there.items() if status not in {403, 404, 405}} == {}
    assert not [path for path, answer in found.items() if SECRET in answer.content.decode()]


@pytest.mark.parametrize("who", OTHERS)
def test_addresses_that_name_nothing_show_none_of_it(request, client, guessed, grid, who):
    client.force_login(request.getfixturevalue(who))
    door, visit, pack = guessed["home"][0], SafetyVisit.objects.get().pk, GiftPack.objects.get().pk
    asked = [path for name, path in addresses(guessed) if name not in guessed]
    asked += [
        f"{path}{query}"
        for path in asked
        for query in (f"?door={door}", f"?visit={visit}", f"?grid={grid.pk}", f"?pack={pack}")
    ]
    found = {path: client.get(path) for path in asked}

    assert not [path for path, answer in found.items() if SECRET in answer.content.decode()]
    assert {answer.status_code for answer in found.values()} <= {200, 302, 403, 404, 405}


@pytest.mark.parametrize("who", ["anonymous", "outsider"])
def test_addresses_that_are_guessed_are_closed_to_strangers(request, client, guessed, who):
    if who == "outsider":
        client.force_login(request.getfixturevalue(who))
    for _name, path in addresses(guessed):
        for answer in (client.get(path), client.post(path)):
            assert SECRET not in answer.content.decode(), path


def test_nothing_that_is_guessed_changes_a_thing(client, guessed, theirs, worker_of_another_grid):
    counted = (Visit, Errand, Need, GiftDelivery, VisitWish, StandingVisit, CareVisit, HazardEvent, HandOver)
    before = [model.objects.count() for model in counted]
    kept = [model_to_dict(type(one).objects.get(pk=one.pk)) for one in theirs]
    client.force_login(worker_of_another_grid)
    for name, path in addresses(guessed):
        if name in guessed:
            client.post(path, {"text": "x", "words": "x", "reason": "x", "value": "99", "how": "phone"})

    assert [model.objects.count() for model in counted] == before
    assert [model_to_dict(type(one).objects.get(pk=one.pk)) for one in theirs] == kept


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
