"""Chromium for the browser tests: Debian's own where there is one, else what Playwright installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from core.display import LARGE, LARGE_COOKIE
from core.models import User
from tests.browser.flaws import DESK, PHONE, Watch
from tests.browser.people import session_cookie
from tests.browser.phones import phone, same_phone  # noqa: F401
from tests.browser.world import *  # noqa: F403
from tests.petitions.loop import *  # noqa: F403

# Playwright's synchronous API runs a loop of its own, which Django takes for an asynchronous caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
Sit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    return {**browser_type_launch_args, "args": list(QUIET), **({"executable_path": found} if found else {})}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "zh-CN", "viewport": PHONE}


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    """Photos of one test go where nobody else looks."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def sit(browser: Browser, live_server: Any) -> Iterator[Sit]:
    """Somebody sits down before a screen of their own: `sit(user, large=True)` is their page.

    Whatever the test is about, no page may ask another host, break the policy or log an error.
    """
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def sit_down(
        user: User | None = None, *, desk: bool = False, large: bool = False, javascript: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="zh-CN",
            viewport=DESK if desk else PHONE,
            java_script_enabled=javascript,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if large:
            context.add_cookies([{"name": LARGE_COOKIE, "value": LARGE, "url": live_server.url}])
        if user is not None:
            context.add_cookies([session_cookie(user, live_server.url)])
        page = context.new_page()
        watches.append(Watch(page, live_server.url))
        return page

    yield sit_down
    for context in contexts:
        context.close()
    said = [line for watch in watches for line in watch.said]
    assert not said, "\n".join(said)
