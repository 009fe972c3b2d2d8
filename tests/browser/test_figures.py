"""A published figure on its way: the desk writes it down, residents find it beside the count (C-31)."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from petitions.actions.figures import figures_refresh
from tests.browser.world import done, show
from tests.petitions.loop import Loop, file


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_published_figure_is_found_beside_the_count(sit, diecui, secretary, grid_worker, large):
    now = timezone.now()
    loop = Loop(file(diecui, at=now), desk=secretary, worker=grid_worker, at=now)
    done(loop.triage().claim()).feed_back()
    show(loop)
    loop.judge()
    figures_refresh(at=timezone.now())
    desk, resident = sit(secretary, desk=True), sit(large=large)

    desk.goto("/admin/community/communityfact/add/")
    desk.get_by_label("代码").fill("answered")
    desk.get_by_label("名称").fill("小微说事办结")
    desk.get_by_label("数值").fill("150")
    desk.get_by_label("单位").fill("件")
    desk.get_by_label("修饰").select_option("nearly")
    desk.get_by_label("截至").fill("2025-12-31")
    desk.get_by_label("来源").fill("媒体公开报道")
    desk.get_by_label("和哪项统计并列").select_option("answered")
    desk.get_by_role("button", name="保存", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("小微说事办结")

    resident.goto("/diecui/")
    resident.get_by_role("link", name="全部统计").click()
    row = resident.get_by_role("row", name=re.compile("小微说事办结"))
    expect(row).to_contain_text("近150 件")
    expect(row.get_by_role("cell").nth(1)).to_have_text("1")
    drawing = resident.get_by_role("img", name=re.compile("答复以后居民怎么说"))
    expect(drawing).to_be_visible()
    expect(resident.get_by_role("table", name="答复以后居民怎么说")).to_contain_text("居民确认办好")
