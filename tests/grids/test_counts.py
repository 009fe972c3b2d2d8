"""The figures of the articles: tiers of a county, households of a grid (G-02, G-36)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from community.duties import Duty
from community.models import Household, Place
from community.models.place import PlaceKind
from grids import actions
from grids.models import Grid
from grids.models.grid import Tier
from tests.cast import NOW, grid_in_force, make_staff

pytestmark = pytest.mark.django_db
OVERVIEW = "admin:grids_grid_overview"
TIERS = ((Tier.LEVEL_1, 2397), (Tier.LEVEL_2, 7284), (Tier.LEVEL_3, 1316), (Tier.DEDICATED, 1409))


def overview_for(client, user):
    client.force_login(user)
    return client.get(reverse(OVERVIEW))


def households_in(building: Place, count: int) -> None:
    Household.objects.bulk_create(Household(place=building, room=str(number)) for number in range(count))


@pytest.fixture
def six(diecui):
    """叠翠: 3,219 households in six grids, as evenly as it goes."""
    Household.objects.all().delete()
    Grid.objects.filter(community=diecui.community).update(is_active=False)
    for number in range(6):
        building = Place.objects.create(
            kind=PlaceKind.BUILDING, name=f"{number + 11}号楼", parent=diecui.estate
        )
        Place.objects.filter(pk=building.pk).update(path=f"{diecui.estate.path}{building.pk}/", depth=4)
        building.refresh_from_db()
        grid_in_force(diecui.community, f"网格{number}", [building])
        households_in(building, 537 if number < 3 else 536)
    return diecui.community


def test_six_grids_for_3219_households_are_536_5_each(client, six, secretary):
    page = overview_for(client, secretary)

    assert page.context["overview"].average == 536.5
    assert "3219 户，平均每个网格 536.5 户。" in page.content.decode()


def test_grids_above_the_norm_and_no_others_are_highlighted(client, six, secretary):
    actions.norm_set(
        community=six, tier=Tier.LEVEL_1, leaders=1, workers=2, households=536, actor=None, at=NOW
    )

    page = overview_for(client, secretary)

    over = [crew.households for crew in page.context["overview"].crews if crew.is_overloaded]
    assert over == [537, 537, 537]
    assert page.content.decode().count("<strong>超过 536 户</strong>") == 3


def test_a_county_of_12406_grids_is_counted_by_tier(client, diecui, county):
    Grid.objects.filter(community=diecui.community).delete()
    above: dict[str, list[Grid]] = {}
    for tier, count in TIERS:
        parents = above.get({Tier.LEVEL_2: Tier.LEVEL_1, Tier.LEVEL_3: Tier.LEVEL_2}.get(tier, ""), [None])
        above[tier] = grids_of(diecui, tier, count, parents)
    boss = make_staff("boss", "郑县长", Duty.SUPERVISOR, county)

    page = overview_for(client, boss)

    shown = page.content.decode()
    for tier, words in zip(Tier, ("2,397", "7,284", "1,316", "1,409"), strict=True):
        assert f"<dt>{tier.label}</dt><dd>{words}</dd>" in shown
    assert "<dt>合计</dt><dd>12,406</dd>" in shown


def grids_of(town, tier, count, parents):
    """So many grids of a tier, in a few statements."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM community_place")
        first = cursor.fetchone()[0] + 1
    places = Place.objects.bulk_create(
        Place(
            pk=first + number,
            kind=PlaceKind.GRID,
            name=f"{tier}-{number}",
            parent=town.place,
            path=f"{town.place.path}{first + number}/",
            depth=town.place.depth + 1,
        )
        for number in range(count)
    )
    return Grid.objects.bulk_create(
        Grid(
            place=place,
            community=town.community,
            tier=tier,
            name=place.name,
            parent=parents[number % len(parents)],
        )
        for number, place in enumerate(places)
    )
