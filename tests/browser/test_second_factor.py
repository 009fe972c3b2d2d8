"""A second factor is set up, asked for, and given up on pages that are as sound as the others."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page

from tests.browser.flaws import flaws
from tests.browser.people import sign_in_with_password
from tests.cast import PASSWORD

MODES = pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
INDEX = "/account/2fa/"


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


@MODES
def test_second_factor_is_set_up_asked_for_and_given_up(sit, secretary, large):
    page, wrong = sit(large=large), []

    def look(what: str) -> Page:
        wrong.extend(f"{what} {flaw}" for flaw in flaws(page, large=large))
        return page

    sign_in_with_password(page, secretary, "/admin/")
    page.goto(INDEX)
    look("index without")
    page.goto(f"{INDEX}totp/activate/")
    look("is it you")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/totp/activate/")
    look("set up")
    secret = page.locator("#authenticator_secret").input_value()
    page.fill("#id_code", code_of(secret))
    page.press("#id_code", "Enter")
    page.wait_for_url("**/recovery-codes/**")
    look("recovery codes")
    page.goto(f"{INDEX}recovery-codes/")
    look("recovery codes again")
    spare = page.locator("#recovery_codes").input_value().split()[0]
    for name, path in (
        ("index with", ""),
        ("new codes", "recovery-codes/generate/"),
        ("give up", "totp/deactivate/"),
        ("again", "reauthenticate/"),
    ):
        page.goto(INDEX + path)
        look(name)

    page.context.clear_cookies(name="sessionid")
    page.goto("/admin/login/")
    page.fill("#id_username", secretary.username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/2fa/authenticate/**")
    look("asked for")
    page.fill("#id_code", spare)
    page.press("#id_code", "Enter")

    page.wait_for_url("**/admin/**")
    assert not wrong, "\n".join(wrong)
