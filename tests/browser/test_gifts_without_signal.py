"""Gift packs in a stairwell without signal; the phone never learns for whom they are (G-15)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from grids.actions.gifts import gift_deliver
from grids.models import GiftDelivery, GiftPack
from tests.browser.people import picture
from tests.browser.phones import is_kept, open_once
from tests.browser.test_kept import where
from tests.grids.hazards import photo
from tests.grids.test_gifts_without_signal import elder, packs  # noqa: F401

# ruff: noqa: F811

WAITING = "[data-waiting-list] > li"


@pytest.fixture
def proven(diecui, elder) -> GiftPack:
    """A pack of a campaign that asks for a photo."""
    return packs(diecui, "特殊人群慰问", needs_photo=True)[0]


def hand_over(page: Page, pack: GiftPack) -> None:
    """At the door, out of the kept list."""
    page.goto("/work/gifts/")
    page.get_by_role("link", name=pack.household.long_name).click()
    expect(page.locator("[name=pack]")).to_have_value(str(pack.pk))
    page.fill("[name=signed_by]", "张奶奶")


def give(page: Page) -> None:
    page.get_by_role("button", name="礼包已送到").click()


def test_pack_is_handed_over_with_its_photo_and_goes_up_when_there_is_signal(phone, proven, grid_worker):
    page = phone(grid_worker)
    open_once(page)
    for path in ("/work/gifts/", "/work/gifts/give/"):
        is_kept(page, path)
    assert [where(page, words) for words in ("特殊人群", "孤老")] == ["", ""]
    page.context.set_offline(True)

    hand_over(page, proven)
    give(page)
    expect(page.locator("[data-entry-refused]")).to_contain_text("请拍一张")
    page.set_input_files("[name=photos]", [picture()])
    expect(page.locator("[data-photos-previews] canvas").first).to_be_visible()
    give(page)
    page.wait_for_url("**/work/waiting/")
    expect(page.locator(WAITING)).to_contain_text(proven.household.long_name)
    assert not GiftDelivery.objects.exists()

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator(WAITING)).to_have_count(0)
    delivery = GiftDelivery.objects.get()
    assert (delivery.by, delivery.signed_by, delivery.photo is not None) == (grid_worker, "张奶奶", True)


def test_pack_that_a_colleague_brought_meanwhile_stays_on_the_phone_with_the_reason(
    phone, proven, grid_worker, grid_leader
):
    page = phone(grid_worker)
    open_once(page)
    is_kept(page, "/work/gifts/give/")
    page.context.set_offline(True)
    hand_over(page, proven)
    page.set_input_files("[name=photos]", [picture()])
    give(page)
    page.wait_for_url("**/work/waiting/")
    now = timezone.now()
    given = {"pack_id": proven.pk, "actor": grid_leader, "at": now}
    gift_deliver(signed_by="老伴", photo=photo(now, grid_leader), **given)

    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator(WAITING)).to_contain_text(str(grid_leader))
    expect(page.locator(WAITING)).to_contain_text("没有被接收")
    delivery = GiftDelivery.objects.get()
    assert (delivery.by, delivery.signed_by) == (grid_leader, "老伴")
