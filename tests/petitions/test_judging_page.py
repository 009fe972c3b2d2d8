"""评事 on the web: once a round, by link, and what became of it is said plainly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community.workflow import Stage
from core.models import OutboxMessage
from petitions.models import Evaluation, PetitionEvent
from petitions.selectors import links
from tests.petitions.loop import file
from tests.petitions.pages import SCRIPT, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def evaluation(diecui, secretary, grid_worker) -> Evaluation:
    """A judgement that waits now."""
    from tests.petitions.loop import Loop

    at = timezone.now() - timedelta(days=1)
    loop = Loop(file(diecui, at=at), desk=secretary, worker=grid_worker, at=at)
    loop.triage().claim().resolve().feed_back().publish()
    return Evaluation.objects.select_related("petition", "reporter").get()


def judge(client, evaluation, satisfied="yes", comment=""):
    return client.post(links.judgement_path(evaluation), {"satisfied": satisfied, "comment": comment})


def test_page_shows_question_answer_and_two_buttons(client, evaluation):
    response = client.get(links.judgement_path(evaluation))

    page = response.content.decode()
    assert evaluation.petition.text in page
    assert evaluation.petition.outcome in page
    assert 'value="yes"' in page
    assert 'value="no"' in page
    assert response["Referrer-Policy"] == "same-origin"


def test_satisfied_is_kept_with_its_words_and_the_loop_closes(client, evaluation):
    response = judge(client, evaluation, comment="很快")

    evaluation.refresh_from_db()
    assert response.status_code == 302
    assert (evaluation.is_satisfied, evaluation.comment) == (True, "很快")
    assert evaluation.petition.__class__.objects.get().stage == Stage.ARCHIVED


def test_not_satisfied_says_that_it_was_reopened_and_who_has_it_now(client, evaluation, grid_leader):
    response = judge(client, evaluation, satisfied="no", comment="灯又坏了")

    page = client.get(response.url).content.decode()
    assert "已经重新办理，现在由第1网格 网格长负责" in page
    assert grid_leader.display_name not in page


def test_judging_twice_says_so_and_changes_nothing(client, evaluation):
    judge(client, evaluation, satisfied="yes", comment="很快")
    before = PetitionEvent.objects.count(), OutboxMessage.objects.count()

    response = judge(client, evaluation, satisfied="no", comment="反悔")

    evaluation.refresh_from_db()
    assert response.status_code == 409
    assert "您已经评价过了" in response.content.decode()
    assert (evaluation.is_satisfied, evaluation.comment) == (True, "很快")
    assert (PetitionEvent.objects.count(), OutboxMessage.objects.count()) == before


def test_used_link_shows_what_was_said(client, evaluation):
    judge(client, evaluation, comment="很快")

    page = client.get(links.judgement_path(evaluation)).content.decode()

    assert "您已经评价过了" in page
    assert "很快" in page


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("why", ["window", "closed", "round"])
def test_expired_link_is_gone_with_a_sentence_and_changes_nothing(client, evaluation, why, method):
    now = timezone.now()
    if why == "window":
        Evaluation.objects.update(closes_at=now - timedelta(minutes=1))
    elif why == "closed":
        Evaluation.objects.update(closed_at=now)
    else:
        type(evaluation.petition).objects.update(round=2)

    response = getattr(client, method)(links.judgement_path(evaluation), {"satisfied": "no"})

    evaluation.refresh_from_db()
    assert response.status_code == 410
    assert "评价期已过" in response.content.decode()
    assert evaluation.answered_at is None


def test_forged_link_is_gone(client, evaluation):
    forged = links.judgement_path(evaluation).replace(".", ".1", 1)

    assert client.get(forged).status_code == 410


@pytest.mark.parametrize("satisfied", ["", "maybe", None])
def test_neither_button_is_asked_for_again_and_words_stay(client, evaluation, satisfied):
    sent = {"comment": "写了几句"} | ({} if satisfied is None else {"satisfied": satisfied})

    response = client.post(links.judgement_path(evaluation), sent)

    evaluation.refresh_from_db()
    assert response.status_code == 422
    assert "写了几句" in response.content.decode()
    assert evaluation.answered_at is None


def test_too_many_words_are_refused_and_nothing_is_judged(client, evaluation):
    response = judge(client, evaluation, comment="字" * 10_000)

    evaluation.refresh_from_db()
    assert response.status_code == 422
    assert "最多 300 个字" in response.content.decode()
    assert evaluation.answered_at is None


def test_script_in_the_comment_is_shown_as_text(client, evaluation):
    judge(client, evaluation, comment=SCRIPT)

    page = client.get(links.judgement_path(evaluation)).content.decode()

    assert SCRIPT not in page
    assert "&lt;script&gt;" in page


def test_page_costs_two_statements(client, evaluation):
    with statements() as used:
        client.get(links.judgement_path(evaluation))

    assert len(used) == 2
