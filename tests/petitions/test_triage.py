"""理事: colour, route, clock; back, on, or elsewhere; and by whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community.workflow import Route, Stage
from core.errors import ConflictError, GateClosedError, IllegalMoveError, InvalidInputError, NotAllowedError
from core.models import OutboxMessage
from petitions.actions import hiding, rerouting, triage
from petitions.models import Petition
from tests.cast import NOW, make_town
from tests.parallel import at_once
from tests.petitions.loop import decision, file

LATER = NOW + timedelta(hours=1)


def sort(petition, actor, **fields):
    return triage.petition_triage(petition_id=petition.pk, actor=actor, decision=decision(**fields), at=LATER)


def test_triage_starts_the_handling_clock_and_names_the_worker(petition, secretary, grid_worker):
    sort(petition, secretary)

    petition.refresh_from_db()
    assert (petition.stage, petition.clock) == (Stage.TRIAGED, "handle_blue")
    assert petition.assignee == grid_worker
    assert petition.due_at > LATER
    assert OutboxMessage.objects.filter(kind="petition.assigned", user=grid_worker).count() == 1


def test_vacant_grid_falls_back_upwards(petition, secretary):
    sort(petition, secretary)

    petition.refresh_from_db()
    assert (petition.assignee, petition.tier) == (secretary, "community_secretary")


def test_triage_from_another_grid_changes_nothing(petition, leader_of_another_grid):
    with pytest.raises(NotAllowedError):
        sort(petition, leader_of_another_grid)

    petition.refresh_from_db()
    assert petition.stage == Stage.RECEIVED
    assert petition.events.count() == 1


@pytest.mark.parametrize(
    "who", ["grid_worker", "administrator", "outsider", "secretary_of_another_community"]
)
def test_only_posts_with_the_power_sort(petition, who, request):
    with pytest.raises(NotAllowedError):
        sort(petition, request.getfixturevalue(who))

    petition.refresh_from_db()
    assert petition.stage == Stage.RECEIVED


def test_red_is_told_to_the_secretary_at_once(petition, dispatcher, secretary):
    sort(petition, dispatcher, scale=1, difficulty=2, social_impact=3)

    petition.refresh_from_db()
    assert petition.severity == "red"
    told = OutboxMessage.objects.get(kind="petition.red", user=secretary)
    assert told.urgent


def test_lowering_the_colour_needs_a_reason(petition, secretary):
    with pytest.raises(InvalidInputError):
        sort(petition, secretary, social_impact=3, severity="yellow")

    petition.refresh_from_db()
    assert petition.stage == Stage.RECEIVED

    sort(petition, secretary, social_impact=3, severity="yellow", reason="已临时围挡，无人员风险")
    petition.refresh_from_db()
    assert (petition.severity, petition.severity_reason) == ("yellow", "已临时围挡，无人员风险")


def test_route_and_colour_are_independent(petition, secretary):
    sort(petition, secretary, route=Route.JOINT_ACTION, scale=1, difficulty=1, social_impact=1)

    petition.refresh_from_db()
    assert (petition.route, petition.severity) == ("joint_action", "blue")


def test_profile_that_asks_for_a_route_refuses_without(petition, secretary):
    with pytest.raises(GateClosedError) as refused:
        sort(petition, secretary, route="")

    petition.refresh_from_db()
    assert refused.value.extra == {"gate": "route_at_triage"}
    assert petition.stage == Stage.RECEIVED


def test_profile_that_asks_for_criteria_refuses_without(fuxi, secretary_of_another_community):
    petition = file(fuxi)

    with pytest.raises(GateClosedError) as refused:
        sort(petition, secretary_of_another_community, scale=None, difficulty=None, social_impact=None)

    assert refused.value.extra == {"gate": "criteria_at_triage"}


def test_profile_that_asks_for_deadline_and_responsible_refuses_without(subdistrict, supervisor):
    petition = file(make_town("fuqian", "府前社区", subdistrict))

    with pytest.raises(GateClosedError):
        sort(petition, supervisor)
    sort(petition, supervisor, due_at=LATER + timedelta(days=3))

    petition.refresh_from_db()
    assert petition.stage == Stage.TRIAGED
    assert petition.due_at.date() == (LATER + timedelta(days=3)).date()


def test_second_triage_is_refused(petition, secretary):
    sort(petition, secretary)

    with pytest.raises(IllegalMoveError):
        sort(petition, secretary, social_impact=3)

    petition.refresh_from_db()
    assert petition.severity == "blue"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_triages_at_once_give_one_winner(petition, secretary, dispatcher):
    results = at_once(
        [lambda: sort(petition, secretary), lambda: sort(petition, dispatcher, social_impact=3)]
    )

    losers = [result for result in results if isinstance(result, IllegalMoveError)]
    assert len(losers) == 1
    assert petition.events.filter(event="triaged").count() == 1


def test_return_shows_its_reason_to_everybody_who_asked(petition, secretary):
    rerouting.petition_return(
        petition_id=petition.pk, actor=secretary, reason="内容不清，请补充地点", at=LATER
    )

    petition.refresh_from_db()
    line = petition.events.get(event="returned")
    assert (petition.stage, line.note, line.audience) == ("returned", "内容不清，请补充地点", "reporter")
    assert OutboxMessage.objects.filter(kind="petition.stage_returned", body__contains="内容不清").exists()
    assert petition.due_at is None


def test_matter_that_is_not_ours_is_handed_on_with_a_note(petition, secretary):
    rerouting.petition_hand_on(
        petition_id=petition.pk, actor=secretary, to="12345", reason="市政道路", at=LATER
    )

    petition.refresh_from_db()
    assert (petition.stage, petition.handed_on_to) == ("returned", "12345")
    assert "12345" in petition.events.get(event="handed_on").note


def test_rerouted_matter_is_seen_by_the_other_community_only(
    petition, fuxi, secretary, secretary_of_another_community
):
    rerouting.petition_reroute(
        petition_id=petition.pk,
        actor=secretary,
        community=fuxi.community,
        place=fuxi.buildings[0],
        reason="属府西社区",
        at=LATER,
    )

    seen = Petition.objects.filter(pk=petition.pk)
    assert not seen.visible_to(secretary, at=LATER).exists()
    assert seen.visible_to(secretary_of_another_community, at=LATER).exists()
    assert seen.get().clock == "accept"


def test_spam_is_hidden_and_can_be_undone(petition, secretary):
    hiding.spam_mark(petition_id=petition.pk, actor=secretary, reason="广告", at=LATER)
    hidden = not Petition.objects.public().filter(pk=petition.pk).exists()
    hiding.spam_undo(petition_id=petition.pk, actor=secretary, reason="误标", at=LATER)

    assert hidden
    assert Petition.objects.public().get(pk=petition.pk).sweep_at is not None


def test_regrading_starts_the_new_colours_clock(loop, secretary):
    before = loop.triage().refresh().due_at

    triage.petition_regrade(
        petition_id=loop.pk,
        actor=secretary,
        decision=decision(social_impact=2, reason="影响两栋楼"),
        at=LATER,
    )

    petition = loop.refresh()
    assert (petition.severity, petition.clock) == ("yellow", "handle_yellow")
    assert petition.due_at < before


def test_closed_matter_is_read_only(petition, secretary):
    rerouting.petition_return(petition_id=petition.pk, actor=secretary, reason="重复", at=LATER)

    with pytest.raises((IllegalMoveError, ConflictError)):
        triage.petition_approve_title(petition_id=petition.pk, actor=secretary, title="新标题", at=LATER)

    petition.refresh_from_db()
    assert petition.public_title == ""
