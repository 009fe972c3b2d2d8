"""Whom a message may no longer reach, asked at delivery."""

from __future__ import annotations

import pytest

from community.models import Resident
from community.selectors.accounts import SIGN_IN_CODE, silenced
from core.registries import Recipient, delivery_checks
from tests.cast import make_resident


def to(user_id=None, phone="", kind="petition_answered"):
    return Recipient(user_id=user_id, phone=phone, kind=kind)


def set_standing(user, **changes):
    Resident.objects.filter(user=user).update(**changes)


def test_resident_may_be_written_to(resident):
    assert silenced([to(resident.pk), to(phone=resident.phone)]) == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"standing": "deceased"}, "已故"),
        ({"standing": "moved_out"}, "已搬离"),
        ({"refuses_messages": True}, "不愿接收消息"),
    ],
)
def test_deceased_moved_and_refusing_are_silenced_at_once(resident, changes, reason):
    set_standing(resident, **changes)

    assert set(silenced([to(resident.pk), to(phone=resident.phone)]).values()) == {reason}


def test_stranger_to_the_roll_may_be_written_to(db):
    assert silenced([to(phone="13700000009")]) == {}


def test_shared_number_is_silenced_only_with_everybody(diecui, resident):
    Resident.objects.create(household=diecui.households[0], name="老伴", phone=resident.phone)
    set_standing(resident, standing="deceased")

    assert silenced([to(phone=resident.phone)]) == {}


def test_code_that_was_asked_for_goes_out(resident):
    set_standing(resident, refuses_messages=True)

    assert silenced([to(phone=resident.phone, kind=SIGN_IN_CODE)]) == {}


@pytest.mark.parametrize("rows", [3, 30])
def test_many_recipients_cost_one_statement(diecui, rows, django_assert_num_queries):
    people = [make_resident(diecui.households[0], f"居民{n}", f"139000001{n:02d}") for n in range(rows)]

    with django_assert_num_queries(1):
        silenced([to(person.user_id) for person in people])


def test_check_is_asked_at_delivery():
    assert delivery_checks.get("community.silenced") is silenced
