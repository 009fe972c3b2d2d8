"""A neighbour comments on a drawing; the desk answers, begins, counts, ends; everybody sees before and after."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from petitions.models import Project
from tests.browser.flaws import flaws
from tests.browser.people import picture
from tests.browser.world import photo
from tests.petitions.projects import budget, part, published, put_up


def step(desk: Page, label: str, button: str = "") -> None:
    """Open a step by its button, and send its form with what stands in it."""
    desk.get_by_role("link", name=label, exact=True).click()
    desk.locator("form.step-form button[name=go]").wait_for()
    if button:
        desk.get_by_role("button", name=button, exact=True).click()


def test_a_project_goes_from_its_drawing_to_before_and_after(sit, diecui, resident, clerk):
    at = timezone.now()
    project = published(diecui, clerk, at=at)
    part(project, clerk, at=at)
    budget(project, clerk, at=at)
    put_up(project, clerk, at=at, photo=photo(at))

    phone = sit(resident, javascript=False)
    phone.goto("/diecui/")
    phone.get_by_role("link", name="身边的工程").click()
    phone.get_by_role("link", name=project.title).click()
    phone.get_by_role("link", name="排水管线图").click()
    phone.fill("[name=text]", "门口加一个雨水口")
    phone.get_by_role("button", name="提交意见").click()
    expect(phone.get_by_text("意见已提交")).to_be_visible()

    desk = sit(clerk, desk=True)
    desk.goto(reverse("admin:petitions_project_change", args=[project.pk]))
    expect(desk.get_by_text("还有 1 条图纸意见没有答复")).to_be_visible()
    step(desk, "审核和答复")
    desk.fill("[name=answer]", "已加在第二版。")
    desk.get_by_role("button", name="审核和答复", exact=True).click()
    step(desk, "开工", "开工")
    step(desk, "记进度")
    desk.fill("[name=done_now]", "4")
    desk.get_by_role("button", name="记进度", exact=True).click()
    step(desk, "完成", "完成阶段")
    step(desk, "完工")
    desk.fill("[name=result]", "四部电梯全部换好。")
    desk.set_input_files("[name=before]", picture())
    desk.set_input_files("[name=after]", picture("#2f6f4f"))
    desk.get_by_role("button", name="完工", exact=True).click()
    expect(desk.get_by_text("已完工，并通知了相关的人")).to_be_visible()

    stranger = sit()
    stranger.goto(f"/diecui/projects/{project.pk}/")
    expect(stranger.get_by_text("电梯 4/4部")).to_be_visible()
    expect(stranger.locator(".pair img")).to_have_count(2)
    assert not flaws(stranger)
    stranger.get_by_role("link", name="排水管线图").click()
    expect(stranger.get_by_text("已加在第二版")).to_be_visible()
    assert Project.objects.get().is_done
