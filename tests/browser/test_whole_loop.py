"""A matter all the way round, by the people and on the pages it is meant for (P-01).

收事 without an account → 理事 at the desk → 办事 on the phone → 反馈 and 晒事 at the desk → a neighbour reads
it → 评事 by the link in the text. Nothing is done behind the pages.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from community.workflow import Stage
from petitions.models import Petition
from tests.browser.people import (
    PHONE,
    TEXT,
    Receipt,
    fill_in,
    link_sent_to,
    picture,
    receipt_on,
    sign_in_with_password,
    submit,
    track,
)
from tests.cast import Town
from tests.petitions.loop import file, person

NOTE = "已联系电工，明天上午来换灯。"
OUTCOME = "更换了声控灯头和灯泡，当晚已亮。"
TITLE = "楼道灯换好了"
QUESTION = "楼道灯不亮，晚上上下楼看不清。"


@dataclass(frozen=True)
class Screen:
    """The screen of residents and workers; the desk stands on a desk, but for one look from a phone."""

    desk: bool = False
    large: bool = False
    admin_on_desk: bool = True


SCREENS = pytest.mark.parametrize(
    "screen",
    [Screen(admin_on_desk=False), Screen(desk=True), Screen(large=True)],
    ids=["phone", "desk", "large"],
)


@pytest.fixture
def seats(sit, screen, live_server, settings):
    """Everybody on a screen of their own, by the links that texts carry."""
    settings.PUBLIC_URL = live_server.url

    def take(*, at_desk: bool = False) -> Page:
        if at_desk:
            return sit(desk=screen.admin_on_desk)
        return sit(desk=screen.desk, large=screen.large)

    return take


@SCREENS
def test_matter_goes_round_until_its_reporter_is_satisfied(
    seats, diecui, secretary, dispatcher, grid_worker, neighbour, at
):
    reporter, worker, desk, passer_by = seats(), seats(), seats(at_desk=True), seats()
    file(diecui, text="二单元楼道灯也不亮，楼梯间一片黑。", who=person(phone="13900000002"), at=at)

    receipt = files_without_account(reporter, diecui)
    track(reporter, diecui, receipt)
    expect(reporter.locator("main")).to_contain_text(TEXT)

    sign_in_with_password(desk, dispatcher, "/admin/petitions/petition/")
    opens_from_queue(desk, "待理事", receipt)
    triages(desk)
    sign_in_with_password(worker, grid_worker, "/today/")
    claims(worker, receipt)
    notes_progress(worker)
    resolves(worker)

    desk.context.clear_cookies()
    sign_in_with_password(desk, secretary, "/admin/petitions/petition/")
    answers(desk, receipt)
    reads_on_the_wall(passer_by, diecui, receipt)

    judges(reporter, "满意")
    expect(reporter.locator("h1")).to_contain_text("谢谢")
    petition = Petition.objects.get(number=receipt.number)
    assert (petition.stage, petition.round) == (Stage.ARCHIVED, 1)


@SCREENS
def test_matter_of_somebody_not_satisfied_is_done_again_one_tier_up(
    seats, diecui, secretary, grid_worker, grid_leader
):
    reporter, worker, leader, desk = seats(), seats(), seats(), seats(at_desk=True)

    receipt = files_without_account(reporter, diecui, finds_similar=False)
    sign_in_with_password(desk, secretary, "/admin/petitions/petition/")
    opens_from_queue(desk, "待理事", receipt)
    triages(desk)
    sign_in_with_password(worker, grid_worker, "/today/")
    claims(worker, receipt)
    resolves(worker)
    answers(desk, receipt)

    judges(reporter, "不满意", comment="第二天又不亮了。")
    expect(reporter.locator("main")).to_contain_text("网格长负责")
    sign_in_with_password(leader, grid_leader, "/today/")
    claims(leader, receipt)
    expect(leader.locator("main")).to_contain_text("第二天又不亮了。")
    resolves(leader)
    answers(desk, receipt)

    judges(reporter, "满意")
    petition = Petition.objects.get(number=receipt.number)
    assert (petition.stage, petition.round) == (Stage.ARCHIVED, 2)
    assert list(petition.evaluations.order_by("round").values_list("is_satisfied", flat=True)) == [
        False,
        True,
    ]


def files_without_account(page: Page, town: Town, *, finds_similar: bool = True) -> Receipt:
    page.goto(f"/{town.community.slug}/")
    page.locator("main a[href$='/file/']").first.click()
    fill_in(page, town)
    submit(page)
    if finds_similar:
        expect(page.locator("h1")).to_contain_text("是不是下面这件事")
        page.get_by_role("button", name="都不是").click()
    receipt = receipt_on(page)
    expect(page.locator("main")).to_contain_text("之前答复您")
    return receipt


def opens_from_queue(page: Page, queue: str, receipt: Receipt) -> None:
    page.goto("/admin/petitions/petition/")
    page.get_by_role("link", name=queue, exact=True).click()
    page.locator("#result_list tr", has_text=receipt.number).locator("th a").click()


def takes_step(page: Page, label: str) -> None:
    page.locator(".step-bar").get_by_role("link", name=label, exact=True).click()


def sends_step(page: Page, said: str) -> None:
    page.locator(".step-form .btn--main").click()
    expect(page.locator(".messagelist")).to_contain_text(said)


def triages(page: Page) -> None:
    takes_step(page, "理事")
    for name in ("scale", "difficulty", "social_impact"):
        page.locator(f"label.choice:has([name={name}][value='2'])").click()
    page.locator("label.choice:has([name=route])").first.click()
    page.select_option("[name=topic]", "lamp")
    page.fill("[name=public_title]", "楼道灯不亮")
    sends_step(page, "已理事")


def answers(page: Page, receipt: Receipt) -> None:
    """反馈 to everybody who asked, then 晒事 with an edited text."""
    opens_from_queue(page, "待反馈", receipt)
    takes_step(page, "反馈")
    sends_step(page, "已答复")
    opens_from_queue(page, "待晒事", receipt)
    takes_step(page, "晒事")
    page.fill("[name=title_text]", TITLE)
    page.fill("[name=question]", QUESTION)
    sends_step(page, "已上回音壁")


def claims(page: Page, receipt: Receipt) -> None:
    card = page.locator(".work-card", has=page.locator(f"a[href*='{receipt.number}']"))
    card.get_by_role("button", name="认领").click()
    page.wait_for_url(f"**/work/{receipt.number}/")


def notes_progress(page: Page) -> None:
    page.locator("main").get_by_role("link", name="记进展").click()
    page.fill("[name=note]", NOTE)
    page.set_input_files("[name=photos]", picture("#486581"))
    submit(page)
    expect(page.locator(".timeline")).to_contain_text(NOTE)


def resolves(page: Page) -> None:
    page.locator("main").get_by_role("link", name="办结").click()
    page.fill("[name=outcome]", OUTCOME)
    page.set_input_files("[name=photos]", picture("#2d6a4f"))
    submit(page)
    expect(page.locator(".notices")).to_contain_text("已办结")


def reads_on_the_wall(page: Page, town: Town, receipt: Receipt) -> None:
    page.goto(f"/{town.community.slug}/wall/")
    card = page.locator(".wall .card", has_text=TITLE)
    expect(card).to_contain_text(QUESTION)
    expect(card).not_to_contain_text(TEXT)
    card.get_by_role("link").first.click()
    page.wait_for_url(f"**/matters/{receipt.number}/")
    expect(page.locator(".pair img")).to_have_count(2)
    for image in page.locator(".pair img").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.naturalWidth > 0", arg=image.element_handle())
    expect(page.locator("main")).to_contain_text(OUTCOME)
    expect(page.locator("main")).not_to_contain_text(PHONE)


def judges(page: Page, answer: str, *, comment: str = "") -> None:
    page.goto(link_sent_to(PHONE, "petition.judge"))
    page.fill("[name=comment]", comment)
    page.get_by_role("button", name=answer, exact=True).click()
    expect(page.locator("h1")).to_contain_text("评价过了")
