"""Garbage in addresses, cookies and bodies ends in an answer, never in a 500."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from petitions.models import ExportJob
from petitions.selectors import links
from tests.petitions.loop import file
from tests.petitions.pages import filed_now

GARBAGE = ("%00", "%ff%fe", "9" * 40, "%C2%B2", "%ED%A0%80")
OPEN = (
    *("/{}/", "/{}/file/", "/{}/wall/", "/diecui/q/{}/", "/diecui/matters/{}/", "/diecui/matters/{}/join/"),
    *("/track/?number={}", "/diecui/wall/?topic={}&cursor={}", "/diecui/problems/?topic={}&cursor={}"),
    *("/p/{}/", "/p/{}/receipt.pdf", "/j/{}/", "/kept/{}.jpg", "/brand/{}.css", "/account/login/?next={}"),
    *("/photos/{}/small.jpg", "/admin/login/?next={}", "/api/v1/petitions/{}/"),
)
STAFF = (
    *("/work/{}/", "/work/{}/claim/", "/work/{number}/{}/", "/work/{number}/photos/{}/", "/inbox/?cursor={}"),
    *("/mine/?cursor={}", "/api/v1/petitions/{}/", "/api/v1/petitions/{}/history/"),
    "/api/v1/petitions/?cursor={}&page_size={}&community={}&stage={}&since={}",
    *("/admin/petitions/petition/?q={}", "/admin/petitions/petition/?queue={}&grid={}&community={}&holder={}&o={}"),
    *("/admin/petitions/petition/{}/change/", "/admin/petitions/petition/filed/{}/"),
    "/admin/petitions/petition/intake/?community={}",
    *("/admin/community/post/?community={}", "/admin/community/post/?q={}", "/admin/community/place/?q={}&p={}"),
    *("/admin/community/resident/?community={}&q={}", "/admin/community/place/{}/change/"),
    *("/admin/community/post/{}/end/", "/admin/core/user/{}/password/", "/admin/core/outboxmessage/?state={}"),
    *("/admin/core/auditentry/?q={}", "/admin/core/auditentry/?cursor={}", "/admin/core/user/?is_active={}"),
    "/admin/autocomplete/?app_label=community&model_name=post&field_name=place&term={}",
    "/admin/autocomplete/?app_label={}&model_name={}&field_name={}",
)  # fmt: skip


def failures(client: Client, addresses: tuple[str, ...], number: str) -> list[str]:
    """The addresses that end in a 500 when each gap holds garbage."""
    client.raise_request_exception = False
    asked = [
        address.replace("{number}", number).replace("{}", value) for address in addresses for value in GARBAGE
    ]
    return [address for address in asked if client.get(address).status_code >= 500]


def test_garbage_of_strangers_is_answered(client, diecui):
    reporter = filed_now(diecui)
    token = links.ticket_token(reporter)

    found = failures(client, (*OPEN, f"/p/{token}/photos/{{}}/x.jpg"), reporter.petition.number)

    assert found == []


def test_garbage_of_staff_is_answered(client, diecui, secretary):
    petition = file(diecui, at=timezone.now())
    client.force_login(secretary)

    found = failures(client, STAFF, petition.number)

    assert found == []


@pytest.mark.parametrize("key", ["abc", "-1", "9" * 30, "\x00", "²", ""])
def test_ticked_row_that_is_none_is_left_out(client, diecui, secretary, key):
    petition = file(diecui, at=timezone.now())
    client.force_login(secretary)

    response = client.post(
        "/admin/petitions/petition/",
        {"action": "claim_chosen", "_selected_action": [key, petition.pk], "index": "0"},
    )

    assert response.status_code == 200
    assert petition.number in response.content.decode()


def test_list_with_a_nul_is_exported_without_it(client, diecui, secretary):
    client.force_login(secretary)

    response = client.post("/admin/petitions/petition/exports/ask/", {"list": "q=%00灯&queue=%00"})

    assert response.status_code == 302
    assert ExportJob.objects.get().params == {"q": "灯", "queue": ""}


def test_json_without_a_bottom_is_refused(client, diecui, secretary):
    client.force_login(secretary)

    response = client.post(
        "/api/v1/petitions/", "[" * 100_000 + "]" * 100_000, content_type="application/json"
    )

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "large"])
def test_garbage_in_cookies_is_answered(client, diecui, name):
    client.raise_request_exception = False

    answers = [
        client.get("/inbox/", headers={"cookie": f'{name}="{value}"'}).status_code
        for value in (r"\000aaaaaaaaaaaa", r"\377\376aaaaaaaaaaa", "a" * 4000, "²" * 32)
    ]

    assert max(answers) < 500


@pytest.mark.parametrize("host", ["evil.example", "evil.example:99", "x\x00", "@", "[::1"])
def test_foreign_host_is_refused(client, diecui, host, settings):
    settings.ALLOWED_HOSTS = ["portal.example"]

    response = client.get("/", headers={"host": host})

    assert response.status_code == 400
    assert "evil" not in response.content.decode()
