"""Around hazards on a phone: a stop of a sweep without signal, and the day that a type usually has."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from grids.models import SweepStop
from tests.browser.phones import open_once, until
from tests.grids.test_hazards import a_type
from tests.grids.test_sweeps import planned

WAITING = "[data-waiting-list] > li"


def test_stop_recorded_without_signal_goes_up(phone, diecui, secretary, grid_worker):
    sweep = planned(diecui.estate, secretary, [grid_worker], at=timezone.now())
    stop, form = sweep.stops.first(), f"/work/sweeps/{sweep.pk}/record/"
    page = phone(grid_worker)
    open_once(page)
    until(page, f"caches.open('field-pages').then((one) => one.match('{form}')).then(Boolean)")
    page.context.set_offline(True)

    page.goto(form)
    page.select_option("[name=stop]", str(stop.pk))
    page.check("[name=result][value=nothing]")
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/work/waiting/")
    expect(page.locator(WAITING)).to_have_count(1)
    assert not SweepStop.objects.exclude(result="").exists()

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator(WAITING)).to_have_count(0)
    stop.refresh_from_db()
    assert (stop.result, stop.recorded_by) == ("nothing", grid_worker)


def test_type_fills_in_its_usual_day_until_another_is_typed(sit, diecui, grid_worker):
    page, today = sit(grid_worker), timezone.localdate()
    wiring, charging = a_type("电气线路老化"), a_type("飞线充电")
    page.goto("/work/hazards/new/")

    page.check(f"[name=type][value='{wiring.pk}']")
    expect(page.locator("[name=rectify_by]")).to_have_value(f"{today + timedelta(days=wiring.days)}")
    page.fill("[name=rectify_by]", f"{today + timedelta(days=2)}")
    page.check(f"[name=type][value='{charging.pk}']")

    expect(page.locator("[name=rectify_by]")).to_have_value(f"{today + timedelta(days=2)}")
