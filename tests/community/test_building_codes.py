"""All codes of the chosen places at once, as one PDF (P-06)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from community import actions
from community.models import TalkPoint
from core.errors import InvalidInputError, NotAllowedError
from core.models import AuditEntry
from tests.cast import NOW

LIST = reverse("admin:community_place_changelist")


def ask(client, *places):
    form = {"action": "print_codes", "index": 0, "_selected_action": [place.pk for place in places]}
    return client.post(LIST, form)


def test_chosen_estate_gets_all_its_codes_and_one_pdf(client, diecui, secretary):
    client.force_login(secretary)

    answer = ask(client, diecui.estate)

    points = TalkPoint.objects.filter(kind="building")
    assert {point.place for point in points} == set(diecui.buildings)
    assert [point.name for point in points.order_by("pk")] == ["一号小区 1号楼", "一号小区 2号楼"]
    pdf = client.get(answer.url)
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert all(f"point={point.pk}" in answer.url for point in points)
    assert AuditEntry.objects.filter(event="talk_point.created").count() == 2


def test_code_that_is_up_already_stays_as_it_is(client, diecui, secretary):
    client.force_login(secretary)
    ask(client, diecui.buildings[0])
    token = TalkPoint.objects.get().token

    ask(client, diecui.estate)

    assert TalkPoint.objects.get(place=diecui.buildings[0]).token == token
    assert TalkPoint.objects.count() == 2


def test_chosen_building_alone_is_printed(client, diecui, secretary):
    client.force_login(secretary)
    ask(client, diecui.estate)

    answer = ask(client, diecui.buildings[1])

    assert answer.url.count("point=") == 1


def test_places_without_buildings_or_of_two_communities_are_refused(diecui, fuxi, administrator):
    with pytest.raises(InvalidInputError):
        actions.building_codes_make(places=[diecui.entrances[0]], actor=administrator, at=NOW)
    with pytest.raises(InvalidInputError):
        actions.building_codes_make(places=[diecui.estate, fuxi.estate], actor=administrator, at=NOW)

    assert not TalkPoint.objects.exists()


def test_refusal_is_said_on_the_list(client, diecui, secretary):
    client.force_login(secretary)

    answer = client.post(
        LIST,
        {"action": "print_codes", "index": 0, "_selected_action": [diecui.entrances[0].pk]},
        follow=True,
    )

    assert "请选择有楼栋的地点" in answer.content.decode()


def test_places_of_another_community_are_out_of_reach(client, diecui, fuxi, secretary):
    client.force_login(secretary)

    ask(client, fuxi.estate)
    with pytest.raises(NotAllowedError):
        actions.building_codes_make(places=[fuxi.estate], actor=secretary, at=NOW)

    assert not TalkPoint.objects.exists()


def test_worker_who_keeps_no_places_has_no_such_action(client, diecui, grid_worker):
    client.force_login(grid_worker)

    ask(client, diecui.estate)

    assert not TalkPoint.objects.exists()
