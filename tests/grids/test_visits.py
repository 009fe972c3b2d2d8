"""入户走访: who may read and enter them, what they plan, who is left out, and what they find (G-07, G-35)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from community.models import Household, Resident
from community.models.people import Standing
from core.errors import ConflictError, InvalidInputError, NotAllowedError
from core.models import AuditEntry, InboxItem
from core.registries import DataSubject
from grids import actions
from grids.actions.visits_expiring import KEPT, visit_notes_expire
from grids.models import FieldEntry, StandingVisit, Visit, VisitPurpose
from grids.selectors.homes_page import buildings_of, due_in, pages_kept
from grids.selectors.visits_own import visits_at
from tests.cast import NOW, make_resident, make_staff
from tests.grids.visits import purpose, visit
from tests.parallel import at_once

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def door(diecui):
    return diecui.households[0]


def standing(household, days=7, actor=None, at=NOW):
    return actions.standing_set(household_id=household.pk, every_days=days, actor=actor, at=at)


def due(grid, day=TODAY):
    return [one.household for one in due_in([grid.pk], day)]


# Entering.


def test_visit_is_kept_with_purpose_and_outcome(door, grid, grid_worker):
    made = visit(door, grid_worker, note="腿脚不便，要人帮买菜。")

    assert (made.worker, made.place, made.outcome) == (grid_worker, grid.place, "none")
    assert AuditEntry.objects.filter(event="visit.recorded", actor=grid_worker).count() == 1


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_enter_no_visit(request, door, grid_worker, who):
    with pytest.raises(NotAllowedError):
        visit(door, request.getfixturevalue(who))

    assert not Visit.objects.exists()


def test_same_key_is_one_visit_and_nobody_elses(door, grid_worker, grid_leader):
    key = uuid4()
    first = visit(door, grid_worker, key=key)

    assert visit(door, grid_worker, key=key) == first
    with pytest.raises(ConflictError):
        visit(door, grid_leader, key=key)
    assert Visit.objects.count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_same_key_at_once_is_one_visit(door, grid_worker):
    key = uuid4()

    found = at_once([lambda: visit(door, grid_worker, key=key)] * 4)

    assert {one.pk for one in found} == {Visit.objects.get().pk}


def test_where_two_must_go_nobody_goes_alone(door, grid_worker, grid_leader):
    with pytest.raises(InvalidInputError, match="两人同行"):
        visit(door, grid_worker, why="夜间调解")
    with pytest.raises(InvalidInputError, match="不能是自己"):
        visit(door, grid_worker, why="夜间调解", companion=grid_worker)

    assert visit(door, grid_worker, why="夜间调解", companion=grid_leader).companion == grid_leader


def test_database_itself_refuses_one_alone_where_two_must_go(door, grid_worker):
    made = visit(door, grid_worker)

    with pytest.raises(IntegrityError, match="visit_by_two_where_set"), transaction.atomic():
        Visit.objects.filter(pk=made.pk).update(needs_two=True)


@pytest.mark.parametrize("off", [timedelta(minutes=1), -timedelta(days=32)])
def test_visit_at_an_impossible_time_is_refused(door, grid_worker, off):
    with pytest.raises(InvalidInputError, match="31 天"):
        visit(door, grid_worker, happened_at=NOW + off)


def test_purpose_of_another_community_is_refused(door, grid_worker, fuxi):
    foreign = VisitPurpose.objects.filter(community=fuxi.community).first()

    with pytest.raises(InvalidInputError, match="本社区"):
        visit(door, grid_worker, purpose=foreign)


# What it found.


@pytest.mark.parametrize(
    ("outcome", "who"), [("need", "grid_leader"), ("hazard", "grid_leader"), ("resource", "secretary")]
)
def test_what_was_found_goes_to_who_follows_it_up_once(
    request, door, grid_worker, grid_leader, secretary, outcome, who
):
    made = visit(door, grid_worker, outcome=outcome, finding="楼上住户愿意教下棋。")

    assert made.assignee == request.getfixturevalue(who)
    kind = "need.reported" if outcome == "need" else "visit.found"
    assert InboxItem.objects.get(kind=kind).user == made.assignee


def test_finding_without_words_is_refused(door, grid_worker):
    with pytest.raises(InvalidInputError, match="发现了什么"):
        visit(door, grid_worker, outcome="need")


def test_finding_is_followed_up_once_and_the_visitor_hears(door, grid_worker, grid_leader):
    made = visit(door, grid_worker, outcome="hazard", finding="燃气软管老化。")
    done = {"visit_id": made.pk, "actor": grid_leader, "at": NOW}

    with pytest.raises(NotAllowedError):
        actions.visit_follow_up(**{**done, "actor": grid_worker}, words="已交社区。")
    actions.visit_follow_up(**done, words="已交社区。")

    with pytest.raises(ConflictError):
        actions.visit_follow_up(**done, words="再来一次。")
    assert InboxItem.objects.get(kind="visit.followed").user == grid_worker


# Standing visits, and who is left out.


def test_visit_plans_the_next(door, grid, grid_worker):
    standing(door, 7)
    assert due(grid) == [door]

    visit(door, grid_worker)

    assert StandingVisit.objects.get().next_on == TODAY + 7 * DAY
    assert due(grid) == []
    assert due(grid, TODAY + 7 * DAY) == [door]


def test_visit_that_arrives_late_pulls_nothing_back(door, grid_worker):
    standing(door, 7)
    visit(door, grid_worker)

    visit(door, grid_worker, happened_at=NOW - 5 * DAY)

    assert StandingVisit.objects.get().next_on == TODAY + 7 * DAY


def test_standing_visit_counts_from_the_last_and_can_end(door, grid, grid_worker):
    visit(door, grid_worker, happened_at=NOW - 3 * DAY)

    assert standing(door, 10, grid_worker).next_on == TODAY + 7 * DAY
    standing(door, None, grid_worker)
    assert not StandingVisit.objects.exists()


@pytest.mark.parametrize("days", [367, 0, -1])
def test_standing_visit_out_of_reason_is_refused(door, days):
    with pytest.raises(InvalidInputError):
        actions.standing_set(household_id=door.pk, every_days=days, actor=None, at=NOW)


def test_resident_who_wants_no_visits_is_left_out_until_they_do(door, grid, grid_worker):
    resident = make_resident(door, "张婆婆", "13900000009")
    standing(door)
    wish = {"resident_id": resident.pk, "actor": grid_worker, "at": NOW}

    actions.wish_note(**wish, wishes_none=True, words="不想被打扰")
    assert due(grid) == []
    actions.wish_note(**wish, wishes_none=False)
    assert due(grid) == [door]


@pytest.mark.parametrize("gone", [Standing.DECEASED, Standing.MOVED_OUT])
def test_household_without_anybody_left_is_left_out(door, grid, gone):
    resident = make_resident(door, "张婆婆", "13900000009")
    standing(door)

    Resident.objects.filter(pk=resident.pk).update(standing=gone)

    assert due(grid) == []


def test_those_who_live_with_somebody_who_wants_none_are_visited(door, grid):
    resident = make_resident(door, "张婆婆", "13900000009")
    make_resident(door, "张爷爷", "13900000008")
    standing(door)

    actions.wish_note(resident_id=resident.pk, wishes_none=True, actor=None, at=NOW)

    assert due(grid) == [door]


def test_list_of_doors_costs_the_same_with_many(diecui, grid, grid_worker, django_assert_num_queries):
    for number in range(30):
        Household.objects.create(place=diecui.entrances[0], room=f"9{number:02}")

    with django_assert_num_queries(1):
        found = buildings_of(grid)

    assert sum(len(building.doors) for building in found) == 32


# Pages.


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


def test_worker_sees_the_doors_of_the_own_grid_alone(client, diecui, door, grid_worker):
    standing(door)
    client.force_login(grid_worker)

    said = client.get(page("homes")).content.decode()

    assert page("home", door.pk) in said
    assert page("visit", door.pk) in said
    assert page("home", diecui.households[2].pk) not in said


@pytest.mark.parametrize("who", ["worker_of_another_grid", "secretary_of_another_community"])
def test_another_grids_people_find_nothing(request, client, door, grid, grid_worker, who):
    visit(door, grid_worker, note="不该被看见")
    client.force_login(request.getfixturevalue(who))

    for method, path in (
        (client.get, page("home", door.pk)),
        (client.get, page("visit", door.pk)),
        (client.post, page("visit", door.pk)),
        (client.post, page("home_notes", door.pk)),
        (client.post, page("standing", door.pk)),
        (client.get, f"{page('homes')}?grid={grid.pk}"),
        (client.get, f"{page('visit_new')}?grid={grid.pk}"),
    ):
        assert method(path).status_code == 404, path
    assert not AuditEntry.objects.filter(event="visit.notes_read").exists()


def test_strangers_sign_in_and_outsiders_are_refused(client, door, outsider):
    assert client.get(page("homes")).status_code == 302
    client.force_login(outsider)
    assert client.get(page("homes")).status_code == 403
    assert client.get(page("home", door.pk)).status_code == 403


def test_form_enters_a_visit_once_without_javascript(client, door, grid_worker):
    client.force_login(grid_worker)
    form = client.get(page("visit", door.pk)).context["form"]
    sent = {
        "key": form.initial["key"],
        "household": door.pk,
        "purpose": purpose().pk,
        "outcome": "none",
        "note": "一切都好。",
        "happened_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
    }

    assert client.post(page("visit", door.pk), {**sent, "purpose": ""}).status_code == 422
    for _twice in range(2):
        assert client.post(page("visit", door.pk), sent)["Location"] == page("home", door.pk)
    assert Visit.objects.count() == 1


def test_form_of_the_grid_offers_its_doors_and_takes_no_other(client, diecui, door, grid_worker):
    client.force_login(grid_worker)
    shown = client.get(page("visit_new"))
    offered = shown.content.decode()
    sent = {
        "key": uuid4(),
        "household": diecui.households[2].pk,
        "purpose": purpose().pk,
        "outcome": "none",
        "happened_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
    }

    assert f'value="{door.pk}"' in offered
    assert client.post(page("visit_new"), sent).status_code == 404
    assert not Visit.objects.exists()


def test_notes_are_read_by_a_button_and_each_reading_is_on_the_trail(client, door, grid_worker, grid_leader):
    visit(door, grid_worker, note="最近血压高。", at=timezone.now())
    client.force_login(grid_leader)

    assert "最近血压高" not in client.get(page("home", door.pk)).content.decode()
    assert client.get(page("home_notes", door.pk)).status_code == 405
    assert "最近血压高" in client.post(page("home_notes", door.pk)).content.decode()

    trail = AuditEntry.objects.get(event="visit.notes_read")
    assert (trail.actor, trail.audience) == (grid_leader, "charge")


def test_wish_is_noted_and_shown_where_one_is_about_to_visit(client, door, grid_worker):
    resident = make_resident(door, "张婆婆", "13900000009")
    client.force_login(grid_worker)

    client.post(page("wish", door.pk, resident.pk), {"words": "不想被打扰"})

    assert "不想被打扰" in client.get(page("home", door.pk)).content.decode()
    assert "张婆婆不愿被走访" in client.get(page("visit", door.pk)).content.decode()
    client.post(page("wish", door.pk, resident.pk), {"welcome": "1"})
    assert "张婆婆不愿被走访" not in client.get(page("visit", door.pk)).content.decode()


def test_wish_of_somebody_behind_another_door_is_not_there(client, diecui, door, grid_worker):
    elsewhere = make_resident(diecui.households[2], "外人", "13900000009")
    client.force_login(grid_worker)

    assert client.post(page("wish", door.pk, elsewhere.pk)).status_code == 404


def test_standing_visit_is_set_on_the_page(client, door, grid_worker):
    client.force_login(grid_worker)

    client.post(page("standing", door.pk), {"every_days": "14", "reason": "独居老人"})
    assert StandingVisit.objects.get().every_days == 14
    client.post(page("standing", door.pk), {"end": "1"})
    assert not StandingVisit.objects.exists()


def test_todays_tile_counts_the_doors_that_are_due(client, diecui, door, grid_worker):
    standing(door, at=timezone.now() - DAY)
    standing(diecui.households[2], at=timezone.now() - DAY)
    client.force_login(grid_worker)

    tiles = {tile.code: tile.count for tile in client.get("/today/").context["tiles"]}

    assert tiles["homes"] == 1


# From the phone.


def bring(client, door, **fields):
    at = timezone.now()
    sent = {
        "entry.id": str(uuid4()),
        "entry.kind": "grids.visit",
        "entry.captured_at": (at - timedelta(hours=2)).isoformat(),
        "entry.sent_at": at.isoformat(),
        "household": door.pk,
        "purpose": purpose().pk,
        "outcome": "none",
        "happened_at": "",
        **fields,
    }
    return client.post("/work/entries/", sent, headers={"Accept": "application/json"})


def test_visit_from_the_phone_lands_at_the_time_it_was_entered(client, door, grid_worker):
    client.force_login(grid_worker)

    assert bring(client, door).status_code == 201

    made = Visit.objects.get()
    assert timedelta(hours=1, minutes=58) < timezone.now() - made.happened_at < timedelta(hours=2, minutes=2)
    assert FieldEntry.objects.get().result_url == page("home", door.pk)


def test_visit_from_the_phone_is_refused_for_the_reasons_of_its_page(client, door, grid_worker):
    client.force_login(grid_worker)

    answer = bring(client, door, outcome="need")

    assert answer.status_code == 422
    assert "请写明发现了什么。" in answer.json()["message"]
    assert bring(client, door, household="x").status_code == 422


def test_visit_to_another_grids_door_does_not_land(client, diecui, grid_worker):
    client.force_login(grid_worker)

    assert bring(client, diecui.households[2]).status_code == 404
    assert not Visit.objects.exists()


def test_phone_keeps_the_doors_and_the_forms_of_those_that_are_due(rf, diecui, door, grid_worker, outsider):
    standing(door, at=timezone.now() - DAY)
    request = rf.get("/")

    request.user = grid_worker
    assert pages_kept(request) == [page("homes"), page("visit_new"), page("visit", door.pk)]
    request.user = outsider
    assert pages_kept(request) == []


# The desk.


def test_desk_shows_visits_of_its_places_without_notes(client, diecui, door, grid_worker, clerk):
    made = visit(door, grid_worker, note="最近血压高。", outcome="hazard", finding="要人帮买菜。")
    client.force_login(clerk)

    assert "101" in client.get("/admin/grids/visit/").content.decode()
    shown = client.get(f"/admin/grids/visit/{made.pk}/change/").content.decode()
    assert "要人帮买菜" in shown
    assert "最近血压高" not in shown
    assert client.post(f"/admin/grids/visit/{made.pk}/follow/", {"words": "已交社区。"}).status_code == 302
    assert not Visit.objects.unfollowed().exists()


def test_desk_of_another_grids_leader_shows_none(client, door, grid_worker, leader_of_another_grid):
    made = visit(door, grid_worker)
    client.force_login(leader_of_another_grid)

    assert not client.get("/admin/grids/visit/").context["cl"].result_list
    assert client.get(f"/admin/grids/visit/{made.pk}/change/").status_code == 302


def test_purposes_are_kept_by_the_secretary(client, diecui, secretary, clerk):
    given = {
        "community": diecui.community.pk,
        "name": "送学上门",
        "needs_two": "on",
        "is_active": "on",
        "order": 5,
    }

    client.force_login(clerk)
    assert client.post("/admin/grids/visitpurpose/add/", given).status_code == 403
    client.force_login(secretary)
    assert client.post("/admin/grids/visitpurpose/add/", given).status_code == 302
    made = VisitPurpose.objects.get(name="送学上门")
    client.post(f"/admin/grids/visitpurpose/{made.pk}/change/", {**given, "needs_two": ""})
    made.refresh_from_db()
    assert (made.needs_two, made.community) == (False, diecui.community)


def test_new_community_has_the_usual_purposes(diecui):
    names = dict(VisitPurpose.objects.filter(community=diecui.community).values_list("name", "needs_two"))

    assert len(names) == 7
    assert [name for name, needs_two in names.items() if needs_two] == ["夜间调解"]


def test_auxiliary_visits_like_the_worker(door, grid):
    helper = make_staff("aux", "钱辅助", Duty.GRID_AUXILIARY, grid.place)

    assert visit(door, helper).worker == helper


def test_words_of_long_ago_are_erased_and_the_day_stays(door, grid_worker, grid_leader):
    made = visit(door, grid_worker, note="最近血压高。", outcome="hazard", finding="要人帮买菜。")

    assert visit_notes_expire(NOW + KEPT) == 0
    assert visit_notes_expire(NOW + KEPT + DAY) == 1
    assert visit_notes_expire(NOW + KEPT + DAY) == 0

    made.refresh_from_db()
    assert (made.note, made.finding, made.happened_at) == ("", "—", NOW)


def test_resident_reads_when_and_why_somebody_was_there(door, grid_worker, resident, neighbour):
    visit(door, grid_worker, note="最近血压高。")

    assert [row["purpose"] for row in visits_at(DataSubject(user_id=resident.pk))] == ["日常走访"]
    assert visits_at(DataSubject(user_id=neighbour.pk)) == []
