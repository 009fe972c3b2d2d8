"""The inbox, and how the portal is shown."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import outbox
from core.models import InboxItem, User

pytestmark = pytest.mark.django_db


def tell(user: User, at: datetime, count: int = 1, url: str = "") -> None:
    outbox.send(
        [
            outbox.Message("test", f"k{n}", f"标题{n}", f"正文<b>{n}</b>", at, user_id=user.pk, url=url)
            for n in range(count)
        ]
    )


def test_stranger_is_asked_to_sign_in(client: Client):
    response = client.get("/inbox/")

    assert response.status_code == 302
    assert "next=/inbox/" in response["Location"]


def test_inbox_shows_own_notices_only(client: Client, user: User, superuser: User, at: datetime):
    tell(user, at)
    client.force_login(superuser)

    assert "标题0" not in client.get("/inbox/").content.decode()

    client.force_login(user)
    page = client.get("/inbox/").content.decode()
    assert "标题0" in page
    assert "正文&lt;b&gt;0" in page


@pytest.mark.parametrize("count", [3, 30])
def test_inbox_costs_a_fixed_number_of_statements(client: Client, user: User, at: datetime, count: int):
    tell(user, at, count)
    client.force_login(user)

    with CaptureQueriesContext(connection) as captured:
        client.get("/inbox/")

    assert len(captured) == 4  # session, account, page, unread


def test_opening_marks_read_and_leads_on(client: Client, user: User, at: datetime):
    tell(user, at, url="/inbox/?from=notice")
    client.force_login(user)
    item = InboxItem.objects.get()

    response = client.post(f"/inbox/{item.pk}/")

    item.refresh_from_db()
    assert response["Location"] == "/inbox/?from=notice"
    assert item.read_at is not None


def test_somebody_elses_notice_is_not_there(client: Client, user: User, superuser: User, at: datetime):
    tell(user, at)
    client.force_login(superuser)
    item = InboxItem.objects.get()

    response = client.post(f"/inbox/{item.pk}/")

    item.refresh_from_db()
    assert response.status_code == 404
    assert item.read_at is None


def test_marking_all_read_touches_own_notices_only(client: Client, user: User, superuser: User, at: datetime):
    tell(user, at, 3)
    tell(superuser, at, 2)
    client.force_login(user)

    client.post("/inbox/read/")

    unread = InboxItem.objects.unread()
    assert set(unread.values_list("user", flat=True)) == {superuser.pk}


@pytest.mark.parametrize("address", ["/inbox/read/", "/inbox/1/", "/display/"])
def test_looking_changes_nothing(client: Client, user: User, address: str):
    client.force_login(user)

    assert client.get(address).status_code == 405


class TestDisplay:
    def test_large_text_is_remembered_for_a_year_on_this_device(self, client: Client):
        response = client.post("/display/", {"large": "1", "next": "/inbox/"})

        cookie = response.cookies["display"]
        assert (response["Location"], cookie.value, cookie["max-age"]) == ("/inbox/", "large", 31536000)
        assert 'class="large"' in client.get("/account/login/").content.decode()

    def test_standard_text_comes_back(self, client: Client):
        client.post("/display/", {"large": "1"})

        client.post("/display/", {"large": "0"})

        assert 'class="large"' not in client.get("/account/login/").content.decode()

    def test_large_text_is_remembered_on_the_account(self, client: Client, user: User):
        client.force_login(user)
        client.post("/display/", {"large": "1"})
        client.cookies.pop("display")

        page = client.get("/inbox/").content.decode()

        user.refresh_from_db()
        assert user.large_text
        assert 'class="large"' in page

    @pytest.mark.parametrize(
        "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil"]
    )
    def test_foreign_address_leads_home(self, client: Client, target: str):
        response = client.post("/display/", {"large": "1", "next": target})

        assert response["Location"] == "/"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800000001", "138****0001"),
        ("03595020001", "035****0001"),
        ("12345", "*****"),
        ("", ""),
        (None, ""),
    ],
)
def test_phone_is_masked(phone: str | None, shown: str):
    from core.display import masked_phone

    assert masked_phone(phone) == shown


def test_moments_are_shown_as_people_read_them(at: datetime):
    from core.display import day, moment

    assert moment(at.replace(year=2025)) == "2025年11月20日(周四)10:00"
    assert day(at.date().replace(year=2025)) == "2025年11月20日(周四)"
    assert moment(None) == day(None) == ""
