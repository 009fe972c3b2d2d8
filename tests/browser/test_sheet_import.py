"""A roll comes in from Excel: uploaded, checked by the worker, put right where it is wrong, and confirmed."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import Workbook
from playwright.sync_api import expect

from community.imports.roll import ROLL
from community.models import Resident
from community.tasks import run_sheet_imports
from tests.browser.flaws import desk_flaws

ROW = ["翠微小区", "3号楼", "单元楼", "1单元", "301", "张三", "13812340001", "否"]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def roll() -> bytes:
    book = Workbook()
    book.active.append([column.title for column in ROLL.columns])
    book.active.append(ROW)
    book.active.append([*ROW[:4], "302", "李四", "12345", ""])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_secretary_imports_the_roll_and_reads_what_is_wrong(sit, diecui, secretary):
    page = sit(secretary, desk=True)
    page.goto(reverse("admin:community_sheetimport_changelist"))
    assert not desk_flaws(page)
    page.get_by_role("link", name="上传表格").click()
    page.select_option("[name=kind]", "roll")
    page.select_option("[name=community]", str(diecui.community.pk))
    page.set_input_files("[name=file]", {"name": "x.xlsx", "mimeType": "", "buffer": roll()})
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("正在检查")).to_be_visible()

    run_sheet_imports()
    expect(page.get_by_text("“手机号”：请填写 11 位手机号。")).to_be_visible()
    assert not desk_flaws(page)
    page.get_by_role("button", name="导入这 1 行").click()
    run_sheet_imports()

    expect(page.get_by_text("导入完成，新增 1 行")).to_be_visible()
    assert not desk_flaws(page)
    assert Resident.objects.filter(name="张三").count() == 1
