"""An old register comes in from Excel: looked at, confirmed, and found at the desk, on a phone and on the wall."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import Workbook
from playwright.sync_api import expect

from community.tasks import run_sheet_imports
from petitions.imports.history import HISTORY
from petitions.models import Petition
from tests.browser.flaws import desk_flaws, flaws


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def register() -> bytes:
    book = Workbook()
    titles = [column.title for column in HISTORY.columns]
    book.active.append(titles)
    good = [*HISTORY.example]
    changes = {"类别": "", "地点": "一号小区 1号楼", "收到日期": "2026-03-05", "办结日期": "2026-03-08"}
    for title, value in {**changes, "应办结日期": ""}.items():
        good[titles.index(title)] = value
    book.active.append(good)
    book.active.append(["二", *good[1:5], "月亮小区", *good[6:]])
    words = "业主张三说灯坏了，电话13812345678，请快来修。"
    book.active.append(["三", *good[1:6], words, *good[7:15], "否", ""])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_clerk_brings_in_an_old_register_and_finds_it_again(sit, diecui, clerk):
    page = sit(clerk, desk=True)
    page.goto(reverse("admin:community_sheetimport_add"))
    page.select_option("[name=kind]", "history")
    page.select_option("[name=community]", str(diecui.community.pk))
    page.set_input_files("[name=file]", {"name": "x.xlsx", "mimeType": "", "buffer": register()})
    page.get_by_role("button", name="保存", exact=True).click()
    run_sheet_imports()
    expect(page.get_by_text("本社区没有“月亮小区”这个地点。")).to_be_visible()
    expect(page.get_by_role("heading", name="请留意")).to_be_visible()
    assert not desk_flaws(page)
    page.get_by_role("button", name="导入这 2 行").click()
    run_sheet_imports()
    expect(page.get_by_text("导入完成，新增 2 行")).to_be_visible()
    shown, hidden = Petition.objects.order_by("pk")

    page.goto(reverse("admin:petitions_petition_changelist") + f"?q={shown.old_number}")
    page.locator("#result_list").get_by_role("link").first.click()
    expect(page.get_by_text("旧档导入").first).to_be_visible()
    assert not desk_flaws(page)
    page.goto(reverse("core:inbox"))
    expect(page.get_by_text("导入完成").first).to_be_visible()

    visitor = sit()
    visitor.goto(reverse("petitions:echo_wall", args=["diecui"]))
    expect(visitor.get_by_text("旧档记载满意")).to_be_visible()
    expect(visitor.get_by_text(shown.public_title)).to_be_visible()
    assert not flaws(visitor)
    visitor.goto(reverse("petitions:matter", args=["diecui", hidden.number]))
    expect(visitor.get_by_text("没有找到").first).to_be_visible()
