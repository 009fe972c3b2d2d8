"""The server is killed while an entry comes up, the tab while several do: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from config.local.folder import CHECKOUT
from config.local.processes import wait_for
from grids.models import FieldEntry
from petitions.models import Petition
from tests import database
from tests.browser.flaws import PHONE
from tests.browser.people import session_cookie
from tests.browser.phones import TEXT, enter_without_signal, fill, open_once, submit
from tests.config.conftest import free_port


class Server:
    """The portal in processes of its own, on the test's data; it may be killed and started again."""

    def __init__(self, dies: str, folder: Path, media: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.died = folder / "died"
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "DATABASE_URL": database.address(database.DATABASE),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "MEDIA_ROOT": str(media),
            "PUBLIC_URL": self.url,
            "DIES": dies,
            "DIED": str(self.died),
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "tests.browser.dying"]
        self.process = subprocess.Popen(
            command, cwd=CHECKOUT, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert wait_for(self.answers, 60)

    def answers(self) -> bool:
        try:
            return bool(urllib.request.urlopen(f"{self.url}/work/waiting/", timeout=5).status == 200)
        except OSError:
            return False

    def was_killed(self) -> bool:
        """Wait for its end; whether it was killed."""
        assert self.process is not None
        return self.process.wait(30) == -signal.SIGKILL

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)


@pytest.fixture
def server(request: Any, transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Server]:
    server = Server(request.param, tmp_path, Path(settings.MEDIA_ROOT))
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("server", ["reading", "booked"], indirect=True)
def test_server_killed_while_an_entry_comes_up_has_it_once_in_the_end(
    server: Server, browser: Browser, grid_worker
):
    context = browser.new_context(base_url=server.url, locale="zh-CN", viewport=PHONE)
    context.add_cookies([session_cookie(grid_worker, server.url)])
    page = context.new_page()
    open_once(page)
    page.goto("/work/new/")
    fill(page)
    submit(page)
    assert server.was_killed()
    page.wait_for_url("**/work/waiting/")
    expect(page.locator("[data-waiting-list] > li")).to_have_count(1)
    expect(page.locator("[data-waiting-list]")).to_contain_text(TEXT[:8])
    written = Petition.objects.count()

    server.start()
    page.get_by_role("button", name="现在上传").click()

    expect(page.locator("[data-waiting-list] > li")).to_have_count(0, timeout=30_000)
    context.close()
    assert written == (server.environment["DIES"] == "booked")
    assert Petition.objects.get().photos.count() == 1
    assert FieldEntry.objects.count() == 1


def held_at_the_third(*, is_booked: bool) -> tuple[list[int], Callable[[Any], None]]:
    """What has come up so far, and a route on which the phone hears nothing of the third entry, whether the
    server has it or it never got there."""
    reached: list[int] = []

    def hold_the_third(route: Any) -> None:
        if route.request.method != "POST" or len(reached) < 2:
            if route.request.method == "POST":
                reached.append(0)
            route.continue_()
        elif len(reached) == 2:
            reached.append(route.fetch().status if is_booked else 0)

    return reached, hold_the_third


def comes_to_the_third(page: Page, reached: list[int]) -> None:
    page.get_by_role("button", name="现在上传").click()
    while len(reached) < 3:
        page.wait_for_timeout(50)


def comes_to_its_end(page: Page) -> None:
    """Nothing waits any more, and each of the five is there once."""
    page.goto("/today/")
    expect(page.locator("[data-outbox]")).to_be_hidden(timeout=30_000)
    page.goto("/work/waiting/")
    expect(page.locator("[data-none]")).to_be_visible(timeout=30_000)
    texts = sorted(Petition.objects.values_list("text", flat=True))
    assert texts == [f"第{number}盏灯不亮。" for number in range(5)]
    assert FieldEntry.objects.count() == 5


@pytest.mark.parametrize("has_third", [True, False], ids=["booked", "on-the-way"])
def test_browser_killed_while_several_come_up_has_each_once_in_the_end(same_phone, grid_worker, has_third):
    """With everything in it: a tab alone leaves its service worker behind, which sends on."""
    first = same_phone(grid_worker)
    page = first.new_page()
    open_once(page)
    first.set_offline(True)
    for number in range(5):
        enter_without_signal(page, f"第{number}盏灯不亮。")
    reached, hold_the_third = held_at_the_third(is_booked=has_third)
    first.route("**/work/entries/", hold_the_third)
    first.set_offline(False)
    comes_to_the_third(page, reached)
    first.close()
    assert Petition.objects.count() == 2 + has_third

    page = same_phone(grid_worker).new_page()
    comes_to_its_end(page)
    assert reached[2] == (201 if has_third else 0)


def test_tab_killed_while_several_come_up_goes_on_where_it_was(phone, grid_worker):
    page: Page = phone(grid_worker)
    open_once(page)
    page.context.set_offline(True)
    for number in range(5):
        enter_without_signal(page, f"第{number}盏灯不亮。")
    reached, hold_the_third = held_at_the_third(is_booked=True)
    page.context.route("**/work/entries/", hold_the_third)
    page.context.set_offline(False)
    comes_to_the_third(page, reached)
    context = page.context
    page.close(run_before_unload=False)
    context.unroute_all(behavior="ignoreErrors")
    page = context.new_page()
    comes_to_its_end(page)
    assert reached[2] == 201
