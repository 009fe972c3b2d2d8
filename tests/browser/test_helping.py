"""A helper's page and the page that takes the phone's position, on a phone."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from grids.models import CareVisit
from tests.browser.flaws import flaws
from tests.cast import make_resident
from tests.grids.needs import report
from tests.grids.test_boundaries import draw, middle, square
from tests.grids.test_care import five, pair, take  # noqa: F401

# ruff: noqa: F811


def test_helper_is_led_from_the_account_to_the_visit(sit, diecui, five, neighbour):
    elder = make_resident(diecui.households[0], "孤老", "13900000031")
    pair(take(elder, five, "red"), neighbour)
    page = sit(neighbour)
    page.goto("/account/")

    page.get_by_role("link", name="我帮扶的人").click()
    assert flaws(page, large=False) == []
    expect(page.get_by_role("heading", name="孤老")).to_be_visible()
    page.get_by_role("link", name="记走访").click()
    assert flaws(page, large=False) == []
    page.fill("[name=findings]", "身体还好。")
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/account/helping/")

    assert CareVisit.objects.get().by == neighbour


def test_position_of_the_phone_names_the_grid(sit, grid, grid_worker, resident):
    draw(grid, square(), timezone.now())
    page = sit(resident)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({**middle(), "accuracy": 8})
    page.goto("/account/grid/")

    page.get_by_role("button", name="按手机位置找").click()

    expect(page.get_by_role("heading", name=str(grid_worker))).to_be_visible()
    assert flaws(page, large=False) == []
    assert "longitude" not in page.url


def test_doors_in_nobodys_hands_and_the_day_of_the_grids_are_sound(sit, diecui, grid_worker, secretary):
    page = sit(secretary)
    report(diecui.households[0], grid_worker, at=timezone.now() - timedelta(days=9))
    for path in ("/work/charges/orphans/", "/work/watch/", "/work/watch/late/", "/work/charges/"):
        page.goto(path)
        assert flaws(page, large=False) == []
