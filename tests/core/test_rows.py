"""Rows that are written by statements put together once are those that Django writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.translation import gettext_lazy

from core.audit import Trace, entry, record
from core.models import AuditEntry, InboxItem, User
from core.rows import Rows, row_update, rows_insert, rows_insert_beside

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def item(user: User, key: str) -> InboxItem:
    return InboxItem(user=user, kind="x", dedupe_key=key, title="一句话", body="", url="", created_at=AT)


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_insert_writes_what_bulk_create_writes_in_one_statement(django_assert_num_queries):
    user = User.objects.create_user("one", "x")
    rows = [item(user, "a"), item(user, "b")]

    with django_assert_num_queries(1):
        rows_insert(rows)

    kept = {one.dedupe_key: one for one in InboxItem.objects.all()}
    assert {key: columns(one) for key, one in kept.items()} == {one.dedupe_key: columns(one) for one in rows}
    assert not any(one._state.adding for one in rows)


def test_rows_insert_keeps_arrays_empty_or_not():
    user = User.objects.create_user("one", "x")
    record(event="a", actor=user, subject=user, at=AT, fields=["phone", "name"])
    record(event="b", actor=None, subject=user, at=AT)

    assert list(AuditEntry.objects.order_by("event").values_list("fields", "actor_id")) == [
        (["phone", "name"], user.pk),
        ([], None),
    ]


def test_rows_insert_passes_over_what_is_there_only_if_told_to():
    user = User.objects.create_user("one", "x")
    rows_insert([item(user, "a")])

    rows_insert([item(user, "a"), item(user, "b")], ignore_conflicts=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_insert([item(user, "a")])

    assert sorted(InboxItem.objects.values_list("dedupe_key", flat=True)) == ["a", "b"]


def test_rows_insert_refuses_a_row_whose_owner_is_not_saved():
    with pytest.raises(ValueError, match="unsaved"):
        rows_insert([item(User(username="nobody"), "a")])


def test_rows_insert_of_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows_insert([])


def test_row_update_writes_these_columns_and_no_other(django_assert_num_queries):
    user = User.objects.create_user("one", "x", display_name="甲")
    user.display_name, user.username = "乙", "other"

    with django_assert_num_queries(1):
        row_update(user, ["display_name"])
    with django_assert_num_queries(0):
        row_update(user, [])

    user.refresh_from_db()
    assert (user.display_name, user.username) == ("乙", "one")


def test_row_update_of_a_row_that_is_gone_is_refused():
    user = User.objects.create_user("one", "x")
    User.objects.filter(pk=user.pk).delete()

    with pytest.raises(DatabaseError):
        row_update(user, ["display_name"])


def test_rows_of_several_models_are_written_in_one_statement(django_assert_num_queries):
    user = User.objects.create_user("one", "x")
    rows_insert([item(user, "a")])
    line = entry(event="x", actor=user, trace=Trace(user), at=AT, fields=["name"])

    with django_assert_num_queries(1):
        rows_insert_beside(
            Rows([line]), Rows([]), Rows([item(user, "a"), item(user, "b")], ignore_conflicts=True)
        )
    with django_assert_num_queries(0):
        rows_insert_beside(Rows([]))

    assert list(AuditEntry.objects.values_list("event", "fields")) == [("x", ["name"])]
    assert sorted(InboxItem.objects.values_list("dedupe_key", flat=True)) == ["a", "b"]


def test_rows_written_beside_others_are_written_with_all_or_none_of_them():
    user = User.objects.create_user("one", "x")
    line = entry(event="x", actor=user, trace=Trace(user), at=AT)
    twice = [item(user, "a"), item(user, "a")]

    with pytest.raises(IntegrityError), transaction.atomic():
        rows_insert_beside(Rows([line]), Rows(twice))

    assert not AuditEntry.objects.exists()


def test_value_that_the_driver_does_not_know_goes_through_its_field():
    user = User.objects.create_user("one", "x")
    row = item(user, "a")
    row.title = gettext_lazy("标题")

    rows_insert([row])

    assert InboxItem.objects.get().title == "标题"
