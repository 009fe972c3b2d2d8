"""A list of the desk goes into Excel, with its filter and with a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from community.models import ListExport, Resident
from community.tasks import run_list_exports
from tests.browser.flaws import desk_flaws


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_secretary_takes_the_roll_along_with_a_reason(sit, diecui, secretary):
    Resident.objects.create(household=diecui.households[0], name="张三", phone="13812340001")
    page = sit(secretary, desk=True)
    page.goto(reverse("admin:community_resident_changelist") + "?is_tenant__exact=0")
    page.get_by_role("link", name="导出到 Excel").click()
    expect(page.get_by_text("租户：否")).to_be_visible()
    page.get_by_role("button", name="开始导出").click()
    expect(page.locator(".errornote")).to_be_visible()
    assert not desk_flaws(page)
    page.get_by_label("用途").fill("入户走访")
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_text("排队中")).to_be_visible()
    assert not desk_flaws(page)

    run_list_exports()
    page.reload()
    with page.expect_download() as got:
        page.get_by_role("link", name="下载（1 行）").click()

    assert got.value.suggested_filename.endswith(".xlsx")
    assert ListExport.objects.get().purpose == "入户走访"
    assert not desk_flaws(page)
