"""From the guide to the receipt, on a phone: what to bring, then somebody comes and helps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from petitions.models import Assistance
from tests.browser.flaws import flaws
from tests.community.test_guide import make_item

pytestmark = pytest.mark.urls("tests.browser.urls")


def test_old_person_finds_the_item_and_asks_for_a_visit(sit, diecui, clerk):
    make_item(diecui.community, at=timezone.now())
    page = sit(large=True)
    page.goto("/diecui/guide/")
    page.get_by_label("想办什么事").fill("津贴")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="高龄津贴申请").click()
    expect(page.get_by_text("身份证")).to_be_visible()
    page.get_by_role("link", name="请人帮办").click()

    page.get_by_label("上门办", exact=True).check()
    page.get_by_label("我同意").check()
    page.get_by_label("住在哪里").select_option(str(diecui.buildings[0].pk))
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("请约好上门的时间。").first).to_be_visible()
    assert not flaws(page, large=True)
    slot = timezone.localtime() + timedelta(days=2)
    page.get_by_label("约在什么时间").fill(slot.strftime("%Y-%m-%dT09:30"))
    page.get_by_label("上门地址").fill("1号楼1单元101")
    page.get_by_role("button", name="提交").click()

    page.wait_for_url("**/receipt/")
    assert Assistance.objects.get().mode == "at_home"
