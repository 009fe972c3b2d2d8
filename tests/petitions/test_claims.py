"""What somebody has claimed is theirs: colleagues are told who has it, and take it over with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community import actions
from community.duties import Duty
from community.models import Post
from community.workflow import Stage
from core.errors import ConflictError
from petitions.actions import handling, settling
from petitions.models import Petition
from petitions.selectors.matter import matter_of
from petitions.selectors.page import matter_page
from petitions.selectors.steps import Step, possible_steps
from tests.cast import NOW, make_user, put_in_post

LATER = NOW + timedelta(hours=2)
STEPS = {
    Step.START: lambda pk, who: handling.petition_start(petition_id=pk, actor=who, at=LATER),
    Step.PROGRESS: lambda pk, who: handling.petition_progress(
        petition_id=pk, actor=who, note="在修", photos=[], at=LATER
    ),
    Step.INSPECT: lambda pk, who: handling.petition_inspect(
        petition_id=pk, actor=who, note="看过", photos=[], at=LATER
    ),
    Step.ASK: lambda pk, who: handling.petition_ask(petition_id=pk, actor=who, question="几楼？", at=LATER),
    Step.PAUSE: lambda pk, who: handling.petition_pause(petition_id=pk, actor=who, reason="等件", at=LATER),
    Step.RESUME: lambda pk, who: handling.petition_resume(petition_id=pk, actor=who, at=LATER),
    Step.ESCALATE: lambda pk, who: handling.petition_escalate(
        petition_id=pk, actor=who, reason="办不了", at=LATER
    ),
    Step.RESOLVE: lambda pk, who: settling.petition_resolve(
        petition_id=pk, actor=who, outcome="好", photos=[], at=LATER
    ),
    Step.SETTLE: lambda pk, who: settling.petition_settle_on_spot(
        petition_id=pk, actor=who, outcome="好", photos=[], at=LATER
    ),
    Step.CLAIM: lambda pk, who: handling.petition_claim(petition_id=pk, actor=who, at=LATER),
}


def take_over(pk, actor, to=None):
    return handling.petition_hand_over(
        petition_id=pk, actor=actor, to=to or actor, reason="王网格外出", at=LATER
    )


def offered(pk, user, at=LATER):
    number = Petition.objects.get(pk=pk).number
    return possible_steps(matter_of(user, number=number, at=at), user, at)


@pytest.fixture
def claimed(loop):
    return loop.triage().claim()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["grid_leader", "clerk", "secretary", "supervisor"])
def test_colleague_goes_on_with_nothing_that_somebody_has_claimed(claimed, step, who, request):
    colleague = request.getfixturevalue(who)
    before = (claimed.refresh().stage, claimed.petition.events.count())

    with pytest.raises(ConflictError) as refused:
        STEPS[step](claimed.pk, colleague)

    assert "王网格" in str(refused.value)
    assert "移交" in str(refused.value)
    assert refused.value.extra == {"claimed_by": "王网格"}
    assert (claimed.refresh().stage, claimed.petition.events.count()) == before


@pytest.mark.parametrize("who", ["grid_leader", "clerk", "secretary", "supervisor"])
def test_colleague_is_offered_the_way_to_take_it_over_and_no_other_step_of_handling(claimed, who, request):
    colleague = request.getfixturevalue(who)
    number = claimed.refresh().number

    page = matter_page(matter_of(colleague, number=number, at=LATER), colleague, LATER)

    steps = set(offered(claimed.pk, colleague))
    assert not steps & set(STEPS)
    assert Step.HAND_OVER in steps
    assert "王网格" in page["held_by"]


def test_leader_who_took_it_over_with_a_reason_goes_on_with_it(claimed, grid_leader, grid_worker):
    take_over(claimed.pk, grid_leader)
    STEPS[Step.RESOLVE](claimed.pk, grid_leader)

    petition = claimed.refresh()
    assert (petition.stage, petition.resolved_by) == (Stage.RESOLVED, grid_leader)
    assert petition.events.get(event="handed_over").note == "王网格外出"
    with pytest.raises(ConflictError):
        take_over(claimed.pk, grid_worker)


def test_leader_takes_nothing_from_the_secretary(loop, secretary, grid_leader):
    loop.triage()
    handling.petition_claim(petition_id=loop.pk, actor=secretary, at=NOW + timedelta(hours=1))

    with pytest.raises(ConflictError, match="郑书记"):
        take_over(loop.pk, grid_leader)
    with pytest.raises(ConflictError, match="郑书记"):
        handling.petition_assign(petition_id=loop.pk, actor=grid_leader, assignee=grid_leader, at=LATER)

    assert loop.refresh().assignee == secretary
    assert not {Step.HAND_OVER, Step.ASSIGN} & set(offered(loop.pk, grid_leader))


def test_deputy_of_the_claimer_goes_on_with_it(claimed, grid_worker, outsider):
    actions.post_deputise(
        post_id=Post.objects.get(user=grid_worker).pk,
        deputy=outsider,
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        actor=None,
        at=NOW,
    )

    assert Step.RESOLVE in offered(claimed.pk, outsider)
    STEPS[Step.PROGRESS](claimed.pk, outsider)
    STEPS[Step.RESOLVE](claimed.pk, outsider)

    assert claimed.refresh().resolved_by == outsider


def test_deputy_of_somebody_else_goes_on_with_nothing(claimed, grid_leader, outsider):
    actions.post_deputise(
        post_id=Post.objects.get(user=grid_leader).pk,
        deputy=outsider,
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        actor=None,
        at=NOW,
    )

    with pytest.raises(ConflictError):
        STEPS[Step.RESOLVE](claimed.pk, outsider)

    assert claimed.refresh().stage == Stage.IN_PROGRESS


def test_claim_of_somebody_whose_post_has_ended_binds_nobody(claimed, grid, grid_worker):
    Post.objects.filter(user=grid_worker).update(ends_on=NOW.date() - timedelta(days=1))
    successor = make_user("successor", "新网格")
    put_in_post(successor, Duty.GRID_WORKER, grid.place, starts_on=NOW.date())

    assert {Step.CLAIM, Step.RESOLVE} <= set(offered(claimed.pk, successor))
    STEPS[Step.CLAIM](claimed.pk, successor)

    assert claimed.refresh().assignee == successor


def test_answer_after_the_work_is_done_is_anybodys_at_the_desk(claimed, clerk):
    claimed.resolve()

    settling.petition_feed_back(petition_id=claimed.pk, actor=clerk, answer="好了", at=LATER)

    assert claimed.refresh().stage == Stage.FED_BACK


def test_page_of_a_colleague_names_who_has_it(client, claimed, grid_leader):
    client.force_login(grid_leader)

    page = client.get(f"/work/{claimed.refresh().number}/").content.decode()

    assert "已由 王网格 认领" in page
