"""Tests that commit find the database as it was migrated, guards included."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from core.models import User


@pytest.mark.race
@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_gone_in_the_next_test(turn: int):
    assert not User.objects.exists()

    made = threading.Thread(target=make_account)
    made.start()
    made.join()

    assert User.objects.count() == 1


def make_account() -> None:
    User.objects.create_user("committed")
    connection.close()
