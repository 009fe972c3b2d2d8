"""A quarrel goes to a mediation team, is visited, noted and settled, all on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from petitions.models import Petition
from tests.browser.flaws import flaws
from tests.petitions.mediation import team_of


def test_a_quarrel_is_mediated_on_a_phone(sit, loop, diecui, secretary, grid_worker, clerk):
    team_of(diecui, grid_worker, clerk)
    loop.triage().claim()
    page = sit(secretary)
    work = f"/work/{loop.petition.number}/"

    def take(step: str) -> None:
        page.goto(work)
        page.get_by_role("link", name=step, exact=True).click()

    take("转调解")
    page.locator("label.choice", has_text="明辉调解队").click()
    page.get_by_label("当事人").fill("301 住户\n201 住户")
    page.locator(".bar-bottom button").click()
    expect(page.get_by_text("301 住户、201 住户")).to_be_visible()
    take("写调解笔记")
    page.get_by_label("内容").fill("他家缺钱")
    page.locator(".bar-bottom button").click()
    expect(page.get_by_text("他家缺钱")).to_have_count(0)
    page.get_by_role("button", name="看调解笔记").click()
    expect(page.get_by_text("他家缺钱")).to_be_visible()
    assert not flaws(page, large=False)
    take("结束调解")
    page.locator("label.choice", has_text="达成协议").click()
    page.get_by_label("协议内容或没有谈成的原因").fill("各付一半")
    page.locator(".bar-bottom button").click()
    expect(page.get_by_text("30 天回访")).to_be_visible()
    assert not flaws(page, large=False)
    assert Petition.objects.get(pk=loop.pk).mediation == "following"
