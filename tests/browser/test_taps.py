"""Two taps, the back button, a page read again, two people at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from petitions.models import Petition
from tests.browser.people import TEXT, fill_in, receipt_on, submit


def test_second_tap_on_submit_files_once(sit, diecui):
    page = sit()
    page.goto("/diecui/file/")
    fill_in(page, diecui)

    page.locator(".bar-bottom button").dblclick(no_wait_after=True)

    receipt_on(page)
    assert Petition.objects.count() == 1


def test_second_tap_without_javascript_files_once(sit, diecui):
    page = sit(javascript=False)
    page.goto("/diecui/file/")
    fill_in(page, diecui)

    page.locator(".bar-bottom button").dblclick(no_wait_after=True)

    receipt_on(page)
    assert Petition.objects.count() == 1


def test_same_words_sent_again_after_going_back_are_recognised(sit, diecui):
    page = sit()
    page.goto("/diecui/file/")
    fill_in(page, diecui)
    submit(page)
    receipt_on(page)

    page.go_back()
    fill_in(page, diecui)
    submit(page)

    expect(page.locator("h1")).to_contain_text("是不是下面这件事")
    assert Petition.objects.count() == 1


def test_going_back_from_the_receipt_sends_nothing(sit, diecui):
    page = sit()
    page.goto("/diecui/file/")
    fill_in(page, diecui)
    submit(page)
    receipt_on(page)

    page.go_back()
    page.reload()

    expect(page.locator("h1")).to_have_text("我要说事")
    assert Petition.objects.count() == 1


def test_draft_survives_a_reload_and_goes_when_filed(sit, diecui):
    page = sit()
    page.goto("/diecui/file/")
    fill_in(page, diecui)

    page.reload()
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    expect(page.locator("[data-draft-note]")).to_be_visible()
    page.check("[name=consent]")
    submit(page)
    receipt_on(page)
    page.goto("/diecui/file/")

    expect(page.locator("[name=text]")).to_have_value("")


def test_draft_of_a_progress_note_goes_when_it_is_sent(sit, loop, grid_worker):
    loop.triage().claim()
    page = sit(grid_worker)
    path = f"/work/{loop.petition.number}/progress/"
    page.goto(path)
    page.fill("[name=note]", "已联系电工。")

    submit(page)
    expect(page.locator(".notices")).to_contain_text("进展已记录")
    page.goto(path)

    expect(page.locator("[name=note]")).to_have_value("")


@pytest.mark.race
def test_two_claims_at_once_one_wins_and_the_other_is_told_who(sit, loop, grid_worker, grid_leader):
    loop.triage()
    pages = [sit(grid_worker), sit(grid_leader, desk=True)]
    for page in pages:
        page.goto("/today/")

    for page in pages:
        page.evaluate("setTimeout(() => document.querySelector('.work-card form').requestSubmit(), 200)")
    for page in pages:
        page.wait_for_url("**/work/**")

    petition = loop.refresh()
    lost = pages[0] if petition.assignee == grid_leader else pages[1]
    expect(lost.locator(".notice--error")).to_contain_text(petition.assignee.display_name)
    assert petition.events.filter(event="claimed").count() == 1
