"""A reminder belongs to whoever claimed it first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from core import reminders
from core.models import ReminderClaim
from tests.core.conftest import in_parallel

pytestmark = pytest.mark.django_db


def test_claim_returns_what_is_new(at: datetime):
    reminders.claim("handling", "50", [1, 2], at)

    again = reminders.claim("handling", "50", [3, 2, 1], at)

    assert again == {3}


@pytest.mark.parametrize(("kind", "stage"), [("handling", "80"), ("acceptance", "50")])
def test_other_kind_or_stage_is_claimed_apart(at: datetime, kind: str, stage: str):
    reminders.claim("handling", "50", [1], at)

    assert reminders.claim(kind, stage, [1], at) == {1}


def test_rolled_back_claim_can_be_claimed_again(at: datetime):
    with transaction.atomic():
        reminders.claim("handling", "50", [1], at)
        transaction.set_rollback(True)

    assert reminders.claim("handling", "50", [1], at) == {1}


@pytest.mark.parametrize("count", [3, 3000])
def test_claim_costs_one_statement(at: datetime, count: int, django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        reminders.claim("handling", "50", range(count), at)


def test_claim_of_nothing_asks_nothing(at: datetime, django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        assert reminders.claim("handling", "50", [], at) == set()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_parallel_sweeps_claim_each_subject_once(at: datetime):
    """Without the unique constraint each of the eight gets all two hundred."""
    subjects = list(range(200))

    def sweep(number: int) -> set[int]:
        with transaction.atomic():
            return reminders.claim("handling", "50", subjects if number % 2 else subjects[::-1], at)

    claimed = in_parallel(8, sweep)

    assert sorted(subject for part in claimed for subject in part) == subjects
    assert ReminderClaim.objects.count() == 200


def test_each_subject_is_claimed_for_a_stage_of_its_own_in_one_statement(
    at: datetime, django_assert_num_queries: Any
):
    with django_assert_num_queries(1):
        assert reminders.claim_each("care.due", {1: "2026-11-20", 2: "2026-11-21"}, at) == {1, 2}

    assert reminders.claim_each("care.due", {1: "2026-11-20", 2: "2026-11-22"}, at) == {2}
    assert reminders.claim_each("care.due", {}, at) == set()
