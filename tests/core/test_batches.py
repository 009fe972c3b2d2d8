"""Many rows saved in one statement, each with values of its own."""

from __future__ import annotations

from datetime import date

import pytest

from core.batches import rows_update
from core.models import DayOverride, ReminderClaim, User
from tests.cast import NOW


@pytest.mark.django_db
def test_rows_update_saves_each_row_its_own_values_in_one_statement(django_assert_num_queries):
    days = [
        DayOverride.objects.create(date=date(2027, 1, day), is_working=False, name="假") for day in (1, 2, 3)
    ]
    for day in days[:2]:
        day.is_working, day.name = True, f"班'{day.date.day}\\"

    with django_assert_num_queries(1):
        rows_update(days[:2], ("is_working", "name"))

    kept = list(DayOverride.objects.order_by("date").values_list("is_working", "name"))
    assert kept == [(True, "班'1\\"), (True, "班'2\\"), (False, "假")]


@pytest.mark.django_db
def test_rows_update_leaves_other_columns_alone_and_writes_null():
    user = User.objects.create_user("li", phone="13900000009", display_name="李")
    user.phone, user.display_name = None, "王"

    rows_update([user], ("phone",))

    user.refresh_from_db()
    assert (user.phone, user.display_name) == (None, "李")


@pytest.mark.django_db
def test_rows_update_writes_moments_with_their_zone():
    claim = ReminderClaim.objects.create(kind="k", stage="s", subject_id=1, claimed_at=NOW)
    claim.claimed_at = NOW.replace(hour=23)

    rows_update([claim], ("claimed_at",))

    claim.refresh_from_db()
    assert claim.claimed_at == NOW.replace(hour=23)


def test_rows_update_of_nothing_asks_nothing():
    rows_update([], ("name",))
