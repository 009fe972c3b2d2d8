"""A statement that is compiled once answers as the queryset does."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.audit import record
from core.models import AuditEntry, User
from core.prepared import Prepared, PreparedModel

NAMES = Prepared(
    lambda key, day: User.objects.filter(pk=key, date_joined__date__gte=day, is_active=True).values_list(
        "pk", "username"
    ),
    key=-1,
    day=date.min,
)


@pytest.mark.django_db
def test_rows_are_those_of_the_queryset_for_each_value(django_assert_num_queries):
    first, second = (User.objects.create_user(name, "x") for name in ("first", "second"))
    NAMES.rows(key=first.pk, day=date(2000, 1, 1))

    with django_assert_num_queries(3):
        found = [
            NAMES.rows(key=first.pk, day=date(2000, 1, 1)),
            NAMES.rows(key=second.pk, day=date(2000, 1, 1)),
            NAMES.rows(key=second.pk, day=date(9000, 1, 1)),
        ]

    assert found == [[(first.pk, "first")], [(second.pk, "second")], []]


@pytest.mark.django_db
def test_sample_that_is_lost_in_the_statement_is_refused():
    lost = Prepared(lambda key: User.objects.filter(is_active=True).values_list("pk"), key=-1)

    with pytest.raises(AssertionError):
        lost.rows(key=1)


ACCOUNT = PreparedModel(lambda name: User.objects.filter(username=name), name="?")
ENTRY = PreparedModel(
    lambda event: AuditEntry.objects.select_related("actor").filter(event=event).order_by("pk")[:1], event="?"
)


@pytest.mark.django_db
def test_model_is_the_one_of_the_queryset(django_assert_num_queries):
    user = User.objects.create_user("first", "x")
    ACCOUNT.first(name="first")

    with django_assert_num_queries(2):
        found, nobody = ACCOUNT.first(name="first"), ACCOUNT.first(name="nobody")

    assert nobody is None
    assert found == user
    assert {f.attname: getattr(found, f.attname) for f in User._meta.concrete_fields} == {
        f.attname: getattr(user, f.attname) for f in User._meta.concrete_fields
    }


@pytest.mark.django_db
def test_model_comes_with_what_is_joined_and_converted(django_assert_num_queries):
    user = User.objects.create_user("first", "x")
    at = datetime(2026, 11, 22, tzinfo=UTC)
    record(event="joined.row", actor=user, subject=user, at=at, fields=["phone"])
    record(event="bare.row", actor=None, subject=user, at=at, fields=[])

    joined, bare = ENTRY.first(event="joined.row"), ENTRY.first(event="bare.row")

    with django_assert_num_queries(0):
        assert (joined.actor, joined.fields, bare.actor, bare.fields) == (user, ["phone"], None, [])


@pytest.mark.django_db
def test_sample_that_may_be_spared_is_not_missed():
    spared = Prepared(lambda key: User.objects.filter(is_active=True).values_list("pk"), ("key",), key=-1)

    assert spared.rows(key=1) == []
