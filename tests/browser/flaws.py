"""What is wrong with a page as it stands in the browser."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
SMALLEST, SMALLEST_LARGE = 44, 60
# A link inside a sentence, or one that is a name of code, may be as small as its line; a choice is tapped
# on its whole row.
TOO_SMALL = """smallest => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter(e => e.type !== "hidden" && !e.querySelector(":scope > code") && !e.matches(".skip, .skip-to-content-link") && !e.closest(".card__title, .notice, p:not(.actions), dd, blockquote"))
  .map(e => e.closest(".choice") ?? e)
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 0)
  .filter(e => Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width) < smallest - 0.5)
  .map(e => e.outerHTML.slice(0, 120))"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
# What sticks out of the window, for the message.
WIDEST = """[...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && e.checkVisibility())
  .slice(-2).map(e => e.outerHTML.slice(0, 120))"""
# Words that stand a character or two to the line, as in a column that others squeeze.
SQUEEZED = """[...document.querySelectorAll("th, td, dd, li, p, h1, h2, h3, a, button")].filter(e => {
    if (e.children.length || !e.checkVisibility() || e.innerText.trim().length < 4) return false;
    const all = document.createRange();
    all.selectNodeContents(e);
    const lines = new Set([...all.getClientRects()].map(box => Math.round(box.bottom / 4))).size;
    return lines >= 3 && e.innerText.trim().length <= 2 * lines;
  }).map(e => e.outerHTML.slice(0, 120))"""
HEADINGS = "[...document.querySelectorAll('h1')].filter(e => e.checkVisibility()).length"
# Without `preload`, with which axe itself would break the policy.
OPTIONS = {"resultTypes": ["violations"], "preload": False}


class Watch:
    """Listens to one page: other hosts asked, the policy broken, errors in the console or on the server."""

    def __init__(self, page: Page, origin: str) -> None:
        self.said: list[str] = []
        self.origin = origin
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(f"script: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        is_answer = message.text.startswith("Failed to load resource")
        if message.type not in {"error", "warning"} or (is_answer and self._is_document(message)):
            return
        self.said.append(f"console: {message.text} {message.location.get('url', '')}")

    def _is_document(self, message: ConsoleMessage) -> bool:
        """Whether it is the page itself that answered with an error, as error pages do."""
        page = message.page
        return page is not None and message.location.get("url") in {page.url, self.asked}

    asked = ""

    def _request(self, request: Request) -> None:
        if request.is_navigation_request():
            self.asked = request.url
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.said.append(f"another host: {request.url}")


def axe(page: Page) -> list[str]:
    """Every violation that axe finds, with the elements."""
    found: list[dict[str, Any]] = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"axe {rule['impact']} {rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]
    ]


def layout(page: Page) -> list[str]:
    """Sideways scrolling, words squeezed into a column, a missing or second heading, a missing title.

    A click returns when the answer begins, before the page has a document: what is measured waits for it.
    """
    page.wait_for_load_state()
    flaws = []
    if page.evaluate(OVERFLOW) > 0:
        flaws.append(f"scrolls sideways: {page.evaluate(WIDEST)}")
    flaws += [f"squeezed: {html}" for html in page.evaluate(SQUEEZED)]
    if (headings := page.evaluate(HEADINGS)) != 1:
        flaws.append(f"{headings} h1")
    if not page.title().strip(" ·|"):
        flaws.append("no title")
    return flaws


def targets(page: Page, *, large: bool) -> list[str]:
    """Controls that are too small for a thumb."""
    return [f"small: {html}" for html in page.evaluate(TOO_SMALL, SMALLEST_LARGE if large else SMALLEST)]


def flaws(page: Page, *, large: bool = False) -> list[str]:
    """All of it on a phone, and the layout on a desk."""
    page.set_viewport_size(PHONE)
    found = [*layout(page), *axe(page), *targets(page, large=large)]
    page.set_viewport_size(DESK)
    return found + [f"on a desk: {flaw}" for flaw in layout(page)]


def word_flaws(page: Page, *, large: bool = False) -> list[str]:
    """What hangs on how long the words are: the layout at both widths. Axe finds the same in any language."""
    page.set_viewport_size(PHONE)
    found = [*layout(page), *targets(page, large=large)]
    page.set_viewport_size(DESK)
    return found + [f"on a desk: {flaw}" for flaw in layout(page)]


def desk_word_flaws(page: Page) -> list[str]:
    """The same for the staff's desk."""
    page.set_viewport_size(DESK)
    found = layout(page)
    page.set_viewport_size(PHONE)
    return found + [f"on a phone: {flaw}" for flaw in layout(page)]


def desk_flaws(page: Page) -> list[str]:
    """The same for the staff's desk, where a mouse is at hand: all of it on a desk, the layout on a phone."""
    page.set_viewport_size(DESK)
    found = [*layout(page), *axe(page)]
    page.set_viewport_size(PHONE)
    return found + [f"on a phone: {flaw}" for flaw in layout(page)]
