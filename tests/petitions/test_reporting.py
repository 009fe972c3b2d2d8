"""What the people who asked may do themselves, and what staff do about their numbers."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from community.workflow import Stage
from core.errors import ConflictError, GoneError, IllegalMoveError, InvalidInputError, TooManyRequestsError
from core.models import InboxItem, OutboxMessage
from petitions.actions import joining, reporting
from petitions.selectors import links
from tests.cast import NOW
from tests.petitions.loop import person

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def reporter(petition):
    return petition.reporters.get()


def codes_sent(phone="13912345678"):
    return OutboxMessage.objects.filter(kind="petition.code", phone=phone).count()


def test_words_are_added_and_the_handler_is_told(loop, reporter, grid_worker):
    loop.triage()

    reporting.petition_add(reporter=reporter, text="四楼的灯也坏了", photos=[], at=LATER)

    assert loop.petition.events.get(event="added").note == "四楼的灯也坏了"
    assert InboxItem.objects.filter(kind="petition.added", user=grid_worker).count() == 1


def test_correction_before_sorting_keeps_the_former_words(petition, reporter):
    former = petition.text

    reporting.petition_correct(reporter=reporter, text="是二单元，不是三单元。", spot="", at=LATER)

    petition.refresh_from_db()
    assert petition.text == "是二单元，不是三单元。"
    assert former in petition.events.get(event="corrected").note


def test_correction_after_sorting_is_refused(loop, reporter):
    loop.triage()

    with pytest.raises(IllegalMoveError):
        reporting.petition_correct(reporter=reporter, text="改", spot="", at=LATER)

    assert loop.refresh().text != "改"


def test_withdrawn_matter_is_closed(petition, reporter):
    reporting.petition_withdraw(reporter=reporter, reason="已自行解决", at=LATER)

    petition.refresh_from_db()
    assert (petition.stage, petition.due_at) == (Stage.WITHDRAWN, None)


def test_matter_that_a_neighbour_joined_is_not_withdrawn(petition, reporter):
    joining.petition_join(
        petition_id=petition.pk, person=person(phone="13900008888"), words="", key=uuid4(), at=NOW
    )

    with pytest.raises(ConflictError):
        reporting.petition_withdraw(reporter=reporter, reason="", at=LATER)

    petition.refresh_from_db()
    assert petition.stage == Stage.RECEIVED


def test_answered_matter_takes_no_additions(loop, reporter):
    loop.triage().claim().resolve().feed_back()

    with pytest.raises(IllegalMoveError):
        reporting.petition_add(reporter=reporter, text="再加一句", photos=[], at=LATER)

    assert not loop.petition.events.filter(event="added").exists()


def test_lost_code_goes_to_the_phone_on_record(petition):
    reporting.code_send_again(number=petition.number, phone="139 1234 5678", address="10.0.0.1", at=LATER)

    assert codes_sent() == 1


@pytest.mark.parametrize(("number", "phone"), [("20261120-9999", "13912345678"), (None, "13900000000")])
def test_unknown_number_or_phone_is_answered_the_same_and_sends_nothing(petition, number, phone):
    answer = reporting.code_send_again(
        number=number or petition.number, phone=phone, address="10.0.0.1", at=LATER
    )

    assert answer is None
    assert not OutboxMessage.objects.filter(kind="petition.code").exists()


def test_code_is_not_sent_without_end(petition):
    for _time in range(3):
        reporting.code_send_again(number=petition.number, phone="13912345678", address="10.0.0.1", at=LATER)

    with pytest.raises(TooManyRequestsError):
        reporting.code_send_again(number=petition.number, phone="13912345678", address="10.0.0.1", at=LATER)


def test_corrected_phone_gets_a_new_code_and_ends_the_old_link(petition, reporter, secretary):
    old_code, old_link = links.tracking_code(reporter), links.ticket_path(reporter).split("/")[-2]

    fresh = reporting.reporter_phone_correct(
        petition_id=petition.pk, reporter_id=reporter.pk, phone="13955556666", actor=secretary, at=LATER
    )

    assert codes_sent("13955556666") == 1
    assert not links.code_fits(fresh, old_code)
    with pytest.raises(GoneError):
        links.reporter_of(old_link)
    assert petition.events.filter(event="phone_corrected").count() == 1


def test_answer_without_a_question_is_refused(reporter):
    with pytest.raises(ConflictError):
        reporting.petition_answer(reporter=reporter, answer="好", at=LATER)

    assert reporter.petition.events.count() == 1


def test_endless_additions_are_refused(petition, reporter):
    for number in range(reporting.ADDITIONS_MAX):
        reporting.petition_add(reporter=reporter, text=f"第{number}次", photos=[], at=LATER)

    with pytest.raises(InvalidInputError):
        reporting.petition_add(reporter=reporter, text="又一次", photos=[], at=LATER)

    assert petition.events.filter(event="added").count() == reporting.ADDITIONS_MAX
