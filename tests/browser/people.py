"""What people do on the pages, step by step, as they would: by labels, buttons and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from core.models import OutboxMessage, User
from tests.browser.world import drawing
from tests.cast import PASSWORD, Town

TEXT = "三单元楼道灯坏了两周，晚上老人上下楼看不清，差点摔倒。"
PHONE = "13912345678"


@dataclass(frozen=True)
class Receipt:
    """What somebody who filed takes home."""

    number: str
    code: str


def client_of(user: User | None) -> Client:
    """Somebody without a browser, to find out what is there."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def session_cookie(user: User, url: str) -> Any:
    """What signing in leaves in the browser, for tests that are not about signing in."""
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client_of(user).cookies[name].value, "url": url}


def picture(colour: str = "#8a6d3b") -> dict[str, object]:
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": drawing(colour)}


def sign_in_with_password(page: Page, user: User, goal: str) -> None:
    """A member of staff, by the form on which everybody lands who opens `goal` without a session."""
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    page.goto(goal)
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


def sign_in_with_code(page: Page, user: User) -> None:
    """A resident, by the code that goes to their phone."""
    page.goto("/account/login/")
    page.fill("#id_phone", user.phone)
    page.locator("main form button[type=submit]").first.click()
    page.fill("#id_code", code_sent_to(user.phone))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/account/")


def code_sent_to(phone: str) -> str:
    text = OutboxMessage.objects.filter(phone=phone, kind="sign_in_code").latest("pk").body
    return re.search(r"\d{6}", text).group()


def link_sent_to(phone: str, kind: str) -> str:
    """The path in the newest text of this kind to this phone."""
    message = OutboxMessage.objects.filter(phone=phone, kind=kind).latest("pk")
    return "/" + message.url.split("/", 3)[3]


def fill_in(page: Page, town: Town, *, text: str = TEXT, phone: str = PHONE) -> None:
    """Type a matter into the open form, up to its button."""
    page.fill("[name=text]", text)
    page.select_option(
        "[name=place]", label=page.locator("[name=place] option", has_text="1号楼").first.inner_text()
    )
    page.fill("[name=spot]", "三单元二楼拐角")
    page.set_input_files("[name=photos]", picture())
    page.locator("label.choice", has_text="路灯楼道灯").click()
    page.fill("[name=phone]", phone)
    page.fill("[name=name]", "林阿姨")
    page.check("[name=consent]")


def submit(page: Page) -> None:
    page.locator("main .bar-bottom button.btn--main").click()


def receipt_on(page: Page) -> Receipt:
    page.wait_for_url("**/receipt/")
    number = page.locator(".ticket__number").inner_text().strip()
    return Receipt(number, page.locator(".ticket__code").inner_text().strip())


def track(page: Page, town: Town, receipt: Receipt) -> None:
    """Find the matter again by what stands on the receipt."""
    page.goto(f"/{town.community.slug}/track/")
    page.fill("[name=number]", receipt.number)
    page.fill("[name=code]", receipt.code)
    submit(page)
    page.wait_for_url("**/p/*/")
