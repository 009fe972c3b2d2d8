"""A statement that is compiled once answers as the queryset does."""

from __future__ import annotations

from datetime import date

import pytest

from core.models import User
from core.prepared import Prepared

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
