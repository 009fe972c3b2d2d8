"""A volunteer in a stairwell without signal, and doors on a worker's way (G-20, G-07)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from grids.actions.sweep_walking import walker_end, walker_name
from grids.models import Sweep, SweepStop, Visit
from tests.browser.flaws import flaws
from tests.browser.people import picture
from tests.browser.phones import is_kept, is_not_kept, open_once
from tests.grids.test_lane import lane
from tests.grids.test_sweeps import planned
from tests.grids.visits import visit

WAITING = "[data-waiting-list] > li"


@pytest.fixture
def sweep(diecui, secretary, grid_worker) -> Sweep:
    return planned(diecui.estate, secretary, [grid_worker], at=timezone.now())


def asked(sweep, user, secretary):
    return walker_name(sweep_id=sweep.pk, user_id=user.pk, actor=secretary, at=timezone.now())


def test_volunteer_is_led_from_the_account_to_the_stop(sit, sweep, resident, secretary):
    asked(sweep, resident, secretary)
    page = sit(resident)
    page.goto("/account/")

    for name in ("我参加的摸排", sweep.name, str(sweep.stops.first())):
        page.get_by_role("link", name=name).first.click()
        assert flaws(page, large=False) == []
    page.get_by_label("没有发现问题").check()
    page.get_by_role("button", name="记下").click()
    page.wait_for_url(f"**/account/sweeping/{sweep.pk}/")

    assert SweepStop.objects.get(result="nothing").recorded_by == resident
    expect(page.locator("main")).to_contain_text(str(resident))


def test_hazard_with_its_photo_goes_up_when_there_is_signal(phone, sweep, resident, secretary):
    asked(sweep, resident, secretary)
    stop, page = sweep.stops.first(), phone(resident)
    own = f"/account/sweeping/{sweep.pk}/"
    page.goto(own)
    is_kept(page, f"{own}record/")
    is_kept(page, own)
    page.context.set_offline(True)

    page.goto(own)
    page.get_by_role("link", name=str(stop)).click()
    expect(page.locator("[name=stop]")).to_have_value(str(stop.pk))
    page.get_by_label("发现隐患", exact=True).check()
    page.get_by_role("button", name="记下").click()
    expect(page.locator("[data-entry-refused]")).to_contain_text("请拍一张照片")
    page.fill("[name=note]", "楼道里堆了纸箱。")
    page.set_input_files("[name=photos]", [picture()])
    expect(page.locator("[data-photos-previews] canvas").first).to_be_visible()
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/work/waiting/")
    expect(page.locator(WAITING)).to_have_count(1)
    expect(page.locator(".back")).to_have_attribute("href", "/account/sweeping/")
    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator(WAITING)).to_have_count(0)
    stop.refresh_from_db()
    assert (stop.result, stop.recorded_by, stop.photo is not None) == ("hazard", resident, True)


def test_taken_off_the_phone_lets_go_of_its_pages(phone, sweep, resident, secretary):
    walker, page = asked(sweep, resident, secretary), phone(resident)
    own = f"/account/sweeping/{sweep.pk}/"
    page.goto(own)
    is_kept(page, own)
    walker_end(walker_id=walker.pk, actor=secretary, at=timezone.now())

    page.goto(own)

    is_not_kept(page, own)
    page.context.set_offline(True)
    page.goto(own)
    expect(page.locator("main")).not_to_contain_text(sweep.name)


def test_door_on_the_way_is_one_tap_from_its_form_also_without_signal(phone, diecui, grid_worker):
    door = diecui.households[0]
    made = visit(door, grid_worker, at=timezone.now() - timedelta(days=9))
    lane(door)
    page = phone(grid_worker)
    open_once(page)
    for path in ("/work/patrol/", "/work/homes/visit/"):
        is_kept(page, path)
    page.context.set_offline(True)

    page.goto("/work/patrol/")
    page.get_by_role("link", name=door.long_name).click()
    expect(page.locator("select[name=household]")).to_have_value(str(door.pk))
    expect(page.locator(f"[name=purpose][value='{made.purpose_id}']")).to_be_checked()
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/work/waiting/")
    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator(WAITING)).to_have_count(0)
    assert Visit.objects.filter(household=door).count() == 2
