"""The working-day table binds every community: only a post over all of them changes it."""

from __future__ import annotations

from datetime import date

import pytest

from community.duties import Duty
from core import actions
from core.errors import NotAllowedError
from core.models import DayOverride
from tests.cast import NOW, make_staff

LIST, ADD = "/admin/core/dayoverride/", "/admin/core/dayoverride/add/"
TYPED = {"date": "2027-01-01", "name": "元旦"}


@pytest.fixture
def day(db):
    return DayOverride.objects.create(date=date(2027, 10, 1), is_working=False, name="国庆节")


@pytest.fixture
def own_administrator(diecui, fuxi):
    """An administrator of one community among two."""
    return make_staff("own_admin", "本社区管理员", Duty.ADMINISTRATOR, diecui.place)


def test_administrator_of_the_whole_tree_changes_the_table(client, administrator, fuxi, day):
    client.force_login(administrator)

    client.post(ADD, TYPED)
    client.post(f"{LIST}{day.pk}/delete/", {"post": "yes"})

    assert list(DayOverride.objects.values_list("name", flat=True)) == ["元旦"]


def test_administrator_above_all_communities_changes_the_table(client, diecui, fuxi, subdistrict):
    client.force_login(make_staff("street_admin", "街道管理员", Duty.ADMINISTRATOR, subdistrict))

    client.post(ADD, TYPED)

    assert DayOverride.objects.count() == 1


@pytest.mark.parametrize("who", ["own_administrator", "secretary"])
def test_post_at_one_community_reads_the_table_and_changes_nothing(client, who, day, fuxi, request):
    client.force_login(request.getfixturevalue(who))

    page = client.get(LIST)
    row = client.get(f"{LIST}{day.pk}/change/")
    refused = [
        client.post(ADD, TYPED),
        client.post(f"{LIST}{day.pk}/change/", {**TYPED, "is_working": "on"}),
        client.post(f"{LIST}{day.pk}/delete/", {"post": "yes"}),
    ]

    assert "国庆节" in page.content.decode()
    assert 'name="_save"' not in row.content.decode()
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert list(DayOverride.objects.values_list("name", "is_working")) == [("国庆节", False)]


def test_worker_does_not_see_the_table(client, grid_worker, day):
    client.force_login(grid_worker)

    assert client.get(LIST).status_code == 403


def test_actions_refuse_it_too(own_administrator, day):
    with pytest.raises(NotAllowedError):
        actions.day_override_save(
            override=DayOverride(date=date(2027, 1, 1), is_working=False, name="元旦"),
            actor=own_administrator,
            at=NOW,
        )
    with pytest.raises(NotAllowedError):
        actions.day_override_delete(override_ids=[day.pk], actor=own_administrator, at=NOW)

    assert list(DayOverride.objects.all()) == [day]


def test_table_costs_a_post_at_one_community_one_statement_more(
    client, own_administrator, day, django_assert_max_num_queries
):
    client.force_login(own_administrator)

    with django_assert_max_num_queries(12):
        assert client.get(LIST).status_code == 200
