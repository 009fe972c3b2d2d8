"""Every component, in the sizes and modes people meet it in."""

from __future__ import annotations

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page

pytestmark = pytest.mark.urls("tests.browser.styleguide_urls")

MODES = pytest.mark.parametrize("query", ["", "?large=1"], ids=["normal", "large"])
SCREENS = pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)], ids=["phone", "desk"])
# A link inside a sentence may be as small as its line; a choice is tapped on its whole row.
TOO_SMALL = """smallest => [...document.querySelectorAll("a, button, input, select, textarea")]
  .filter(e => e.type !== "hidden" && !e.matches(".skip") && !e.closest(".card__title, .notice"))
  .map(e => e.closest(".choice") ?? e)
  .filter(e => e.getBoundingClientRect().height > 0)
  .filter(e => Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width) < smallest)
  .map(e => e.outerHTML.slice(0, 80))"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def guide(page: Page, live_server) -> str:
    return f"{live_server.url}/styleguide/"


@MODES
@SCREENS
def test_styleguide_passes_axe(page, guide, query, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(guide + query)

    found = Axe().run(page).response["violations"]

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@SCREENS
def test_desk_passes_axe_and_never_scrolls_sideways(page, guide, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{guide}desk/")

    found = Axe().run(page).response["violations"]

    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize(("query", "points"), [("", 17), ("?large=1", 24), ("", 40), ("?large=1", 40)])
def test_text_up_to_thirty_points_never_scrolls_sideways(page, guide, query, points):
    page.goto(guide + query)

    page.evaluate("size => { document.documentElement.style.fontSize = `${size}px` }", points)

    assert page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize(("query", "smallest"), [("", 44), ("?large=1", 60)], ids=["normal", "large"])
def test_targets_are_large_enough_for_a_thumb(page, guide, query, smallest):
    page.goto(guide + query)

    assert page.evaluate(TOO_SMALL, smallest) == []


@MODES
def test_styleguide_breaks_no_policy(page, guide, query):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto(guide + query, wait_until="load")

    assert said == []


def test_large_mode_shows_main_text_at_eighteen_points(page, guide):
    page.goto(guide + "?large=1")

    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.timeline__title')).fontSize)")

    assert size >= 24


def test_photo_is_made_lighter_and_shown_before_it_is_sent(page, guide):
    page.goto(guide)

    page.set_input_files(
        "#id_photos", {"name": "big.png", "mimeType": "image/png", "buffer": _photo(2600, 1300)}
    )

    page.wait_for_selector("canvas[aria-label]")
    chosen = page.evaluate("(f => [f.name, f.type])(document.querySelector('#id_photos').files[0])")
    assert chosen == ["big.jpg", "image/jpeg"]
    assert page.evaluate("document.querySelector('canvas[aria-label]').width") == 1920


def test_file_that_is_no_photo_is_left_for_the_server(page, guide):
    page.goto(guide)

    page.set_input_files(
        "#id_photos", {"name": "note.txt", "mimeType": "text/plain", "buffer": b"not a photo"}
    )

    page.wait_for_function("document.querySelector('[data-photos-status]').textContent !== ''")
    assert page.evaluate("document.querySelector('#id_photos').files[0].name") == "note.txt"


def test_draft_comes_back_after_the_battery_died(page, guide):
    page.goto(guide)
    page.fill("#id_text", "二单元三楼灯不亮")
    page.check("#id_topic_1")

    page.goto(guide)

    assert page.input_value("#id_text") == "二单元三楼灯不亮"
    assert page.is_checked("#id_topic_1")
    assert page.is_visible("[data-draft-note]")


def test_draft_is_gone_once_the_matter_is_filed(page, guide):
    page.goto(guide)
    page.fill("#id_text", "已经报过了")

    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML('beforeend', '<div data-draft-done="styleguide"></div>');
          return import(document.querySelector('script[src*="drafts"]').src + '?again');
        }"""
    )
    page.goto(guide)

    assert page.input_value("#id_text") == ""


def test_second_tap_sends_nothing(page, guide):
    sent: list[str] = []
    page.goto(guide)
    page.route("**/styleguide/", lambda route: (sent.append(route.request.method), route.fulfill(status=204)))
    page.evaluate("document.querySelector('form[data-draft]').noValidate = true")

    for _tap in range(2):
        page.evaluate("document.querySelector('form[data-draft] [type=submit]').click()")
        page.wait_for_timeout(300)

    assert sent == ["POST"]


def test_without_javascript_nothing_dead_is_offered(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{live_server.url}/styleguide/")

    assert page.locator("[data-copy]:visible, [data-print]:visible, [data-draft-note]:visible").count() == 0
    assert page.locator("form[data-draft] [type=submit]").is_visible()
    context.close()


def _photo(width: int, height: int) -> bytes:
    """A noisy picture, so that it is heavy as a PNG."""
    picture = Image.effect_noise((width, height), 80).convert("RGB")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
