"""A household votes on a phone; the neighbour's paper is entered at the desk; everybody reads the result."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from petitions.actions.polls.sweeping import polls_sweep
from petitions.models import Poll
from tests.browser.flaws import flaws
from tests.petitions.polls import put


def test_a_household_votes_on_a_phone_and_the_result_is_read(sit, diecui, resident, clerk):
    poll = put(diecui, clerk, at=timezone.now(), question="是否加装休息座椅")
    page = sit(resident)
    page.goto("/diecui/")
    page.get_by_role("link", name="住户表决").click()
    page.get_by_role("link", name=poll.question).click()
    page.get_by_role("link", name="代表我家投票").click()
    page.locator("label.choice", has_text="同意加装").click()
    page.get_by_label("我已满十八周岁").check()
    page.get_by_role("button", name="投票").click()
    expect(page.get_by_text("您家已经投过票")).to_be_visible()
    expect(page.get_by_role("link", name="代表我家投票")).to_have_count(0)

    desk = sit(clerk, desk=True)
    desk.goto(reverse("admin:petitions_poll_paper", args=[poll.pk]))
    desk.select_option("#building", str(diecui.buildings[1].pk))
    desk.get_by_role("button", name="看这一栋").click()
    desk.select_option("[name=household]", str(diecui.households[2].pk))
    desk.locator("label.choice", has_text="同意加装").click()
    desk.get_by_role("button", name="计入这张票").click()
    expect(desk.get_by_text("还有 1 户没有投票")).to_be_visible()

    polls_sweep(at=timezone.now() + timedelta(days=8))
    stranger = sit()
    stranger.goto(f"/diecui/polls/{poll.pk}/")
    expect(stranger.get_by_text("表决通过")).to_be_visible()
    expect(stranger.locator("progress").first).to_be_visible()
    assert not flaws(stranger, large=False)
    assert Poll.objects.get().cast == 2
