"""晒事, 评事, 回访, 归档: answered, asked once, and closed only by those who asked."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from community.workflow import Stage
from core.errors import (
    ConflictError,
    DomainError,
    GateClosedError,
    GoneError,
    IllegalMoveError,
    NotAllowedError,
)
from core.models import OutboxMessage
from petitions.actions import evaluating, filing, joining, publishing
from petitions.actions.sweeping import evaluations_sweep
from petitions.models import Evaluation, PetitionEvent, PetitionPhoto, WallPost
from petitions.selectors import links
from tests.cast import NOW, make_town
from tests.parallel import at_once
from tests.petitions.loop import Loop, file, person

DAY = timedelta(days=1)


@pytest.fixture
def asked(loop) -> Loop:
    """Answered, published; the reporter and a neighbour have been asked to judge."""
    joining.petition_join(
        petition_id=loop.pk, person=person(phone="13900008888", name="钱叔"), words="", key=uuid4(), at=NOW
    )
    return loop.triage().claim().resolve().feed_back().publish()


def open_evaluations(loop):
    petition = loop.refresh()
    return list(petition.evaluations.filter(round=petition.round, answered_at=None, closed_at=None))


def judge(evaluation, *, satisfied=True, at=NOW + DAY, **fields):
    return evaluating.petition_judge(
        evaluation_id=evaluation.pk, is_satisfied=satisfied, comment="", at=at, **fields
    )


def test_every_reporter_is_asked_once(asked):
    invitations = OutboxMessage.objects.filter(kind="petition.judge")

    assert {message.phone for message in invitations} == {"13912345678", "13900008888"}
    assert Evaluation.objects.filter(petition_id=asked.pk).count() == 2


def test_matter_stays_open_until_everybody_was_heard(asked):
    first, second = open_evaluations(asked)

    judge(first)
    after_one = asked.refresh().stage
    judge(second)

    assert (after_one, asked.refresh().stage) == (Stage.PUBLISHED, Stage.ARCHIVED)


def test_judging_twice_is_refused(asked):
    evaluation = open_evaluations(asked)[0]
    judge(evaluation)

    with pytest.raises(ConflictError):
        judge(evaluation, satisfied=False)

    assert asked.refresh().satisfied_count == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_judging_eight_times_at_once_counts_once(asked):
    evaluation = open_evaluations(asked)[0]

    results = at_once([lambda: judge(evaluation)] * 8)

    assert sum(not isinstance(result, DomainError) for result in results) == 1
    assert asked.refresh().satisfied_count == 1


def test_expired_window_is_gone(asked):
    evaluation = open_evaluations(asked)[0]

    with pytest.raises(GoneError):
        judge(evaluation, at=evaluation.closes_at)

    assert asked.refresh().satisfied_count == 0


@pytest.mark.parametrize("token", ["", "x", "1.1.1.abc", "中文", "a" * 4000])
def test_forged_link_is_gone(db, token):
    with pytest.raises(GoneError):
        links.evaluation_of(token)


def test_first_refusal_closes_the_other_questions_and_takes_the_wall_post_down(asked):
    judge(open_evaluations(asked)[0], satisfied=False)

    petition = asked.refresh()
    assert (petition.stage, petition.round) == (Stage.IN_PROGRESS, 2)
    assert not WallPost.objects.filter(petition=petition, taken_down_at=None).exists()
    assert not petition.evaluations.filter(round=1, answered_at=None, closed_at=None).exists()


def test_each_round_asks_everybody_once(asked):
    judge(open_evaluations(asked)[0], satisfied=False)

    asked.resolve().feed_back().publish()

    rounds = Evaluation.objects.filter(petition_id=asked.pk).values_list("round", flat=True)
    assert sorted(rounds) == [1, 1, 2, 2]


def test_late_answer_to_an_earlier_round_is_gone(asked):
    first, second = open_evaluations(asked)
    judge(first, satisfied=False)
    asked.resolve().feed_back().publish()

    with pytest.raises(GoneError):
        judge(second)

    assert asked.refresh().dissatisfied_count == 1


def test_second_refusal_goes_to_the_subdistrict_and_does_not_reopen(asked, supervisor):
    judge(open_evaluations(asked)[0], satisfied=False)
    asked.resolve().feed_back().publish()
    first, second = open_evaluations(asked)
    judge(first, satisfied=False)
    judge(second)

    petition = asked.refresh()
    assert (petition.stage, petition.round, petition.awaits_decision) == (Stage.EVALUATED, 2, True)
    assert petition.assignee == supervisor
    assert OutboxMessage.objects.filter(kind="petition.second_refusal", user=supervisor).count() == 1


@pytest.fixture
def refused_twice(asked, supervisor) -> Loop:
    judge(open_evaluations(asked)[0], satisfied=False)
    asked.resolve().feed_back().publish()
    for evaluation in open_evaluations(asked):
        judge(evaluation, satisfied=False)
    return asked


def test_subdistrict_may_have_it_done_again(refused_twice, supervisor):
    evaluating.petition_reopen(
        petition_id=refused_twice.pk, actor=supervisor, reason="请重做", at=NOW + 2 * DAY
    )

    petition = refused_twice.refresh()
    assert (petition.stage, petition.round, petition.awaits_decision) == (Stage.IN_PROGRESS, 3, False)


def test_community_cannot_close_what_the_subdistrict_must_decide(refused_twice, clerk, supervisor):
    with pytest.raises(NotAllowedError):
        evaluating.petition_archive(petition_id=refused_twice.pk, actor=clerk, at=NOW + 2 * DAY)
    evaluating.petition_archive(petition_id=refused_twice.pk, actor=supervisor, at=NOW + 2 * DAY)

    assert refused_twice.refresh().stage == Stage.ARCHIVED


def test_silence_closes_the_window_and_counts_apart(asked):
    evaluations_sweep(at=NOW + 30 * DAY)

    petition = asked.refresh()
    assert petition.stage == Stage.ARCHIVED
    assert (petition.satisfied_count, petition.dissatisfied_count) == (0, 0)


def test_one_reminder_and_no_more(asked):
    for days in (8, 9, 10, 11):
        evaluations_sweep(at=NOW + days * DAY)

    assert OutboxMessage.objects.filter(kind="petition.judge_reminder").count() == 2


def test_reminders_of_many_judgements_take_a_fixed_number_of_statements(asked, django_assert_num_queries):
    for number in range(10):
        neighbour = person(phone=f"137{number:08d}")
        reporter = filing.reporter_add(asked.refresh(), neighbour, uuid4(), is_first=False, at=NOW)
        Evaluation.objects.create(
            petition_id=asked.pk,
            reporter=reporter,
            round=1,
            invited_at=NOW,
            closes_at=NOW + 14 * DAY,
            sweep_at=NOW + 7 * DAY,
        )

    with django_assert_num_queries(8):
        evaluations_sweep(at=NOW + 8 * DAY)

    assert OutboxMessage.objects.filter(kind="petition.judge_reminder").count() == 12


def test_somebody_without_a_phone_is_asked_by_staff_but_never_by_the_handler(
    diecui, clerk, secretary, grid_worker
):
    loop = Loop(file(diecui, who=person(phone="")), desk=clerk, worker=grid_worker)
    loop.triage().claim().resolve().feed_back().publish()
    evaluation = open_evaluations(loop)[0]

    with pytest.raises(NotAllowedError):
        judge(evaluation, recorded_by=grid_worker)
    judge(evaluation, recorded_by=secretary)

    evaluation.refresh_from_db()
    assert (evaluation.is_satisfied, evaluation.recorded_by) == (True, secretary)


@pytest.fixture
def xijiao_loop(subdistrict, supervisor, county) -> Loop:
    """A matter under 西郊's profile, answered: the return visit comes next."""
    from community.duties import Duty
    from petitions.actions import deliberating
    from tests.cast import make_staff
    from tests.petitions.test_handling import minutes

    town = make_town("xijiao", "西郊社区", subdistrict)
    secretary = make_staff("xijiao_secretary", "何书记", Duty.SECRETARY, town.place)
    worker = make_staff("xijiao_worker", "吕网格", Duty.GRID_WORKER, town.grids[0].place)
    loop = Loop(file(town), desk=secretary, worker=worker)
    deliberating.petition_deliberate(petition_id=loop.pk, actor=secretary, minutes=minutes(), at=NOW)
    return loop.claim().resolve().feed_back()


def visit(loop, actor, *, holds=True):
    return evaluating.petition_return_visit(
        petition_id=loop.pk, actor=actor, way="phone", holds=holds, words="问过了", at=NOW + DAY
    )


def test_archive_waits_for_the_return_visit(xijiao_loop):
    judge(open_evaluations(xijiao_loop)[0])

    with pytest.raises(IllegalMoveError):
        evaluating.petition_archive(petition_id=xijiao_loop.pk, actor=xijiao_loop.desk, at=NOW + DAY)

    assert xijiao_loop.refresh().stage == Stage.FED_BACK
    assert xijiao_loop.refresh().clock == "return_visit"


def test_handler_makes_no_return_visit(xijiao_loop):
    with pytest.raises(NotAllowedError):
        visit(xijiao_loop, xijiao_loop.worker)

    assert not xijiao_loop.petition.return_visits.exists()


def test_return_visit_and_judgement_close_the_loop_in_either_order(xijiao_loop):
    judge(open_evaluations(xijiao_loop)[0])
    visit(xijiao_loop, xijiao_loop.desk)

    assert xijiao_loop.refresh().stage == Stage.ARCHIVED


def test_result_that_does_not_hold_is_done_again(xijiao_loop):
    visit(xijiao_loop, xijiao_loop.desk, holds=False)

    assert (xijiao_loop.refresh().stage, xijiao_loop.refresh().round) == (Stage.IN_PROGRESS, 2)


def test_publishing_without_a_photo_is_refused(loop, secretary):
    loop.triage().claim().resolve().feed_back()

    with pytest.raises(GateClosedError) as refused:
        publishing.petition_publish(
            petition_id=loop.pk,
            actor=secretary,
            at=NOW + DAY,
            text=publishing.PublicText(title="灯", question="问", answer="答"),
        )

    assert refused.value.extra == {"gate": "text_and_photo_to_publish"}
    assert not WallPost.objects.exists()


def test_private_matter_is_never_published(diecui, secretary, grid_worker):
    loop = Loop(file(diecui, is_private=True), desk=secretary, worker=grid_worker)
    loop.triage().claim().resolve().feed_back()

    with pytest.raises(IllegalMoveError):
        loop.publish()

    assert not WallPost.objects.exists()
    assert loop.refresh().stage == Stage.FED_BACK
    assert len(open_evaluations(loop)) == 1


def test_photo_of_another_matter_cannot_be_published(loop, diecui, secretary, grid_worker):
    loop.triage().claim().resolve().feed_back()
    other = Loop(file(diecui, who=person(phone="13900007777")), desk=secretary, worker=grid_worker)
    other.triage().claim().resolve()
    foreign = PetitionPhoto.objects.get(petition_id=other.pk)

    with pytest.raises(DomainError):
        publishing.petition_publish(
            petition_id=loop.pk,
            actor=secretary,
            at=NOW + DAY,
            text=publishing.PublicText(title="灯", question="问", answer="答", after=foreign),
        )

    foreign.refresh_from_db()
    assert not foreign.is_public


def test_published_text_can_be_taken_down_with_a_reason_also_after_archiving(asked, secretary):
    for evaluation in open_evaluations(asked):
        judge(evaluation)
    post = WallPost.objects.get()

    publishing.wall_post_take_down(
        post_id=post.pk, actor=secretary, reason="照片拍到了车牌", at=NOW + 2 * DAY
    )

    post.refresh_from_db()
    assert post.taken_down_reason == "照片拍到了车牌"
    assert not PetitionPhoto.objects.filter(is_public=True).exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE petitions_petitionevent SET event = 'x'",
        "DELETE FROM petitions_petitionevent",
        "TRUNCATE petitions_petitionevent CASCADE",
        "UPDATE petitions_petitionevent SET note = 'neu'",
    ],
)
def test_database_refuses_to_rewrite_history(loop, change):
    from django.db import connection

    loop.triage()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert set(PetitionEvent.objects.values_list("event", flat=True)) == {"filed", "triaged"}


def test_return_visit_stands_in_the_name_of_somebody_who_did_not_handle_it(xijiao_loop):
    assert xijiao_loop.refresh().assignee == xijiao_loop.desk


def test_title_of_the_answer_does_not_become_the_title_of_the_reopened_matter(asked):
    judge(open_evaluations(asked)[0], satisfied=False)

    assert asked.refresh().public_title == ""
