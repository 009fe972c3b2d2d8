"""Pages that are shown only as an answer to something sent are as sound as the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from core.models import User
from petitions.selectors import links
from tests.browser.flaws import flaws
from tests.browser.people import fill_in, submit
from tests.browser.world import World

MODES = pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])


def send(page: Page) -> None:
    page.locator("main form:not([action='/display/']) button[type=submit]").first.click()
    page.wait_for_load_state("load")


def empty_filing(page: Page, world: World) -> None:
    page.goto("/diecui/file/")
    submit(page)
    page.locator("[aria-invalid=true]").first.wait_for()


def filing_with_a_photo_kept(page: Page, world: World) -> None:
    page.goto("/diecui/file/")
    fill_in(page, world.town)
    page.uncheck("[name=consent]")
    submit(page)
    page.locator("[name=drop]").wait_for()


def filing_of_something_known(page: Page, world: World) -> None:
    page.goto("/diecui/file/")
    fill_in(page, world.town)
    submit(page)
    page.locator("button[value=new]").wait_for()


def empty_joining(page: Page, world: World) -> None:
    page.goto(reverse("petitions:join", args=["diecui", world.number("titled")]))
    submit(page)
    page.locator("[aria-invalid=true]").first.wait_for()


def tracking_with_a_wrong_code(page: Page, world: World) -> None:
    page.goto("/diecui/track/")
    page.fill("[name=number]", world.number("received"))
    page.fill("[name=code]", "00000000")
    submit(page)
    page.locator(".notice--error").wait_for()


def code_sent_again(page: Page, world: World) -> None:
    page.goto("/track/lost/")
    page.fill("[name=number]", world.number("received"))
    page.fill("[name=phone]", "13912345600")
    submit(page)
    page.locator(".notice--success").wait_for()


def empty_addition(page: Page, world: World) -> None:
    page.goto(links.ticket_path(world.reporter("received")) + "add/")
    submit(page)
    page.locator(".notice--error").wait_for()


def code_asked_for(page: Page, world: World, phone: str = "13900000008") -> None:
    page.goto("/account/login/")
    page.fill("#id_phone", phone)
    send(page)
    page.locator("#id_code").wait_for()


def wrong_code_typed(page: Page, world: World) -> None:
    code_asked_for(page, world, "13900000009")
    page.fill("#id_code", "000000")
    send(page)
    page.locator(".field--error, .notice--error").first.wait_for()


def form_without_its_token(page: Page, world: World) -> None:
    page.goto("/diecui/track/")
    page.context.clear_cookies(name="csrftoken")
    submit(page)
    page.locator("h1", has_text="页面放得太久了").wait_for()


def answers_found(page: Page, world: World) -> None:
    page.goto("/diecui/wall/")
    page.fill("[name=q]", "一号小区")
    page.locator(".search button").click()
    page.locator("mark").first.wait_for()


def one_letter_searched(page: Page, world: World) -> None:
    page.goto("/diecui/problems/")
    page.fill("[name=q]", "水")
    page.locator(".search button").click()
    page.locator(".notice--warn").wait_for()


def nothing_found(page: Page, world: World) -> None:
    page.goto("/diecui/wall/?q=游泳池")
    page.locator("text=没有找到").first.wait_for()


OF_STRANGERS: list[Callable[[Page, World], None]] = [
    empty_filing,
    filing_with_a_photo_kept,
    filing_of_something_known,
    empty_joining,
    tracking_with_a_wrong_code,
    code_sent_again,
    empty_addition,
    code_asked_for,
    wrong_code_typed,
    form_without_its_token,
    answers_found,
    one_letter_searched,
    nothing_found,
]


def phones_shown(page: Page, world: World) -> None:
    page.goto(f"/work/{world.number('claimed')}/")
    page.locator("form[action$='/phones/'] button").click()
    page.locator("a[href^='tel:139']").first.wait_for()


def empty_hand_over(page: Page, world: World) -> None:
    page.goto(f"/work/{world.number('claimed')}/hand-over/")
    submit(page)
    page.locator("[aria-invalid=true]").first.wait_for()


def claim_that_came_too_late(page: Page, world: World) -> None:
    page.goto("/today/")
    other = page.locator("form[action$='/claim/']").first
    other.evaluate(f"form => form.action = '/work/{world.number('claimed')}/claim/'")
    other.locator("button").click()
    page.locator("text=王网格").first.wait_for()


def matters_found(page: Page, world: World) -> None:
    page.goto("/today/")
    page.fill("[name=q]", "一号小区 1号楼")
    page.locator(".search button").click()
    page.locator(".work-card mark").first.wait_for()


OF_STAFF: list[Callable[[Page, World], None]] = [
    phones_shown,
    empty_hand_over,
    claim_that_came_too_late,
    matters_found,
]


@MODES
def test_answers_to_strangers_are_sound(sit, world, large):
    wrong = []
    for state in OF_STRANGERS:
        page = sit(large=large)
        state(page, world)
        wrong += [f"{state.__name__} {flaw}" for flaw in flaws(page, large=large)]

    assert not wrong, "\n".join(wrong)


@MODES
def test_answers_to_staff_are_sound(sit, world, grid_leader: User, large):
    page = sit(grid_leader, large=large)
    wrong = []
    for state in OF_STAFF:
        state(page, world)
        wrong += [f"{state.__name__} {flaw}" for flaw in flaws(page, large=large)]

    assert not wrong, "\n".join(wrong)
