"""派单, 接单, 办事: one taker, honest pauses, no way round a gate."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from community.models import Organisation, Post
from community.workflow import Route, Stage
from core.errors import ConflictError, DomainError, GateClosedError, IllegalMoveError, NotAllowedError
from core.models import OutboxMessage
from petitions.actions import deliberating, handling, hiding, rerouting, settling, triage
from petitions.models import Petition
from tests.cast import NOW, make_town, put_in_post
from tests.parallel import at_once
from tests.petitions.loop import Loop, file

LATER = NOW + timedelta(hours=2)


def minutes(**fields):
    given = {
        "held_on": date(2026, 11, 18),
        "venue": "翠微党群服务站",
        "participants": "居委会、物业、居民代表",
        "headcount": 12,
        "decision": "更换全部楼道灯。",
    }
    return deliberating.Minutes(**{**given, **fields})


def organisations(town, count):
    return [
        Organisation.objects.create(community=town.community, kind="department", name=f"单位{number}")
        for number in range(count)
    ]


def test_claim_stores_who_and_when_and_tells_the_reporter(loop, grid_worker):
    loop.triage().claim()

    petition = loop.refresh()
    assert (petition.stage, petition.assignee) == (Stage.IN_PROGRESS, grid_worker)
    assert petition.claimed_at == loop.at
    assert OutboxMessage.objects.filter(kind="petition.stage_in_progress", phone="13912345678").count() == 1


def test_second_claim_is_told_who_has_it(loop, grid_leader):
    loop.triage().claim()

    with pytest.raises(ConflictError) as refused:
        handling.petition_claim(petition_id=loop.pk, actor=grid_leader, at=LATER)

    assert "王网格" in str(refused.value)
    assert loop.refresh().assignee != grid_leader


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_claims_at_once_one_wins(loop, grid_worker, grid_leader):
    loop.triage()

    results = at_once(
        [
            lambda: handling.petition_claim(petition_id=loop.pk, actor=grid_worker, at=LATER),
            lambda: handling.petition_claim(petition_id=loop.pk, actor=grid_leader, at=LATER),
        ]
    )

    refused = [result for result in results if isinstance(result, ConflictError)]
    won = [result for result in results if isinstance(result, Petition)]
    assert (len(won), len(refused)) == (1, 1)
    assert refused[0].extra["claimed_by"] == str(won[0].assignee)
    assert loop.petition.events.filter(event="claimed").count() == 1


def test_worker_of_another_grid_cannot_claim(loop, worker_of_another_grid):
    loop.triage()

    with pytest.raises(NotAllowedError):
        handling.petition_claim(petition_id=loop.pk, actor=worker_of_another_grid, at=LATER)

    assert loop.refresh().stage == Stage.TRIAGED


def test_big_matter_waits_for_its_minutes(loop, secretary):
    loop.triage(route=Route.JOINT_MEETING)

    with pytest.raises(GateClosedError) as refused:
        loop.claim()
    deliberating.petition_deliberate(petition_id=loop.pk, actor=secretary, minutes=minutes(), at=LATER)
    loop.claim()

    assert refused.value.extra == {"gate": "minutes_for_joint_meeting"}
    assert loop.refresh().stage == Stage.IN_PROGRESS


def test_hard_matter_waits_for_two_parties(loop, diecui, secretary):
    loop.triage(route=Route.JOINT_ACTION)
    one, two = organisations(diecui, 2)

    deliberating.petition_set_parties(petition_id=loop.pk, actor=secretary, organisations=[one], at=LATER)
    with pytest.raises(GateClosedError) as refused:
        loop.claim()
    deliberating.petition_set_parties(
        petition_id=loop.pk, actor=secretary, organisations=[one, two], at=LATER
    )
    loop.claim()

    assert refused.value.extra == {"gate": "parties_for_joint_action"}
    assert loop.refresh().stage == Stage.IN_PROGRESS


def test_decision_without_supervisor_holds_the_matter_back(fuxi, secretary_of_another_community):
    secretary = secretary_of_another_community
    loop = Loop(file(fuxi), desk=secretary, worker=secretary).triage()
    deliberating.petition_deliberate(petition_id=loop.pk, actor=secretary, minutes=minutes(), at=LATER)

    with pytest.raises(GateClosedError) as refused:
        loop.claim()

    assert refused.value.extra == {"gate": "supervisor_on_decision"}
    assert loop.refresh().stage == Stage.DELIBERATING


@pytest.fixture
def dali_loop(subdistrict, supervisor) -> Loop:
    """A matter under 大荔's profile: approval, dispatch, claim, inspection."""
    petition = file(make_town("dali", "大荔社区", subdistrict), topic="leak")
    return Loop(petition, desk=supervisor, worker=supervisor)


def test_dispatch_waits_for_approval(dali_loop, supervisor):
    loop = dali_loop.triage(topic="leak")

    with pytest.raises(GateClosedError) as refused:
        handling.petition_assign(petition_id=loop.pk, actor=supervisor, assignee=supervisor, at=LATER)
    triage.petition_approve(petition_id=loop.pk, actor=supervisor, at=LATER)
    handling.petition_assign(petition_id=loop.pk, actor=supervisor, assignee=supervisor, at=LATER)

    assert refused.value.extra == {"gate": "approval_before_dispatch"}
    assert loop.refresh().stage == Stage.DISPATCHED


def test_building_matter_is_looked_at_on_site_first(dali_loop, supervisor):
    loop = dali_loop.triage(topic="leak")
    triage.petition_approve(petition_id=loop.pk, actor=supervisor, at=LATER)
    handling.petition_assign(petition_id=loop.pk, actor=supervisor, assignee=supervisor, at=LATER)
    loop.claim()

    with pytest.raises(GateClosedError) as refused:
        handling.petition_start(petition_id=loop.pk, actor=supervisor, at=LATER)
    handling.petition_inspect(petition_id=loop.pk, actor=supervisor, note="已看渗水点", photos=[], at=LATER)
    handling.petition_start(petition_id=loop.pk, actor=supervisor, at=LATER)

    assert refused.value.extra == {"gate": "site_inspection"}
    assert loop.refresh().stage == Stage.IN_PROGRESS


def test_undispatched_matter_cannot_be_claimed(dali_loop):
    dali_loop.triage()

    with pytest.raises(IllegalMoveError):
        dali_loop.claim()

    assert dali_loop.refresh().stage == Stage.TRIAGED


def test_question_stops_the_clock_until_the_answer(loop, grid_worker):
    from petitions.actions import reporting

    due = loop.triage().claim().refresh().due_at
    handling.petition_ask(
        petition_id=loop.pk, actor=grid_worker, question="几楼的灯？", at=NOW + timedelta(hours=1)
    )
    paused = loop.refresh()
    assert (paused.is_paused, paused.clock_from) == (True, None)

    reporter = paused.reporters.get()
    reporting.petition_answer(reporter=reporter, answer="三楼", at=NOW + timedelta(days=3, hours=1))

    petition = loop.refresh()
    assert not petition.is_paused
    assert petition.due_at == due + timedelta(days=1)
    assert petition.paused_minutes == 420


def test_second_question_waits_for_the_first_answer(loop, grid_worker):
    loop.triage().claim()
    handling.petition_ask(petition_id=loop.pk, actor=grid_worker, question="几楼？", at=LATER)

    with pytest.raises(ConflictError):
        handling.petition_ask(petition_id=loop.pk, actor=grid_worker, question="几号楼？", at=LATER)

    assert loop.petition.questions.count() == 1


def test_pauses_together_are_capped(loop, grid_worker):
    at = loop.triage().claim().at
    for _round in range(3):
        handling.petition_pause(petition_id=loop.pk, actor=grid_worker, reason="等配件", at=at)
        at = loop.refresh().pause_ends_at
        handling.petition_resume(petition_id=loop.pk, actor=grid_worker, at=at)

    with pytest.raises(ConflictError) as refused:
        handling.petition_pause(petition_id=loop.pk, actor=grid_worker, reason="还等", at=at)

    assert "已用完" in str(refused.value)
    assert loop.refresh().paused_minutes == 15 * 420


def test_handler_passes_the_matter_on_with_a_reason(loop, grid_worker, grid_leader):
    loop.triage().claim()

    handling.petition_hand_over(
        petition_id=loop.pk, actor=grid_worker, to=grid_leader, reason="外出培训", at=LATER
    )

    assert loop.refresh().assignee == grid_leader
    assert OutboxMessage.objects.filter(kind="petition.handed_over", user=grid_leader).count() == 1


def test_hand_over_to_somebody_without_a_post_is_refused(loop, grid_worker, outsider):
    loop.triage().claim()

    with pytest.raises(NotAllowedError):
        handling.petition_hand_over(
            petition_id=loop.pk, actor=grid_worker, to=outsider, reason="休假", at=LATER
        )

    assert loop.refresh().assignee == grid_worker


def test_matter_goes_up_tier_by_tier_past_vacancies(loop, grid_worker, secretary, supervisor):
    loop.triage().claim()

    handling.petition_escalate(petition_id=loop.pk, actor=grid_worker, reason="需要经费", at=LATER)
    first = loop.refresh().assignee
    handling.petition_escalate(petition_id=loop.pk, actor=secretary, reason="需街道协调", at=LATER)

    assert (first, loop.refresh().assignee) == (secretary, supervisor)
    with pytest.raises(ConflictError):
        handling.petition_escalate(petition_id=loop.pk, actor=supervisor, reason="再上报", at=LATER)


def test_post_that_ended_yesterday_handles_nothing(loop, grid_worker):
    loop.triage()
    Post.objects.filter(user=grid_worker).update(ends_on=NOW.date() - timedelta(days=1))

    with pytest.raises(NotAllowedError):
        loop.claim()

    assert loop.refresh().claimed_at is None


def test_deputy_handles_in_place_of_the_deputised(loop, grid, grid_worker, outsider):
    post = Post.objects.get(user=grid_worker)
    from community import actions

    actions.post_deputise(
        post_id=post.pk, deputy=outsider, starts_on=NOW.date(), ends_on=NOW.date(), actor=None, at=NOW
    )
    loop.triage()

    assert loop.refresh().assignee == outsider


def test_small_matter_settled_on_the_spot_walks_every_stage_in_order(loop, grid_worker):
    settling.petition_settle_on_spot(
        petition_id=loop.pk, actor=grid_worker, outcome="当场换了灯泡。", photos=[], at=LATER
    )

    lines = list(loop.petition.events.order_by("at").values_list("stage", flat=True))
    assert lines == ["received", "triaged", "dispatched", "accepted", "in_progress", "resolved"]
    times = list(loop.petition.events.order_by("id").values_list("at", flat=True))
    assert times == sorted(set(times))
    assert loop.refresh().severity == "blue"


STEPS = {
    "claim": lambda pk, who: handling.petition_claim(petition_id=pk, actor=who, at=LATER),
    "start": lambda pk, who: handling.petition_start(petition_id=pk, actor=who, at=LATER),
    "inspect": lambda pk, who: handling.petition_inspect(
        petition_id=pk, actor=who, note="看", photos=[], at=LATER
    ),
    "progress": lambda pk, who: handling.petition_progress(
        petition_id=pk, actor=who, note="在修", photos=[], at=LATER
    ),
    "ask": lambda pk, who: handling.petition_ask(petition_id=pk, actor=who, question="几楼？", at=LATER),
    "pause": lambda pk, who: handling.petition_pause(petition_id=pk, actor=who, reason="等", at=LATER),
    "resume": lambda pk, who: handling.petition_resume(petition_id=pk, actor=who, at=LATER),
    "hand_over": lambda pk, who: handling.petition_hand_over(
        petition_id=pk, actor=who, to=who, reason="x", at=LATER
    ),
    "escalate": lambda pk, who: handling.petition_escalate(petition_id=pk, actor=who, reason="x", at=LATER),
    "deliberate": lambda pk, who: deliberating.petition_deliberate(
        petition_id=pk, actor=who, minutes=minutes(), at=LATER
    ),
    "parties": lambda pk, who: deliberating.petition_set_parties(
        petition_id=pk, actor=who, organisations=[], at=LATER
    ),
    "assign": lambda pk, who: handling.petition_assign(petition_id=pk, actor=who, assignee=who, at=LATER),
    "resolve": lambda pk, who: settling.petition_resolve(
        petition_id=pk, actor=who, outcome="好", photos=[], at=LATER
    ),
    "spot": lambda pk, who: settling.petition_settle_on_spot(
        petition_id=pk, actor=who, outcome="好", photos=[], at=LATER
    ),
    "feed_back": lambda pk, who: settling.petition_feed_back(
        petition_id=pk, actor=who, answer="好", at=LATER
    ),
    "approve": lambda pk, who: triage.petition_approve(petition_id=pk, actor=who, at=LATER),
    "return": lambda pk, who: rerouting.petition_return(petition_id=pk, actor=who, reason="x", at=LATER),
    "title": lambda pk, who: triage.petition_approve_title(petition_id=pk, actor=who, title="x", at=LATER),
    "hide": lambda pk, who: hiding.petition_hide(petition_id=pk, actor=who, reason="x", at=LATER),
    "spam": lambda pk, who: hiding.spam_mark(petition_id=pk, actor=who, reason="x", at=LATER),
}


@pytest.mark.parametrize("step", STEPS)
def test_archived_matter_refuses_every_step_and_keeps_its_history(loop, secretary, step):
    loop.triage().claim().resolve().feed_back().publish().judge()
    before = list(loop.petition.events.values_list("id", "event"))
    assert loop.refresh().stage == Stage.ARCHIVED

    with pytest.raises(DomainError):
        STEPS[step](loop.pk, secretary)

    assert list(loop.petition.events.values_list("id", "event")) == before
    assert loop.refresh().stage == Stage.ARCHIVED


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["worker_of_another_grid", "outsider", "administrator"])
def test_nobody_without_a_post_over_it_takes_any_step(petition, step, who, request):
    stranger = request.getfixturevalue(who)

    with pytest.raises(NotAllowedError):
        STEPS[step](petition.pk, stranger)

    assert petition.events.count() == 1


def test_stage_change_takes_at_most_twelve_statements(loop, grid_worker, django_assert_max_num_queries):
    loop.triage()
    loop.worker = type(grid_worker).objects.get(pk=grid_worker.pk)

    with django_assert_max_num_queries(10):
        loop.claim()

    assert loop.refresh().stage == Stage.IN_PROGRESS


def test_own_post_at_two_places_acts_as_the_nearest(loop, grid, diecui, grid_worker):
    from community.duties import Duty

    put_in_post(grid_worker, Duty.CLERK, diecui.place)
    loop.triage().claim()

    line = loop.petition.events.get(event="claimed")
    assert (line.duty, line.post_place) == ("grid_worker", grid.place.name)
