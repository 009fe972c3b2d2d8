"""A worker's phone: signed in, cut off and reached again, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from core.models import User
from tests.browser.flaws import PHONE
from tests.browser.people import picture, session_cookie

TEXT = "三单元楼道灯不亮，晚上看不清。"
KEPT = """caches.open('field-pages').then((cache) => cache.keys())
    .then((all) => all.map((one) => new URL(one.url)).map((one) => one.pathname + one.search))"""
Phone = Callable[..., Page]


@pytest.fixture
def phone(browser: Browser, live_server: Any, settings: Any) -> Iterator[Phone]:
    """A phone of somebody who is signed in. Cut off from the network its console may say so."""
    settings.PUBLIC_URL = live_server.url
    contexts: list[BrowserContext] = []

    def pick_up(user: User, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, locale="zh-CN", viewport=PHONE, **options)
        context.set_default_timeout(15_000)
        context.add_cookies([session_cookie(user, live_server.url)])
        contexts.append(context)
        return context.new_page()

    yield pick_up
    for context in contexts:
        context.close()


@pytest.fixture
def same_phone(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path: Path,
    live_server: Any,
    settings: Any,
) -> Iterator[Callable[[User], BrowserContext]]:
    """One phone that keeps what it keeps: each call starts its browser again, after the one before was closed."""
    settings.PUBLIC_URL = live_server.url
    options = {**browser_type_launch_args, "base_url": live_server.url, "locale": "zh-CN", "viewport": PHONE}
    contexts: list[BrowserContext] = []

    def start(user: User) -> BrowserContext:
        context = browser_type.launch_persistent_context(tmp_path / "phone", **options)
        contexts.append(context)
        cookie = {**session_cookie(user, live_server.url), "expires": timezone.now().timestamp() + 3600}
        context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    yield start
    for context in contexts:
        context.close()


def open_once(page: Page) -> None:
    """Open the day's list with signal, until the phone keeps its pages."""
    page.goto("/today/")
    until(page, f"async () => (await {KEPT}).includes('/work/new/')")


def is_kept(page: Page, address: str) -> None:
    """Wait until the phone keeps this page."""
    until(page, f"async () => (await {KEPT}).includes('{address}')")


def is_not_kept(page: Page, address: str) -> None:
    """Wait until the phone has let go of this page."""
    until(page, f"async () => !(await {KEPT}).includes('{address}')")


def until(page: Page, truth: str, seconds: float = 15) -> None:
    """Ask the page until it says so; Playwright's own waiting takes every promise for a yes."""
    for _turn in range(int(seconds * 10)):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(100)
    raise AssertionError(truth)


def fill(page: Page, words: str = TEXT, *, photo: bool = True) -> None:
    page.fill("[name=text]", words)
    page.check("[name=channel][value=patrol]")
    if photo:
        page.set_input_files("[name=photos]", [picture()])
        expect(page.locator("[data-photos-previews] canvas").first).to_be_visible()


def submit(page: Page) -> None:
    page.get_by_role("button", name="登记", exact=True).click()


def enter_without_signal(page: Page, words: str = TEXT) -> None:
    page.goto("/work/new/")
    fill(page, words)
    submit(page)
    page.wait_for_url("**/work/waiting/")
