"""Filing, tracking and judging on a phone that runs no script at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from petitions.models import Petition
from tests.browser.people import PHONE, TEXT, fill_in, link_sent_to, receipt_on, submit, track
from tests.browser.world import done, show
from tests.petitions.loop import file, person

MODES = pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])


@pytest.fixture
def page(sit, large, settings, live_server):
    settings.PUBLIC_URL = live_server.url
    return sit(javascript=False, large=large)


@MODES
def test_matter_is_filed_and_found_again_without_javascript(page, diecui):
    page.goto("/diecui/file/")
    fill_in(page, diecui)
    submit(page)
    receipt = receipt_on(page)

    track(page, diecui, receipt)

    expect(page.locator("main")).to_contain_text(TEXT)
    assert Petition.objects.get().photos.count() == 1


@MODES
def test_refused_form_keeps_words_and_photo_without_javascript(page, diecui):
    page.goto("/diecui/file/")
    fill_in(page, diecui)
    page.uncheck("[name=consent]")
    submit(page)

    expect(page.locator("[name=text]")).to_have_value(TEXT)
    page.check("[name=consent]")
    submit(page)

    receipt_on(page)
    assert Petition.objects.get().photos.count() == 1


@MODES
def test_similar_matter_is_joined_without_javascript(page, diecui, at):
    known = file(diecui, who=person(phone="13900000002"), at=at)
    page.goto("/diecui/file/")
    fill_in(page, diecui)
    submit(page)

    page.get_by_role("button", name="就是这件").click()

    expect(page.locator(".ticket__number")).to_have_text(known.number)
    assert known.reporters.count() == 2


@MODES
def test_result_is_judged_without_javascript(page, loop):
    show(done(loop.triage().claim()).feed_back())
    page.goto(link_sent_to(PHONE, "petition.judge"))

    page.get_by_role("button", name="不满意").click()

    expect(page.locator("h1")).to_contain_text("评价过了")
    assert loop.refresh().round == 2


@MODES
def test_large_mode_is_one_tap_away_and_stays_without_javascript(page, diecui, large):
    page.goto("/diecui/wall/")

    page.get_by_role("button", name="标准版" if large else "长辈版").click()
    page.goto("/diecui/file/")

    assert page.locator("html.large").count() == (0 if large else 1)
