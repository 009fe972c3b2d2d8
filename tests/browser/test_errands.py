"""代办 on a worker's phone: the word to the household is noted at their door without signal, and ends it."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from grids.models import Errand, ErrandState
from tests.browser.phones import KEPT, until
from tests.grids.errands import finish, take


def test_word_to_the_household_waits_for_signal_and_ends_the_errand(phone, diecui, grid, grid_worker):
    then = timezone.now() - timedelta(hours=2)
    errand = finish(take(diecui.households[0], grid_worker, at=then), grid_worker, then)
    told = reverse("grids:errand_told", args=[errand.pk])
    page = phone(grid_worker)
    page.goto("/work/errands/")
    until(page, f"async () => (await {KEPT}).includes('{told}')")
    page.context.set_offline(True)

    page.goto(told)
    page.fill("[name=reply]", "知道了，谢谢。")
    page.get_by_role("button", name="已告知，了结").click()
    page.wait_for_url("**/work/waiting/")
    assert Errand.objects.get().state == ErrandState.AWAITING
    page.context.set_offline(False)
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator("[data-waiting-list] > li")).to_have_count(0)
    errand.refresh_from_db()
    assert (errand.state, errand.reply) == (ErrandState.CLOSED, "知道了，谢谢。")
