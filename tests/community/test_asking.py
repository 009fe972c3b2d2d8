"""What a community's staff are asked at intervals (C-01, C-03)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from community import actions
from community.duties import Duty
from community.models import Estate, Organisation
from core.models import InboxItem
from tests.cast import SINCE, make_user
from tests.community.test_home import record_fact
from tests.parallel import at_once

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def asked(kind: str) -> list[InboxItem]:
    return list(InboxItem.objects.filter(kind=f"community.{kind}").order_by("pk"))


class TestEstateWithoutContact:
    def test_is_named_to_the_clerk_once_a_month(self, diecui, clerk, secretary, at):
        swept = [actions.estates_sweep(at=at + days) for days in (0 * DAY, DAY, 40 * DAY)]

        assert swept == [1, 0, 1]
        assert [(item.user, diecui.estate.name in item.body) for item in asked("estate")] == [
            (clerk, True)
        ] * 2

    def test_is_not_named_once_it_has_a_building_head(self, diecui, clerk, at):
        head = make_user("head", "老张", staff=False)
        actions.post_give(
            user=head, duty=Duty.BUILDING_HEAD, place=diecui.buildings[0], starts_on=SINCE, at=at
        )

        assert actions.estates_sweep(at=at) == 0
        assert asked("estate") == []

    def test_is_not_named_with_a_property_company(self, diecui, clerk, at):
        company = Organisation.objects.create(
            community=diecui.community, kind="property_company", name="安居物业"
        )
        Estate.objects.create(place=diecui.estate, property_company=company)

        assert actions.estates_sweep(at=at) == 0

    def test_goes_to_the_secretary_where_there_is_no_clerk(self, diecui, secretary, at):
        actions.estates_sweep(at=at)

        assert [item.user for item in asked("estate")] == [secretary]

    def test_is_named_among_twenty_at_most(self, diecui, clerk, at):
        for number in range(25):
            actions.place_create(kind="estate", name=f"新苑{number}区", parent=diecui.community.place, at=at)

        assert actions.estates_sweep(at=at) == 26
        (told,) = asked("estate")
        assert told.body.count("、") == 19
        assert "等 没有物业" in told.body

    @pytest.mark.django_db(transaction=True)
    def test_is_named_once_by_sweeps_at_once(self, diecui, clerk, at):
        swept = at_once([lambda: actions.estates_sweep(at=at)] * 3)

        assert sorted(swept) == [0, 0, 1]
        assert len(asked("estate")) == 1


class TestFigure:
    def test_a_year_old_is_asked_for_once_a_year(self, diecui, clerk, at):
        record_fact(diecui.community, value=3219, as_of=at.date() - 366 * DAY)

        swept = [actions.facts_sweep(at=at + days) for days in (0 * DAY, DAY, 370 * DAY)]

        assert swept == [1, 0, 1]
        assert [item.user for item in asked("fact")] == [clerk] * 2

    def test_that_was_given_anew_is_not_asked_for(self, diecui, clerk, at):
        record_fact(diecui.community, value=3100, as_of=date(2020, 1, 1))
        record_fact(diecui.community, value=3219, as_of=at.date() - 10 * DAY)

        assert actions.facts_sweep(at=at) == 0


@pytest.mark.parametrize("sweep", [actions.estates_sweep, actions.facts_sweep])
def test_sweep_costs_the_same_for_many(diecui, clerk, at, sweep, django_assert_max_num_queries):
    for number in range(30):
        actions.place_create(kind="estate", name=f"小区{number}", parent=diecui.community.place, at=at)
        record_fact(diecui.community, value=number, code=f"figure-{number}", as_of=date(2023, 1, 1))

    with django_assert_max_num_queries(12):
        assert sweep(at=at) >= 30
