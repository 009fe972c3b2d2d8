"""The portal in English, in the browser: longer words, the same phone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core.language import LANGUAGE_COOKIE
from tests.browser import addresses
from tests.browser.flaws import desk_word_flaws, word_flaws
from tests.browser.people import client_of
from tests.browser.test_pages import walk

pytestmark = pytest.mark.urls("tests.browser.urls")


def speak_english(page, live_server):
    page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": "en", "url": live_server.url}])


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no-scripts"])
def test_language_is_switched_on_a_phone_and_stays(sit, diecui, javascript):
    page = sit(javascript=javascript)
    page.goto("/diecui/file/")

    page.get_by_role("button", name="English").click()

    assert page.url.endswith("/diecui/file/")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Raise a matter"
    page.goto("/diecui/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("button", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-hans"


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_english_pages_of_strangers_are_sound(sit, live_server, world, large):
    page = sit(large=large)
    speak_english(page, live_server)
    known = addresses.strangers(world)
    paths = [reverse(name, args=args[0]) for name, args in known.items() if args]

    wrong = walk(page, paths, lambda page: word_flaws(page, large=large))

    assert not wrong, wrong


def test_english_pages_of_those_who_handle_are_sound(sit, live_server, world, secretary):
    page = sit(secretary)
    speak_english(page, live_server)

    wrong = walk(page, [*addresses.residents(), *addresses.handling(secretary)], word_flaws)

    assert not wrong, wrong


def test_english_pages_of_the_desk_are_sound(sit, live_server, world, secretary):
    page = sit(secretary, desk=True)
    speak_english(page, live_server)

    wrong = walk(page, addresses.desk(client_of(secretary)).values(), desk_word_flaws)

    assert not wrong, wrong
