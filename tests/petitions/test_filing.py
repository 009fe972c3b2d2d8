"""收事: number, clock, promise, receipt; once, and never for the wrong place."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from community.models import Channel
from community.workflow import Stage
from core.errors import InvalidInputError, NotAllowedError
from core.models import AuditEntry, InboxItem, OutboxMessage
from petitions.actions import filing
from petitions.models import Petition, PetitionPhoto
from petitions.selectors import links
from tests.cast import NOW, make_town
from tests.parallel import at_once
from tests.petitions.loop import file, person, photo_image, report


def test_filed_matter_has_number_clock_promise_and_receipt(diecui, secretary):
    petition = file(diecui)

    assert petition.number.startswith("20261120-")
    assert petition.stage == Stage.RECEIVED
    assert petition.due_at < petition.promise_at
    receipt = OutboxMessage.objects.get(kind="petition.received")
    code = links.tracking_code(petition.reporters.get())
    assert receipt.phone == "13912345678"
    assert petition.number in receipt.body
    assert code in receipt.body
    assert AuditEntry.objects.filter(event="petition.filed", subject_id=str(petition.pk)).count() == 1


def test_building_decides_the_grid(diecui):
    first, second = file(diecui), file(diecui, place=diecui.buildings[1], who=person(phone="13912345679"))

    assert [first.grid, second.grid] == diecui.grids


def test_form_sent_twice_gives_the_same_receipt(diecui):
    key = uuid4()

    first, second = file(diecui, key=key), file(diecui, key=key)

    assert first.pk == second.pk
    assert Petition.objects.count() == 1
    assert OutboxMessage.objects.filter(kind="petition.received").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_form_sent_eight_times_at_once_files_one_matter(diecui):
    key = uuid4()

    results = at_once([lambda: file(diecui, key=key)] * 8)

    assert {result.pk for result in results} == {Petition.objects.get().pk}
    assert OutboxMessage.objects.filter(kind="petition.received").count() == 1


def test_profile_that_sorts_by_itself_files_straight_to_the_grid_worker(subdistrict):
    town = make_town("xijiao", "西郊社区", subdistrict)

    petition = file(town)

    assert (petition.stage, petition.severity, petition.route) == (Stage.TRIAGED, "blue", "self_help")
    assert petition.clock == "handle_blue"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": "   "}, "请填写诉求内容"),
        ({"text": "长" * 10_000}, "最多 500 个字，现在有 10000 个字"),
        ({"spot": "长" * 101}, "最多 100 个字"),
        ({"photos": [None] * 7}, "最多上传 6 张照片"),
        ({"channel": "snap_report"}, "随手拍须有照片"),
    ],
)
def test_bad_report_is_refused_in_a_sentence_and_files_nothing(diecui, wrong, sentence):
    with pytest.raises(InvalidInputError) as refused:
        file(diecui, **wrong)

    assert sentence in str(refused.value)
    assert not Petition.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_place_of_another_community_is_refused(diecui, fuxi):
    with pytest.raises(InvalidInputError):
        file(diecui, place=fuxi.buildings[0])

    assert not Petition.objects.exists()


def test_without_consent_nothing_is_kept(diecui):
    with pytest.raises(InvalidInputError):
        file(diecui, who=person(has_consented=False))

    assert not Petition.objects.exists()


@pytest.mark.parametrize("phone", ["12345", "10086", "1391234567x", "<script>", "１３９１２３４５６７８"])
def test_phone_that_is_none_is_refused(diecui, phone):
    with pytest.raises(InvalidInputError):
        file(diecui, who=person(phone=phone))

    assert not Petition.objects.exists()


def test_control_characters_never_reach_the_database(diecui):
    petition = file(diecui, text="灯\x00坏\x1b了\u202e")

    assert petition.text == "灯坏了"


def test_staff_enter_a_chat_message_with_its_own_time(diecui, clerk):
    group = Channel.objects.create(
        community=diecui.community, kind="chat_group", name="小区说事群", number=7, round_the_clock=True
    )
    said = NOW - timedelta(hours=2)

    petition = file(
        diecui,
        actor=clerk,
        channel="chat_group",
        intake=group,
        received_at=said,
        who=person(has_consented=False),
    )

    assert (petition.filed_at, petition.clock_from, petition.clock_unit) == (said, said, "wall")
    assert petition.intake.number == 7


def test_worker_of_another_grid_cannot_enter_a_matter(diecui, worker_of_another_grid):
    with pytest.raises(NotAllowedError):
        file(diecui, actor=worker_of_another_grid)

    assert not Petition.objects.exists()


def test_filing_takes_at_most_fifteen_statements(
    diecui, secretary, grid_worker, django_assert_max_num_queries
):
    image = photo_image()

    with django_assert_max_num_queries(15):
        filing.petition_file(
            community=diecui.community,
            report=report(diecui, photos=[image]),
            person=person(),
            key=uuid4(),
            actor=None,
            at=NOW,
        )

    assert Petition.objects.count() == 1


def test_group_robot_hears_of_a_new_matter_without_personal_data(diecui):
    diecui.community.robot_url = "http://127.0.0.1:9/robot"
    diecui.community.save(update_fields=["robot_url"])

    petition = file(diecui)

    told = OutboxMessage.objects.get(channel="robot")
    assert petition.number in told.body
    assert not any(word in told.body + told.title for word in ("林阿姨", "13912345678", "楼道灯"))


def test_staff_get_no_text_for_what_can_wait_for_the_desk(diecui, dispatcher):
    file(diecui)

    assert InboxItem.objects.filter(user=dispatcher, kind="petition.filed").count() == 1
    assert not OutboxMessage.objects.filter(user=dispatcher).exists()


def test_two_forms_with_one_sealed_photo_at_once_are_both_filed(transactional_db, diecui):
    photo = photo_image()

    filed = at_once(
        [
            lambda phone=phone: file(diecui, who=person(phone=phone), photos=[photo])
            for phone in ("13700000001", "13700000002", "13700000003")
        ]
    )

    assert [type(petition) for petition in filed] == [Petition] * 3
    assert PetitionPhoto.objects.filter(image=photo).count() == 1
