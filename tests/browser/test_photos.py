"""A camera gives one photo at a time: photos add up, and each can be left out again."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.world import drawing

CHOSEN = "document.querySelector('[name=photos]').files.length"


def test_photos_taken_one_by_one_add_up_and_can_be_left_out(sit, diecui):
    page = sit()
    page.goto("/diecui/file/")
    leave_out = page.get_by_role("button", name="不要这张")
    for count in (1, 2):
        taken = {"name": f"{count}.jpg", "mimeType": "image/jpeg", "buffer": drawing()}
        page.set_input_files("[name=photos]", taken)
        expect(leave_out).to_have_count(count)

    leave_out.first.click()

    expect(leave_out).to_have_count(1)
    assert page.evaluate(CHOSEN) == 1
