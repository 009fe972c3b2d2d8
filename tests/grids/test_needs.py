"""需求和事件: who has them, when they climb, how they end, what they count for (G-06, G-12, G-13, G-35)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.models import Household, Resident
from community.models.people import Standing
from core.errors import ConflictError, IllegalMoveError, InvalidInputError, NotAllowedError, RepeatedError
from core.models import InboxItem
from core.registries import DataSubject
from core.workdays import ZONE, WorkingClock
from grids import actions
from grids.actions.leads import lead_end, leads_remind
from grids.actions.needs import need_hand_up, need_respond
from grids.actions.needs_expiring import KEPT, needs_expire
from grids.actions.needs_sweeping import needs_sweep
from grids.deadlines import Climb, climbs
from grids.models import LeadResult, Need, NeedResult, NeedState, NeedTier, PartnerLead, Visit
from grids.selectors.needs import Month, month_of, needs_asked, needs_open, pages_kept
from tests.cast import NOW, make_resident
from tests.grids.needs import HOUR, close, report, solve
from tests.grids.test_errands import bring
from tests.grids.visits import purpose, visit
from tests.parallel import overlapping

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CLOSE = NOW.replace(hour=18)
"""NOW is a Friday at ten; the office closes at six."""


@pytest.fixture
def door(diecui):
    return diecui.households[0]


def told_of(kind):
    return list(InboxItem.objects.filter(kind=kind).order_by("pk").values_list("user__username", flat=True))


def on(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


# The clocks.


@pytest.mark.parametrize(
    ("reported", "community", "secretary"),
    [
        (on(20, 10), on(20, 11), on(20, 18)),
        (on(20, 17, 40), on(20, 18, 40), on(20, 18)),
        (on(21, 10), on(21, 11), on(21, 18)),
        (on(20, 19), on(20, 20), on(21, 18)),
    ],
    ids=["morning", "just before the close", "saturday", "evening"],
)
def test_urgent_need_has_the_same_day(reported, community, secretary):
    steps = {climb: at for at, climb in climbs(reported, is_urgent=True, clock=WorkingClock())}

    assert (steps[Climb.COMMUNITY], steps[Climb.SECRETARY]) == (community, secretary)
    assert steps[Climb.LEADER] == reported + 30 * MINUTE


@pytest.mark.parametrize(
    ("reported", "leader", "community", "secretary"),
    [
        (on(19, 10), on(19, 11), on(19, 18), on(20, 18)),
        (on(20, 10), on(20, 11), on(20, 18), on(23, 18)),
        (on(21, 10), on(23, 9, 30), on(23, 18), on(24, 18)),
    ],
    ids=["thursday", "friday", "saturday"],
)
def test_other_needs_run_on_the_offices_clock(reported, leader, community, secretary):
    steps = {climb: at for at, climb in climbs(reported, is_urgent=False, clock=WorkingClock())}

    assert [steps[climb] for climb in (Climb.LEADER, Climb.COMMUNITY, Climb.SECRETARY)] == [
        leader,
        community,
        secretary,
    ]


# Climbing.


def test_leader_hears_at_once_the_community_after_an_hour_the_secretary_at_the_close(
    door, grid_worker, grid_leader, clerk, secretary
):
    need = report(door, grid_worker, is_urgent=True)
    assert told_of("need.reported") == [grid_leader.username]

    for moment, whom, tier in (
        (NOW + 30 * MINUTE, grid_leader, NeedTier.LEADER),
        (NOW + HOUR, clerk, NeedTier.COMMUNITY),
        (CLOSE, secretary, NeedTier.SECRETARY),
    ):
        InboxItem.objects.filter(kind="need.climbed").delete()
        assert needs_sweep(at=moment - MINUTE) == 0
        assert needs_sweep(at=moment) == 1
        assert needs_sweep(at=moment) == 0
        need.refresh_from_db()
        assert (told_of("need.climbed"), need.tier) == ([whom.username], tier)
    assert needs_sweep(at=CLOSE + 9 * DAY) == 0


def test_sweep_that_comes_late_skips_no_tier(door, grid_worker, grid_leader, clerk, secretary):
    need = report(door, grid_worker, is_urgent=True)

    needs_sweep(at=CLOSE + HOUR)

    need.refresh_from_db()
    assert need.tier == NeedTier.SECRETARY
    assert secretary.username in told_of("need.climbed")


def test_what_somebody_sees_to_climbs_no_further_until_the_close(door, grid_worker, grid_leader, secretary):
    need = report(door, grid_worker, is_urgent=True)
    need_respond(need_id=need.pk, words="我这就去。", actor=grid_leader, at=NOW + 10 * MINUTE)

    needs_sweep(at=NOW + 2 * HOUR)
    assert told_of("need.climbed") == []
    needs_sweep(at=CLOSE)

    assert told_of("need.climbed") == [secretary.username]


def test_reporter_does_not_answer_for_those_it_went_to(client, door, grid_worker, grid_leader):
    need = report(door, grid_worker, is_urgent=True)
    with pytest.raises(IllegalMoveError):
        need_respond(need_id=need.pk, words="好。", actor=grid_worker, at=NOW)

    needs_sweep(at=NOW + HOUR + HOUR / 2)

    need.refresh_from_db()
    assert (need.tier, need.responded_at) == (NeedTier.COMMUNITY, None)
    client.force_login(grid_worker)
    page = reverse("grids:need", args=[need.pk])
    assert "/respond/" not in client.get(page).content.decode()
    client.force_login(grid_leader)
    assert "/respond/" in client.get(page).content.decode()


def test_worker_responds_to_what_they_kept_and_the_leader_to_what_they_reported(
    door, grid_worker, grid_leader
):
    kept, own = report(door, grid_worker, keeps_it=True), report(door, grid_leader)

    for need, actor in ((kept, grid_worker), (own, grid_leader)):
        need_respond(need_id=need.pk, words="我这就去。", actor=actor, at=NOW)

    assert not Need.objects.filter(responded_at=None).exists()


def test_what_is_solved_climbs_no_more_but_its_feedback_is_asked_for_once(door, grid_worker, secretary):
    need = report(door, grid_worker, keeps_it=True)
    solve(need, grid_worker)

    assert needs_sweep(at=NOW + HOUR + DAY - MINUTE) == 0
    for _twice in range(2):
        needs_sweep(at=NOW + HOUR + DAY)

    assert told_of("need.climbed") == []
    assert told_of("need.feedback") == [grid_worker.username]


def test_what_the_worker_keeps_goes_to_the_leader_after_an_hour(door, grid_worker, grid_leader):
    need = report(door, grid_worker, keeps_it=True)
    assert told_of("need.reported") == []

    needs_sweep(at=NOW + HOUR)

    need.refresh_from_db()
    assert (need.tier, told_of("need.climbed")) == (NeedTier.LEADER, [grid_leader.username])


def test_vacant_leader_is_answered_for_by_the_secretary(door, grid_worker, secretary):
    report(door, grid_worker)

    assert told_of("need.reported") == [secretary.username]


def test_nobody_is_asked_about_the_dead(door, grid_worker, grid_leader):
    person = make_resident(door, "张婆婆", "13900000009")
    report(door, grid_worker, resident=person)
    Resident.objects.filter(pk=person.pk).update(standing=Standing.DECEASED)

    needs_sweep(at=NOW + HOUR)

    assert told_of("need.climbed") == []


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once(door, grid_worker, grid_leader):
    report(door, grid_worker)

    done = overlapping(*[lambda: needs_sweep(at=NOW + HOUR)] * 2)

    assert done == [1, 0]
    assert told_of("need.climbed") == [grid_leader.username]


def test_worker_hands_up_to_the_leader_and_the_leader_to_the_community(door, grid_worker, grid_leader, clerk):
    need = report(door, grid_worker, keeps_it=True)

    need_hand_up(need_id=need.pk, words="要盖章。", actor=grid_worker, at=NOW)
    with pytest.raises(NotAllowedError):
        need_hand_up(need_id=need.pk, words="要盖章。", actor=grid_worker, at=NOW)
    need_hand_up(need_id=need.pk, words="要盖章。", actor=grid_leader, at=NOW)
    with pytest.raises(IllegalMoveError):
        need_hand_up(need_id=need.pk, words="要盖章。", actor=grid_leader, at=NOW)

    assert told_of("need.reported") == [grid_leader.username, clerk.username]


# The same day.


def test_visit_of_staff_on_the_same_day_is_the_response_and_counts(door, grid_worker, secretary):
    need = report(door, grid_worker, is_urgent=True)
    needs_sweep(at=NOW + 2 * HOUR)

    visit(door, secretary, at=NOW + 4 * HOUR)

    need.refresh_from_db()
    assert (need.state, need.responded_by) == (NeedState.RESPONDED, secretary)
    assert month_of(secretary, at=CLOSE) == Month(urgent=1, same_day=1, solved=0, in_grid=0)


def test_visit_on_the_next_day_is_a_response_and_does_not_count(door, grid_worker, secretary):
    report(door, grid_worker, is_urgent=True)

    visit(door, secretary, at=NOW + DAY)

    assert month_of(secretary, at=NOW + DAY) == Month(urgent=1, same_day=0, solved=0, in_grid=0)


def test_reporters_own_visit_is_no_response(door, grid_worker):
    need = report(door, grid_worker, is_urgent=True)

    visit(door, grid_worker, at=NOW + HOUR)

    need.refresh_from_db()
    assert need.state == NeedState.OPEN


def test_urgent_need_counts_once_it_is_answered_or_over_its_limit(door, grid_worker):
    report(door, grid_worker, is_urgent=True)

    assert month_of(grid_worker, at=NOW + HOUR).urgent == 0
    assert month_of(grid_worker, at=CLOSE + MINUTE).urgent == 1


# The end.


def test_solved_in_the_grid_is_not_closed_without_feedback(door, grid_worker):
    need = report(door, grid_worker, keeps_it=True)

    with pytest.raises(InvalidInputError, match="反馈"):
        close(need, grid_worker, feedback=" ")
    need.refresh_from_db()
    assert need.state == NeedState.OPEN

    assert close(need, grid_worker).is_in_grid
    assert month_of(grid_worker, at=CLOSE) == Month(urgent=0, same_day=0, solved=1, in_grid=1)


def test_database_itself_refuses_an_end_without_feedback(door, grid_worker):
    need = solve(report(door, grid_worker), grid_worker)

    with pytest.raises(IntegrityError, match="need_closed_with_feedback"), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(
            closed_at=NOW, closed_by=grid_worker, result="delivered", sweep_at=None
        )


def test_what_has_left_the_grid_does_not_count_as_solved_there(door, grid_worker, clerk):
    need = report(door, grid_worker, is_urgent=True)
    needs_sweep(at=NOW + HOUR)

    assert not close(need, clerk, result=NeedResult.EXPLAINED).is_in_grid


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_closed_twice_at_once_is_closed_once(door, grid_worker, grid_leader):
    need = report(door, grid_worker)

    first, second = overlapping(lambda: close(need, grid_worker), lambda: close(need, grid_leader))

    assert isinstance(first, Need)
    assert isinstance(second, RepeatedError)
    assert Need.objects.get().closed_by == grid_worker


@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "secretary_of_another_community"])
def test_others_neither_report_nor_take_steps(request, door, grid_worker, who):
    other, need = request.getfixturevalue(who), report(door, grid_worker)

    for step in (
        lambda: report(door, other),
        lambda: need_respond(need_id=need.pk, words="好", actor=other, at=NOW),
        lambda: need_hand_up(need_id=need.pk, words="好", actor=other, at=NOW),
        lambda: solve(need, other),
        lambda: close(need, other),
    ):
        with pytest.raises(NotAllowedError):
            step()
    assert needs_open(grid_worker, at=NOW) == [need]


def test_same_key_is_one_need_and_nobody_elses(door, grid_worker, grid_leader):
    key = uuid4()

    assert report(door, grid_worker, key=key) == report(door, grid_worker, key=key)
    with pytest.raises(ConflictError):
        report(door, grid_leader, key=key)


def test_incident_happens_somewhere_and_ends_with_an_outcome(grid, grid_worker):
    with pytest.raises(InvalidInputError, match="在哪里"):
        report(grid.place, grid_worker, spot=" ")

    incident = report(grid.place, grid_worker, "两车剐蹭，双方争吵。")

    assert close(incident, grid_worker).result == NeedResult.DELIVERED


# From a visit.


def test_visit_that_finds_a_need_opens_one_and_its_end_follows_the_visit_up(door, grid_worker, grid_leader):
    made = visit(door, grid_worker, outcome="need", finding="想申请低保。", is_urgent=True)

    assert (made.need.text, made.need.is_urgent, made.need.tier) == ("想申请低保。", True, "leader")
    with pytest.raises(ConflictError, match="需求和事件"):
        actions.visit_follow_up(visit_id=made.pk, words="好", actor=grid_leader, at=NOW)
    close(made.need, grid_leader)
    made.refresh_from_db()
    assert made.follow_up == Need.objects.get().feedback


def test_same_visit_again_opens_no_second_need(door, grid_worker):
    key = uuid4()

    for _twice in range(2):
        visit(door, grid_worker, key=key, outcome="need", finding="想申请低保。")

    assert Need.objects.count() == 1


def test_visit_that_finds_a_resource_opens_a_lead_for_staff(door, grid_worker, secretary):
    made = visit(door, grid_worker, outcome="resource", finding="愿意每月义诊。")

    assert (made.lead.assignee, made.lead.text) == (secretary, "愿意每月义诊。")
    assert told_of("visit.found") == [secretary.username]


def test_lead_ends_once_and_whoever_brought_it_hears(door, grid_worker, secretary):
    made = visit(door, grid_worker, outcome="resource", finding="愿意每月义诊。")
    end = {"lead_id": made.pk, "result": LeadResult.JOINED, "actor": secretary, "at": NOW}

    with pytest.raises(NotAllowedError):
        lead_end(**{**end, "actor": grid_worker}, words="好")
    lead_end(**end, words="定在每月第一个周六。")

    with pytest.raises(RepeatedError):
        lead_end(**end, words="再来一次。")
    assert told_of("lead.ended") == [grid_worker.username]
    assert not Visit.objects.unfollowed().exists()


def test_lead_without_an_answer_is_told_after_two_weeks_to_the_tier_above_once(
    door, grid_worker, secretary, supervisor
):
    made = visit(door, grid_worker, outcome="resource", finding="愿意每月义诊。")

    found = [leads_remind(at=NOW + days * DAY) for days in (7, 13, 14, 14, 15, 30)]

    assert found == [0, 0, 1, 0, 0, 0]
    assert told_of("lead.waiting") == [supervisor.username]
    lead_end(lead_id=made.pk, result=LeadResult.JOINED, words="好", actor=secretary, at=NOW + 31 * DAY)


def test_answered_lead_is_no_matter_and_a_vacant_subdistrict_passes_to_the_secretary(
    door, grid_worker, secretary
):
    made = visit(door, grid_worker, outcome="resource", finding="愿意每月义诊。")
    lead_end(lead_id=made.pk, result=LeadResult.JOINED, words="好", actor=secretary, at=NOW)
    visit(door, grid_worker, outcome="resource", finding="愿意教书法。")

    assert leads_remind(at=NOW + 14 * DAY) == 1
    assert told_of("lead.waiting") == [secretary.username]


# Pages.


def page(name, *args):
    return reverse(f"grids:{name}", args=args)


def test_pages_take_a_need_through_to_its_end(client, door, grid, grid_worker):
    client.force_login(grid_worker)
    form = client.get(page("need_new")).context["form"]
    sent = {"key": form.initial["key"], "kind": "need", "household": door.pk, "text": "帮申请低保。"}

    assert client.post(page("need_new"), {**sent, "text": ""}).status_code == 422
    shown = client.post(page("need_new"), sent)["Location"]
    need = Need.objects.get()
    assert shown == page("need", need.pk)
    done = {"result": "delivered", "solution": "填好了表。", "feedback": ""}
    assert client.post(page("need_step", need.pk, "close"), done).status_code == 422
    client.post(page("need_step", need.pk, "close"), {**done, "feedback": "当面说了。"})
    need.refresh_from_db()
    assert (need.state, need.is_in_grid) == (NeedState.CLOSED, True)
    assert client.get(page("need_step", need.pk, "nonsense")).status_code == 404


def test_leader_is_offered_to_hand_up_and_the_worker_is_not(client, door, grid_worker, grid_leader):
    need = report(door, grid_worker)

    for who, offered in ((grid_worker, False), (grid_leader, True)):
        client.force_login(who)
        assert (
            page("need_step", need.pk, "up") in client.get(page("need", need.pk)).content.decode()
        ) is offered


def test_other_grids_people_find_nothing(client, door, grid, grid_worker, worker_of_another_grid):
    need = report(door, grid_worker)
    client.force_login(worker_of_another_grid)

    assert need.text not in client.get(page("needs")).content.decode()
    assert client.get(page("need", need.pk)).status_code == 404
    assert client.post(page("need_step", need.pk, "close")).status_code == 404
    assert client.get(f"{page('need_new')}?grid={grid.pk}").status_code == 404


def test_strangers_sign_in_and_outsiders_are_refused(client, outsider):
    assert client.get(page("needs")).status_code == 302
    client.force_login(outsider)
    assert client.get(page("needs")).status_code == 403


def test_list_costs_the_same_with_many(diecui, grid_worker):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            needs_open(grid_worker, at=NOW)
            month_of(grid_worker, at=NOW)
        return len(asked)

    report(diecui.households[0], grid_worker)
    few = cost()
    for number in range(30):
        report(Household.objects.create(place=diecui.entrances[0], room=f"9{number}"), grid_worker)

    assert cost() == few == 2


def test_todays_tile_counts_what_is_not_over_and_what_is_late(client, door, grid_worker):
    report(door, grid_worker, at=timezone.now() - 9 * DAY)
    report(door, grid_worker, at=timezone.now())
    client.force_login(grid_worker)

    tile = next(one for one in client.get("/today/").context["tiles"] if one.code == "needs")

    assert (tile.count, tile.text) == (2, "超过时限 1 件")


def test_need_from_the_phone_lands_at_the_time_it_came_up(client, door, grid_worker):
    client.force_login(grid_worker)

    assert bring(client, "grids.need", household=door.pk, text="帮申请低保。", kind="need").status_code == 201
    assert bring(client, "grids.need", household="", text="x", kind="need").status_code == 422

    late = timezone.now() - Need.objects.get().reported_at
    assert timedelta(minutes=18) < late < timedelta(minutes=22)


def test_visit_on_the_page_brings_an_urgent_need(client, door, grid_worker):
    client.force_login(grid_worker)
    sent = {
        "key": uuid4(),
        "household": door.pk,
        "purpose": purpose().pk,
        "outcome": "need",
        "finding": "药费太高。",
        "is_urgent": "on",
        "happened_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}",
    }

    client.post(page("visit", door.pk), sent)

    assert Need.objects.get().is_urgent


def test_phone_keeps_the_list_the_form_and_what_is_due(rf, door, grid_worker, outsider):
    need = report(door, grid_worker)
    request = rf.get("/")
    request.user = grid_worker

    assert {page("needs"), page("need_new"), page("need", need.pk)} <= {*pages_kept(request)}
    request.user = outsider
    assert pages_kept(request) == []


def test_household_has_its_needs_among_its_own_data_until_the_words_are_erased(door, resident, grid_worker):
    Resident.objects.filter(user=resident).update(household=door)
    need = close(report(door, grid_worker), grid_worker)

    assert [row["what"] for row in needs_asked(DataSubject(user_id=resident.pk))] == [need.text]
    assert needs_expire(NOW + KEPT) == 0
    assert needs_expire(NOW + KEPT + DAY) == 1
    assert needs_expire(NOW + KEPT + DAY) == 0
    assert needs_asked(DataSubject(user_id=resident.pk))[0]["what"] == "—"


def test_desk_filters_responds_and_closes(client, door, grid_worker, secretary):
    need = report(door, grid_worker, at=timezone.now())
    client.force_login(secretary)
    base = f"/admin/grids/need/{need.pk}"

    assert client.post(f"{base}/respond/", {"words": "下午去。"}).status_code == 302
    for state, shown in (("unsolved", True), ("solved", False), ("closed", False), ("late", False)):
        found = client.get(f"/admin/grids/need/?state={state}").content.decode()
        assert (need.text in found) is shown, state
    done = {"result": "explained", "solution": "不符合条件。", "feedback": ""}
    assert client.post(f"{base}/close/", done).status_code == 200
    assert client.post(f"{base}/close/", {**done, "feedback": "当面说明了。"}).status_code == 302
    assert Need.objects.get().state == NeedState.CLOSED


def test_desk_answers_an_offer(client, door, grid_worker, secretary):
    made = visit(door, grid_worker, outcome="resource", finding="愿意每月义诊。")
    client.force_login(secretary)

    assert made.lead.text in client.get("/admin/grids/partnerlead/?open=mine").content.decode()
    sent = {"result": "joined", "words": "定在周六。"}
    assert client.post(f"/admin/grids/partnerlead/{made.pk}/end/", sent).status_code == 302
    assert PartnerLead.objects.get().ended_by == secretary
