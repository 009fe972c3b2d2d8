"""A safety visit and a care visit in a stairwell without signal; the phone never learns who is in care."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from grids.actions.winter import winters_begin
from grids.models import CareVisit, SafetyVisit
from tests.browser.phones import is_kept, open_once
from tests.browser.test_kept import where
from tests.grids.test_care import elder, five, take  # noqa: F401
from tests.grids.test_winter import coal, planned

# ruff: noqa: F811

WAITING = "[data-waiting-list] > li"


def test_both_kinds_of_visit_go_up_when_there_is_signal(phone, diecui, grid_worker, elder, five):
    at = timezone.now() - timedelta(days=2)
    for door in diecui.households[:2]:
        coal(door, grid_worker, at=at)
    planned(diecui.community, at=at)
    winters_begin(at=at)
    left = SafetyVisit.objects.latest("pk")
    take(elder, five, "red", grid_worker, at=at)
    page = phone(grid_worker)
    open_once(page)
    for path in ("/work/winter/", "/work/winter/visit/", "/work/care/visit/"):
        is_kept(page, path)
    assert where(page, elder.name) == ""
    page.context.set_offline(True)

    page.goto("/work/winter/")
    page.get_by_role("link", name=left.household.long_name).click()
    expect(page.locator("[name=visit]")).to_have_value(str(left.pk))
    page.get_by_label("炉具").check()
    page.get_by_label("没有", exact=True).check()
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/work/waiting/")
    page.goto("/work/care/visit/")
    page.select_option("[name=household]", str(elder.household_id))
    page.fill("[name=name]", elder.name)
    page.fill("[name=findings]", "血压高，夜里咳嗽。")
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/work/waiting/")
    expect(page.locator(WAITING)).to_have_count(2)

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator(WAITING)).to_have_count(0)
    left.refresh_from_db()
    assert left.done_by == grid_worker
    assert CareVisit.objects.get().subject.resident == elder
