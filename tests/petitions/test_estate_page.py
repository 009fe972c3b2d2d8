"""An estate's page: piles, sheds and price, and every other work of that estate (P-30, P-09)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from community.actions import place_create
from community.models.place import PlaceKind
from core.errors import InvalidInputError
from petitions.actions.projects import ending
from tests.petitions.pages import statements
from tests.petitions.projects import HOUR, count, create, part, price, published, running
from tests.petitions.sessions import joint, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def page_of(client, place) -> str:
    return client.get(reverse("community:estate", args=["diecui", place.pk])).content.decode()


@pytest.fixture
def sheds(diecui, clerk, now):
    """锦都's three sheds with forty piles, at ordinary electricity and a small fee."""
    made = running(diecui, clerk, at=now, title="充电车棚", topic="e_bike_charging", places=[diecui.estate])
    for name, unit, total in (("车棚", "座", 3), ("充电桩", "个", 40)):
        count(part(made, clerk, at=now, name=name, unit=unit, total=total), clerk, total, at=now)
    price(made, clerk, at=now, base=Decimal("0.5469"), service=Decimal("0.2"))
    return made


@pytest.mark.parametrize("who", [None, "outsider", "resident", "secretary_of_another_community"])
def test_everybody_reads_piles_sheds_and_price(client, diecui, sheds, request, who):
    if who:
        client.force_login(request.getfixturevalue(who))

    page = page_of(client, diecui.estate)

    for words in ("充电车棚", "车棚 3/3座", "充电桩 40/40个", "¥0.5469", "¥0.20", "¥0.7469 每度"):
        assert words in page
    assert reverse("petitions:project", args=["diecui", sheds.pk]) in page


def test_fee_changed_without_a_session_is_rejected_and_the_old_one_stays(client, diecui, sheds, clerk, now):
    with pytest.raises(InvalidInputError, match="议事会"):
        price(sheds, clerk, at=now, base=Decimal("0.5469"), service=Decimal("0.5"))

    assert "¥0.7469 每度" in page_of(client, diecui.estate)


def test_fee_changed_by_a_session_names_it_and_takes_the_place_of_the_old_one(
    client, diecui, sheds, clerk, now
):
    decided = write(joint(diecui, clerk, at=now - 5 * HOUR), clerk)
    price(sheds, clerk, at=now, base=Decimal("0.5469"), service=Decimal("0.1"), session=decided)

    page = page_of(client, diecui.estate)

    assert "¥0.6469 每度" in page
    assert "¥0.7469 每度" not in page
    assert f"依据{decided.title}" in page


def test_work_of_a_building_stands_on_the_page_of_its_estate_once(client, diecui, clerk, now):
    published(diecui, clerk, at=now, title="加装电梯", places=diecui.buildings)

    assert page_of(client, diecui.estate).count("加装电梯") == 1


def test_drafts_stopped_works_and_those_of_other_estates_do_not(client, diecui, clerk, now):
    other = place_create(kind=PlaceKind.ESTATE, name="二号小区", parent=diecui.place, at=now)
    create(diecui, clerk, at=now, title="没公布的", places=[diecui.estate])
    published(diecui, clerk, at=now, title="别处的", places=[other])
    stopped = published(diecui, clerk, at=now, title="停了的", places=[diecui.estate])
    price(stopped, clerk, at=now, name="停车")
    ending.project_stop(project_id=stopped.pk, actor=clerk, reason="没有资金", at=now)

    page = page_of(client, diecui.estate)

    for words in ("没公布的", "别处的", "停了的", "停车"):
        assert words not in page
    assert "别处的" in page_of(client, other)


def test_page_costs_the_same_for_many_works(client, diecui, clerk, now):
    costs = []
    for number in (3, 30):
        for n in range(number):
            made = published(diecui, clerk, at=now, title=f"工程{number}-{n}", places=[diecui.estate])
            part(made, clerk, at=now)
            price(made, clerk, at=now)
        page_of(client, diecui.estate)
        with statements() as used:
            page_of(client, diecui.estate)
        costs.append(len(used))

    assert costs[0] == costs[1] <= 6
