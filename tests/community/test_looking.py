"""Boxes are opened every week by two, other spots looked at every quarter (P-06, P-07)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from community.actions import talk_point_create, talk_point_look, talk_points_sweep
from community.models import TalkPoint, TalkPointLook
from core.errors import InvalidInputError, NotAllowedError, RepeatedError
from core.models import InboxItem
from tests.cast import NOW
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def box(diecui) -> TalkPoint:
    return talk_point_create(
        community=diecui.community, place=diecui.estate, kind="suggestion_box", name="东门意见箱", at=NOW
    )


@pytest.fixture
def bench(diecui) -> TalkPoint:
    return talk_point_create(
        community=diecui.community, place=diecui.estate, kind="talk_bench", name="凉亭说事凳", at=NOW
    )


def asked(user) -> list[str]:
    return list(InboxItem.objects.filter(user=user, kind="talk_point.look").values_list("body", flat=True))


def opened(box, secretary, clerk, at=NOW) -> TalkPointLook:
    return talk_point_look(talk_point_id=box.pk, actor=secretary, witness=clerk.username, notes=2, at=at)


def test_a_box_is_opened_by_two(box, secretary, clerk):
    look = opened(box, secretary, clerk)

    box.refresh_from_db()
    assert (look.by, look.witness, look.notes) == (secretary, clerk, 2)
    assert box.looked_on == NOW.date()


@pytest.mark.parametrize("second", ["", "nobody", "self", "elsewhere"])
def test_a_box_is_not_opened_alone_nor_with_a_stranger(
    box, secretary, secretary_of_another_community, second
):
    names = {"self": secretary.username, "elsewhere": secretary_of_another_community.username}

    with pytest.raises(InvalidInputError, match="两人"):
        talk_point_look(
            talk_point_id=box.pk, actor=secretary, witness=names.get(second, second), notes=0, at=NOW
        )


def test_how_many_notes_lay_in_it_is_said(box, secretary, clerk):
    with pytest.raises(InvalidInputError, match="几张"):
        talk_point_look(talk_point_id=box.pk, actor=secretary, witness=clerk.username, at=NOW)


def test_database_knows_no_second_person_who_is_the_first(box, secretary):
    with pytest.raises(IntegrityError), transaction.atomic():
        TalkPointLook.objects.create(point=box, at=NOW, by=secretary, witness=secretary)


def test_a_bench_is_looked_at_by_one_and_once_a_day(bench, secretary):
    talk_point_look(talk_point_id=bench.pk, actor=secretary, remark="凳面松了，已报修", at=NOW)

    with pytest.raises(RepeatedError):
        talk_point_look(talk_point_id=bench.pk, actor=secretary, at=NOW)


def test_others_note_nothing(bench, secretary_of_another_community, outsider):
    for user in (secretary_of_another_community, outsider):
        with pytest.raises(NotAllowedError):
            talk_point_look(talk_point_id=bench.pk, actor=user, at=NOW)


def test_keepers_are_asked_once_a_week_for_a_box_and_once_a_quarter_for_a_bench(box, bench, secretary, clerk):
    opened(box, secretary, clerk, at=NOW - 3 * DAY)
    talk_point_look(talk_point_id=bench.pk, actor=secretary, at=NOW - 3 * DAY)
    assert talk_points_sweep(at=NOW) == 0

    for _again in range(2):
        talk_points_sweep(at=NOW + 5 * DAY)
    assert [("东门意见箱" in body, "凉亭" in body) for body in asked(secretary)] == [(True, False)]
    talk_points_sweep(at=NOW + 12 * DAY)
    assert len(asked(secretary)) == 2

    opened(box, secretary, clerk, at=NOW + 89 * DAY)
    talk_points_sweep(at=NOW + 90 * DAY)

    assert sum("凉亭" in body for body in asked(secretary)) == 1


def test_closed_spots_and_building_codes_are_left_alone(diecui, bench, secretary):
    TalkPoint.objects.filter(pk=bench.pk).update(is_active=False)
    talk_point_create(
        community=diecui.community, place=diecui.buildings[0], kind="building", name="1号楼", at=NOW
    )

    assert talk_points_sweep(at=NOW) == 0


def test_the_desk_notes_it(client, box, secretary, clerk):
    client.force_login(secretary)

    answer = client.post(
        f"/admin/community/talkpoint/{box.pk}/look/", {"witness": clerk.username, "notes": "3", "remark": ""}
    )

    assert answer.status_code == 302
    assert TalkPointLook.objects.get().notes == 3


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_ask_once(box, secretary):
    at_once([lambda: talk_points_sweep(at=NOW)] * 3)

    assert len(asked(secretary)) == 1
