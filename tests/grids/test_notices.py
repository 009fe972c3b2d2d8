"""No notice leads to a closed door, whoever a vacant tier passed it on to (G-03, G-06, G-17, G-22)."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.duties import PLACE_KINDS, Duty
from core import outbox
from core.display import absolute
from core.models import InboxItem, User
from core.outbox import Message
from grids.actions.action_plans import PlanGiven, action_plan_set
from grids.actions.emergency import Crew, team_set
from grids.actions.emergency_reminding import plans_remind
from grids.actions.registers.census import census_plan
from grids.actions.registers.referrals import referral_raise
from grids.models import EmergencyPlan
from grids.selectors.reach import within_reach
from tests.cast import NOW, make_resident, make_staff
from tests.grids import errands, meters, needs
from tests.grids.hazards import in_hand
from tests.grids.test_applications import begin as application
from tests.grids.test_campaigns import campaign
from tests.grids.test_care import five, take  # noqa: F401
from tests.grids.test_emergency import approved
from tests.grids.test_sweeps import planned as sweep
from tests.grids.test_whistles import blow, people  # noqa: F401
from tests.grids.visits import visit

# ruff: noqa: F811

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ADDRESS: Final = re.compile(r"(?:admin:grids_|grids:)[a-z_]+")
WRITTEN: Final = ("admin:grids_visit_change", "admin:grids_partnerlead_change")
"""Put together from words, so that none of them stands in the text."""
TOLD: Final = {Duty.AREA_OFFICER, Duty.CHILD_OFFICER, Duty.SUPERVISOR, Duty.PROPERTY_REP}
"""Besides worker, leader and secretary; the desk reads what the secretary reads."""
BY_NAME: Final = {
    "grids:company_hazard",
    "grids:company_hazards",
    "grids:held",
    "grids:helped",
    "grids:plan",
    "grids:plans",
    "grids:walk",
}
"""Told only to those whom the very thing names, whatever their post: the tests of each say that it opens."""
OF_COMMUNITY: Final = {"grids:action_plan", "grids:whistle", "admin:grids_censusround_change"}
"""Of a whole community: nobody is told whose post lies below it."""
IN_A_GRID: Final = {"grid_worker", "grid_leader", Duty.AREA_OFFICER}


def addresses() -> set[str]:
    """The names of the pages that notices lead to, as they stand in the text."""
    folder = Path(settings.BASE_DIR, "grids")
    files = [*folder.glob("*notices.py"), *folder.joinpath("actions").rglob("*.py")]
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text())))
    words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {word for word in words if ADDRESS.fullmatch(word)} | {*WRITTEN}


@pytest.fixture
def rows(diecui, grid, estate, five, grid_worker, grid_leader, secretary, people) -> dict[str, int]:
    """By the name of a page, something of the first grid that it shows."""
    now, door, community = timezone.now(), diecui.households[0], diecui.community
    elder = make_resident(door, "孤老", "13900000031")
    cared = take(elder, five, "red", grid_worker, at=now)
    found = visit(door, grid_worker, outcome="resource", finding="愿意帮忙", at=now)
    today = timezone.localdate(now)
    plan = action_plan_set(
        community=community, given=PlanGiven("方案", today, today + DAY), actor=None, at=now
    )
    return {
        "admin:grids_censusround_change": census_plan(
            community=community, year=2026, half=2, opens_on=today, closes_on=today + DAY, actor=None, at=now
        ).pk,
        "admin:grids_protectionreferral_change": referral_raise(
            subject_id=cared.pk, relief="低保", grounds="困难", actor=None, at=now
        ).pk,
        "admin:grids_visit_change": found.pk,
        "admin:grids_partnerlead_change": found.pk,
        "grids:action_plan": plan.pk,
        "grids:application": application(elder, grid_worker).pk,
        "grids:campaign": campaign(community).pk,
        "grids:errand": errands.take(door, grid_worker).pk,
        "grids:hazard": in_hand(diecui.buildings[0], grid_worker).pk,
        "grids:meter_cycle": meters.begin(diecui.buildings[0], grid_leader).pk,
        "grids:need": needs.report(door, grid_worker).pk,
        "grids:person": elder.pk,
        "grids:plan": approved(estate).pk,
        "grids:sweep": sweep(grid.place, grid_leader, [grid_worker], at=now).pk,
        "grids:whistle": blow(diecui.place, secretary, at=now).pk,
    }


@pytest.fixture
def told(diecui, grid, estate, subdistrict, county) -> dict[str, User]:
    """Somebody in post for each duty over the first grid, and a resident."""
    places = {
        "grid": grid.place,
        "community": diecui.place,
        "subdistrict": subdistrict,
        "county": county,
        "estate": estate,
    }
    kinds = {duty: next(kind for kind in places if kind in PLACE_KINDS[duty]) for duty in TOLD}
    staff = {
        duty.value: make_staff(f"told_{duty}", f"{duty.label}甲", duty, places[kind])
        for duty, kind in kinds.items()
        if duty in TOLD
    }
    return staff | {"resident": make_resident(diecui.households[1], "居民", "13900000041").user}


def where(user: User, url: str) -> str:
    """The address that somebody finds in the inbox, when they are told of a page."""
    message = Message("grid.vacant", f"{user.pk}.{url}", "题", "文", timezone.now(), user_id=user.pk, url=url)
    outbox.send([message])
    return urlsplit(InboxItem.objects.get(user=user, dedupe_key=message.dedupe_key).url).path


def test_every_notice_leads_where_its_reader_may_go(rows, told, grid_worker, grid_leader, secretary):
    staff = {**told, "grid_worker": grid_worker, "grid_leader": grid_leader, "secretary": secretary}
    pages = {name: reverse(name, args=[rows[name]] if name in rows else []) for name in addresses() - BY_NAME}
    closed = []
    for duty, user in staff.items():
        client = Client()
        client.force_login(user)
        told_of = {
            name: page for name, page in pages.items() if duty not in IN_A_GRID or name not in OF_COMMUNITY
        }
        for path in {where(user, absolute(page)) for page in told_of.values()} - {""}:
            if (status := client.get(path).status_code) != 200:
                closed.append((duty, path, status))

    assert closed == []


def test_what_a_vacant_tier_passes_on_leads_to_the_day_of_the_grids(diecui, supervisor, grid_worker):
    """Nobody leads the grid and there is no secretary: the subdistrict hears, and sees no list of people."""
    url = absolute(reverse("grids:register"))

    assert where(supervisor, url) == "/work/watch/"
    assert where(grid_worker, url) == "/work/register/"


def test_whoever_holds_no_post_is_led_nowhere(diecui, resident):
    assert where(resident, absolute(reverse("grids:need", args=[1]))) == ""


def test_pages_that_are_open_to_all_cost_no_statement(resident):
    message = Message("meter.share", "x", "题", "文", timezone.now(), user_id=resident.pk)
    with CaptureQueriesContext(connection) as found:
        own = replace(message, url=absolute(reverse("grids:meter_shares")))
        within_reach([own, message], families={"meter"})

    assert len(found) == 0


def test_what_other_apps_send_costs_no_statement(resident):
    url = absolute(reverse("grids:register"))
    message = Message("petition.filed", "x", "题", "文", timezone.now(), user_id=resident.pk, url=url)
    with CaptureQueriesContext(connection) as found:
        told = within_reach([message], families={"meter"})

    assert (told, len(found)) == ([message], 0)


def test_page_of_grids_names_those_to_press_and_nobody_who_lives_there(
    client, diecui, five, supervisor, grid_worker, grid_leader
):
    elder = make_resident(diecui.households[0], "孤老", "13900000031")
    take(elder, five, "red", grid_worker, at=timezone.now() - 9 * DAY)
    client.force_login(supervisor)

    shown = client.get("/work/watch/").content.decode()

    assert f"tel:{grid_worker.phone}" in shown
    assert f"tel:{grid_leader.phone}" in shown
    assert "该走访的关爱对象" in shown
    assert "孤老" not in shown


@pytest.mark.parametrize("who", ["grid_worker", "administrator", "resident", "outsider"])
def test_others_look_after_no_grids(client, request, diecui, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get("/work/watch/").status_code == 403


def test_page_of_grids_takes_the_same_statements_for_one_and_for_many(
    client, diecui, fuxi, secretary, supervisor
):
    counted = []
    for user in (secretary, supervisor):
        client.force_login(user)
        with CaptureQueriesContext(connection) as found:
            assert client.get("/work/watch/").status_code == 200
        counted.append(len([one for one in found if "grids_" in one["sql"]]))

    assert counted[0] == counted[1]


@pytest.mark.parametrize("duty", [Duty.PROPERTY_REP, Duty.BUILDING_HEAD, Duty.AREA_OFFICER])
def test_whoever_turns_out_with_a_team_reads_its_plan_and_logs_its_drill(
    client, community, estate, grid, duty
):
    one = make_staff("rep", "队员", duty, grid.place if duty == Duty.AREA_OFFICER else estate)
    plan = approved(estate, team=team_set(community=community, crew=Crew("一队", one), actor=None, at=NOW))
    other = approved(estate, "gas")
    EmergencyPlan.objects.filter(pk=plan.pk).update(drill_due_on=NOW.date())
    plans_remind(at=NOW)
    client.force_login(one)

    url = InboxItem.objects.get(user=one, kind="plan.drill").url

    shown = client.get(urlsplit(url).path)
    assert shown.status_code == 200
    assert "/today/" not in shown.content.decode()
    assert client.get(f"/work/plans/{plan.pk}/drill/").status_code == 200
    assert client.get("/work/plans/").status_code == 200
    assert client.get(f"/work/plans/{other.pk}/").status_code == 404
