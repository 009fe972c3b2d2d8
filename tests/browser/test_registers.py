"""信息册 on the phone: somebody is marked, taken into care, visited, given another colour, and unmarked."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from community.duties import Duty
from grids.actions.registers.care import care_open
from grids.actions.registers.census import census_plan
from grids.actions.registers.files import file_write
from grids.actions.registers.referrals import referral_raise
from grids.models import CareSubject, ResidentTag
from tests.browser.flaws import desk_flaws, flaws
from tests.cast import NOW, make_resident, make_staff
from tests.grids.test_care import five, four  # noqa: F401

pytestmark = pytest.mark.urls("tests.browser.urls")

LISTS = (
    *("residenttag", "caresubject", "caremonth", "colourscheme"),
    *("censusround", "carefile", "protectionreferral"),
)


@pytest.fixture
def elder(diecui):
    return make_resident(diecui.households[0], "孤老", "13900000031")


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_worker_marks_cares_and_takes_back(sit, five, elder, grid_worker, large):  # noqa: F811
    page, wrong = sit(grid_worker, large=large), []
    page.goto(f"{reverse('grids:register')}?mark=all")
    wrong += flaws(page, large=large)
    page.get_by_role("link", name="孤老").click()

    page.get_by_role("link", name="加标记").click()
    wrong += flaws(page, large=large)
    page.get_by_label("特殊人群").check()
    page.get_by_role("button", name="记下").click()
    page.get_by_text("信息册 · 黄 · 特殊人群").wait_for()

    page.get_by_role("link", name="列入关爱台账").click()
    wrong += flaws(page, large=large)
    page.get_by_label("平稳").check()
    page.fill("[name=reason]", "独居。")
    page.get_by_role("button", name="记下").click()
    page.get_by_text("五色管理台账 · 绿 · 平稳").first.wait_for()

    page.get_by_role("link", name="记一次关爱走访").click()
    wrong += flaws(page, large=large)
    page.fill("[name=findings]", "尚好。")
    page.get_by_role("button", name="记下").click()
    page.get_by_role("link", name="换颜色").click()
    wrong += flaws(page, large=large)
    page.get_by_label("急").check()
    page.fill("[name=reason]", "摔了一跤。")
    page.get_by_role("button", name="记下").click()
    page.get_by_text("五色管理台账 · 红 · 急").first.wait_for()
    page.locator("details.more summary").first.click()
    wrong += flaws(page, large=large)

    page.get_by_role("link", name="看档案（留痕）").click()
    wrong += flaws(page, large=large)
    page.get_by_role("link", name="填写监护").click()
    wrong += flaws(page, large=large)
    page.fill("[name=text]", "女儿是监护人。")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("1/8").wait_for()
    page.get_by_role("link", name="孤老").click()

    page.get_by_role("link", name="撤销标记").click()
    page.fill("[name=reason]", "标错了。")
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("撤销过的标记").wait_for()
    wrong += flaws(page, large=large)

    assert not wrong, wrong
    assert ResidentTag.objects.get().end_reason == "标错了。"
    assert CareSubject.objects.get().colour.colour == "red"


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_child_officer_finds_who_is_due_and_notes_a_visit(sit, diecui, four, elder, large):  # noqa: F811
    officer = make_staff("child", "儿童主任", Duty.CHILD_OFFICER, diecui.place)
    colour = four.colours.get(colour="green").pk
    care_open(resident_id=elder.pk, colour_id=colour, reason="摸排。", actor=None, at=NOW)
    CareSubject.objects.update(next_on=timezone.localdate())
    page, wrong = sit(officer, large=large), []
    page.goto(reverse("petitions:staff_home"))
    wrong += flaws(page, large=large)

    page.get_by_role("link", name="孤老").click()
    page.get_by_role("link", name="记一次关爱走访").click()
    page.fill("[name=findings]", "尚好。")
    page.get_by_role("button", name="记下").click()
    page.get_by_text("四色管理 · 绿 · 平稳").first.wait_for()
    page.goto(reverse("grids:children"))
    page.get_by_text("没有这样的儿童").wait_for()
    wrong += flaws(page, large=large)

    assert not wrong, wrong


def test_desk_of_registers_is_sound(sit, five, elder, secretary):  # noqa: F811
    colour = five.colours.first().pk
    subject = care_open(resident_id=elder.pk, colour_id=colour, reason="独居。", actor=secretary, at=NOW)
    referral = referral_raise(subject_id=subject.pk, relief="低保", grounds="无收入。", actor=None, at=NOW)
    window = {"opens_on": NOW.date(), "closes_on": NOW.date()}
    census_plan(community=five.community, year=2026, half=2, actor=None, at=NOW, **window)
    file_write(subject_id=subject.pk, section="life", text="好。", actor=secretary, at=NOW)
    page, wrong = sit(secretary, desk=True), []

    for name in LISTS:
        page.goto(reverse(f"admin:grids_{name}_changelist"))
        wrong += desk_flaws(page)
    page.goto(reverse("admin:grids_caresubject_figures"))
    wrong += desk_flaws(page)
    page.goto(reverse("admin:grids_protectionreferral_decide", args=[referral.pk]))
    wrong += desk_flaws(page)
    page.goto(reverse("admin:grids_colourscheme_change", args=[five.pk]))
    wrong += desk_flaws(page)

    assert not wrong, wrong
