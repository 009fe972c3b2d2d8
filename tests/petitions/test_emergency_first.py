"""Matters of a grid in emergency mode stand on top of the day, with the reason (G-09)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from grids.actions.modes import emergency_begin, emergency_end
from petitions.selectors.today import today_of
from tests.petitions.loop import Loop, file, person

pytestmark = pytest.mark.django_db


def test_matters_of_a_grid_in_emergency_mode_come_first_until_it_is_over(
    client, diecui, secretary, grid_leader
):
    now = timezone.now()
    daily = file(diecui, place=diecui.buildings[1], at=now - timedelta(hours=2))
    urgent = file(
        diecui, place=diecui.buildings[0], at=now - timedelta(hours=1), who=person(phone="13900000077")
    )
    for petition in (daily, urgent):
        Loop(petition, desk=secretary, worker=secretary, at=now).triage()

    def listed() -> list[tuple[str, str | None]]:
        rows = today_of(secretary, at=timezone.now()).unclaimed
        return [(row.number, row.emergency) for row in rows]  # type: ignore[attr-defined]

    before = listed()
    kept = emergency_begin(grid=diecui.grids[0], hours=5, reason="暴雨", actor=grid_leader, at=now)
    during = listed()
    client.force_login(secretary)
    page = client.get("/today/").content.decode()
    emergency_end(emergency_id=kept.pk, actor=grid_leader, at=timezone.now())

    assert [number for number, _why in before] == [daily.number, urgent.number]
    assert during == [(urgent.number, "暴雨"), (daily.number, None)]
    assert "应急：暴雨" in page
    assert listed() == before


def test_desk_keeps_its_order_and_says_which_rows_are_of_the_emergency(
    client, diecui, secretary, grid_leader
):
    now = timezone.now()
    daily = file(diecui, place=diecui.buildings[1], at=now - timedelta(hours=2))
    urgent = file(
        diecui, place=diecui.buildings[0], at=now - timedelta(hours=1), who=person(phone="13900000077")
    )
    client.force_login(secretary)

    def shown() -> list[tuple[str, str]]:
        page = client.get(reverse("admin:petitions_petition_changelist"))
        assert page.content.decode().count("应急：") == sum(
            bool(row.emergency) for row in page.context["cl"].result_list
        )
        return [(row.number, row.emergency) for row in page.context["cl"].result_list]

    kept = emergency_begin(grid=diecui.grids[0], hours=5, reason="暴雨<", actor=grid_leader, at=now)
    during = shown()
    emergency_end(emergency_id=kept.pk, actor=grid_leader, at=timezone.now())

    assert during == [(daily.number, ""), (urgent.number, "暴雨<")]
    assert shown() == [(daily.number, ""), (urgent.number, "")]
