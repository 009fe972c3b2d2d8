"""Corners of the loop that the desk's buttons lead to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community.workflow import Stage
from core.errors import ConflictError, IllegalMoveError
from petitions.actions import evaluating, handling, hiding, publishing, reporting, rerouting
from petitions.models import Petition, WallPost
from tests.cast import NOW, make_town
from tests.petitions.loop import Loop, file, person

LATER = NOW + timedelta(hours=6)


def test_matter_on_the_wall_cannot_be_made_private(loop, secretary):
    loop.triage().claim().resolve().feed_back().publish()

    with pytest.raises(ConflictError):
        hiding.petition_hide(petition_id=loop.pk, actor=secretary, reason="涉及隐私", at=LATER)

    assert loop.refresh().is_private is False


def test_private_matter_is_not_published_again(loop, secretary):
    loop.triage().claim().resolve().feed_back().publish()
    post = WallPost.objects.get()
    publishing.wall_post_take_down(post_id=post.pk, actor=secretary, reason="有隐私", at=LATER)
    Petition.objects.filter(pk=loop.pk).update(stage=Stage.EVALUATED, is_private=True)
    text = publishing.PublicText(title="灯", question="灯不亮", answer="修好了")

    with pytest.raises(IllegalMoveError):
        publishing.petition_publish(petition_id=loop.pk, actor=secretary, text=text, at=LATER)

    assert not WallPost.objects.filter(taken_down_at=None).exists()


def test_matter_rerouted_to_a_community_that_sorts_by_itself_can_be_claimed_there(
    loop, subdistrict, supervisor
):
    xijiao = make_town("xijiao", "西郊社区", subdistrict)

    rerouting.petition_reroute(
        petition_id=loop.pk,
        actor=supervisor,
        community=xijiao.community,
        place=xijiao.buildings[0],
        reason="属于西郊",
        at=LATER,
    )

    petition = loop.refresh()
    assert (petition.stage, petition.severity, petition.route) == (Stage.TRIAGED, "blue", "self_help")
    assert petition.clock == "handle_blue"


def test_answered_matter_asks_its_reporter_nothing(loop, grid_worker):
    loop.triage().claim().resolve().feed_back()

    with pytest.raises(ConflictError):
        handling.petition_ask(petition_id=loop.pk, actor=grid_worker, question="几楼？", at=LATER)

    assert not loop.petition.questions.exists()


def test_phone_of_an_archived_matter_is_not_touched(loop, secretary):
    loop.triage().claim().resolve().feed_back().publish().judge(satisfied=True)
    before = loop.refresh().changed_at
    reporter = loop.petition.reporters.get()

    with pytest.raises(IllegalMoveError):
        reporting.reporter_phone_correct(
            petition_id=loop.pk, reporter_id=reporter.pk, phone="13900001111", actor=secretary, at=LATER
        )

    assert (loop.refresh().changed_at, loop.petition.reporters.get().phone) == (before, reporter.phone)


def test_person_with_a_phone_judges_in_person(diecui, secretary, grid_worker, clerk):
    petition = file(diecui, who=person(phone="13900000009"))
    walk = Loop(petition, desk=secretary, worker=grid_worker)
    walk.triage().claim().resolve().feed_back().publish()
    evaluation = petition.evaluations.get()

    with pytest.raises(ConflictError):
        evaluating.petition_judge(
            evaluation_id=evaluation.pk, is_satisfied=True, comment="", recorded_by=clerk, at=LATER
        )

    assert petition.evaluations.get().answered_at is None


def test_matter_taken_down_can_be_made_private_and_is_still_judged(loop, secretary):
    loop.triage().claim().resolve().feed_back().publish()
    post = WallPost.objects.get()
    publishing.wall_post_take_down(post_id=post.pk, actor=secretary, reason="有隐私", at=LATER)

    hiding.petition_hide(petition_id=loop.pk, actor=secretary, reason="涉及隐私", at=LATER)

    assert (loop.refresh().is_private, loop.petition.stage) == (True, Stage.FED_BACK)
    loop.judge(satisfied=True)
    assert loop.refresh().stage == Stage.ARCHIVED


def test_answered_matter_made_private_before_it_is_published_is_judged(loop, secretary):
    loop.triage().claim().resolve().feed_back()

    hiding.petition_hide(petition_id=loop.pk, actor=secretary, reason="涉及隐私", at=LATER)

    assert loop.refresh().clock == "evaluate"
    assert loop.petition.evaluations.count() == 1
    loop.judge(satisfied=True)
    assert loop.refresh().stage == Stage.ARCHIVED
