"""The trail can be written and read, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core import audit
from core.models import AuditEntry, User

pytestmark = pytest.mark.django_db


def test_line_names_who_what_and_which_fields(user: User, at: datetime):
    audit.record(
        event="petition_triage",
        actor=user,
        subject=user,
        at=at,
        scope_path="/1/2/",
        post="grid_worker@7",
        fields=["stage"],
        audience="reporter",
    )

    entry = AuditEntry.objects.get()
    assert (entry.at, entry.event, entry.actor, entry.post) == (at, "petition_triage", user, "grid_worker@7")
    assert (entry.subject_type, entry.subject_id) == ("core.user", str(user.pk))
    assert (entry.scope_path, entry.fields, entry.audience) == ("/1/2/", ["stage"], "reporter")


def test_line_costs_one_statement(user: User, at: datetime, django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        audit.record(event="x", actor=None, subject=user, at=at)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE core_auditentry SET event = 'forged'",
        "UPDATE core_auditentry SET event = 'forged' WHERE false",
        "DELETE FROM core_auditentry",
        "TRUNCATE core_auditentry",
        "INSERT INTO core_auditentry SELECT * FROM core_auditentry ON CONFLICT (id) DO UPDATE SET event = 'forged'",
    ],
)
def test_database_refuses_to_change_or_empty_the_trail(user: User, at: datetime, attack: str):
    audit.record(event="true", actor=user, subject=user, at=at)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(attack)

    assert list(AuditEntry.objects.values_list("event", flat=True)) == ["true"]


def test_line_outlives_the_account_it_names(user: User, at: datetime):
    audit.record(event="x", actor=user, subject=user, at=at)

    connection.cursor().execute("DELETE FROM core_user WHERE id = %s", [user.pk])

    assert AuditEntry.objects.get().actor_id == user.pk


def test_account_that_acted_cannot_be_deleted(user: User, at: datetime):
    audit.record(event="x", actor=user, subject=user, at=at)

    with pytest.raises(DatabaseError):
        user.delete()

    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_flush_between_tests_empties_the_trail_and_leaves_the_guard(user: User, at: datetime, turn: int):
    assert not AuditEntry.objects.exists()

    audit.record(event="x", actor=user, subject=user, at=at)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("DELETE FROM core_auditentry")
