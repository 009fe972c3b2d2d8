"""A phone in hand, no account: see what is held of one matter, take it along, have it erased."""

from __future__ import annotations

from playwright.sync_api import expect

from core import tasks
from petitions.models import PetitionReporter
from tests.browser.flaws import flaws
from tests.browser.people import PHONE, TEXT, fill_in, receipt_on, submit, track


def test_person_without_account_sees_takes_along_and_erases_their_data(sit, diecui):
    page = sit()
    page.goto("/diecui/file/")
    fill_in(page, diecui)
    submit(page)
    track(page, diecui, receipt_on(page))

    page.get_by_role("link", name="我的个人信息").click()
    page.fill("[name=phone]", PHONE)
    submit(page)
    expect(page.locator("main")).to_contain_text(TEXT)
    wrong = flaws(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载一份").click()
    page.get_by_role("link", name="删除我的信息").click()
    page.check("[name=sure]")
    submit_danger = page.locator("main .bar-bottom button.btn--danger")
    submit_danger.click()

    expect(page.locator("main")).to_contain_text("办结当天夜里自动删除")
    assert taken.value.suggested_filename.endswith(".zip")
    assert PetitionReporter.objects.get().erasure_asked_at is not None
    assert not wrong, wrong


def test_resident_takes_along_everything_from_their_page(sit, world, resident):
    page = sit(resident, large=True)
    page.goto("/account/")

    page.get_by_role("link", name="我的个人信息").click()
    page.get_by_role("button", name="整理我的信息").click()
    tasks.run_personal_exports()
    page.reload()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载压缩包").click()

    assert taken.value.suggested_filename.endswith(".zip")
