"""The admin's lists, paged by key."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import audit
from core.admin_lists import KeysetAdminMixin
from core.models import AuditEntry, DayOverride, MessageState, OutboxMessage, User

pytestmark = pytest.mark.django_db
MESSAGES = "/admin/core/outboxmessage/"


@pytest.fixture
def staff(client: Client, administrator: User) -> Client:
    """The county's administrator at the desk, where every message is shown."""
    client.force_login(administrator)
    return client


@pytest.fixture
def fill(at: datetime) -> Any:
    def make(count: int, **fields: Any) -> list[OutboxMessage]:
        return OutboxMessage.objects.bulk_create(
            OutboxMessage(
                **{"channel": "sms", "kind": "k", "phone": "13800000001", "state": "failed"}
                | {"created_at": at, "next_attempt_at": at, "dedupe_key": f"{len(fields)}-{n}"}
                | fields
            )
            for n in range(count)
        )

    return make


def rows(page: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'name="_selected_action" value="(\d+)"', page)]


def link(page: str, rel: str) -> str | None:
    found = re.search(rf'<a rel="{rel}" href="([^"]*)"', page)
    return unescape(found[1]) if found else None


def get(client: Client, query: str = "") -> str:
    response = client.get(MESSAGES + query)
    assert response.status_code == 200, response
    return response.content.decode()


def test_pages_lead_through_everything_and_back(staff: Client, fill: Any):
    pks = [message.pk for message in reversed(fill(45))]

    first = get(staff)
    second = get(staff, link(first, "next"))
    third = get(staff, link(second, "next"))
    back = get(staff, link(third, "prev"))

    assert rows(first) + rows(second) + rows(third) == pks
    assert rows(back) == rows(second)
    assert (link(first, "prev"), link(third, "next")) == (None, None)


def test_last_page_and_first_page_are_one_step_away(staff: Client, fill: Any):
    pks = [message.pk for message in fill(45)]

    last = get(staff, link(get(staff), "last"))

    assert rows(last) == pks[19::-1]
    assert link(last, "last") is None
    assert rows(get(staff, link(last, "first"))) == pks[:-21:-1]


@pytest.mark.parametrize(
    "query", ["", "?cursor=last", "?state__exact=failed", "?state__exact=failed&cursor=last"]
)
@pytest.mark.parametrize("count", [3, 300])
def test_list_costs_one_statement_without_count_and_offset(staff: Client, fill: Any, query: str, count: int):
    fill(count)
    get(staff)

    with CaptureQueriesContext(connection) as captured:
        get(staff, query)

    [listing] = [query["sql"] for query in captured if "core_outboxmessage" in query["sql"]]
    assert "COUNT(" not in listing
    assert "OFFSET" not in listing
    assert len(captured) <= 6  # with session, account, second factor and posts


def test_last_page_of_many_uses_the_index(staff: Client, fill: Any):
    fill(2000)
    connection.cursor().execute("ANALYZE core_outboxmessage")

    with CaptureQueriesContext(connection) as captured:
        get(staff, "?cursor=last")

    sql = next(query["sql"] for query in captured if "core_outboxmessage" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan" in plan
    assert "Sort" not in plan


def test_filter_keeps_its_place_over_pages_and_a_new_filter_begins_anew(staff: Client, fill: Any):
    fill(25)
    fill(25, state=MessageState.SENT)

    second = get(staff, link(get(staff, "?state__exact=failed"), "next"))

    assert len(rows(second)) == 5
    assert set(OutboxMessage.objects.filter(pk__in=rows(second)).values_list("state", flat=True)) == {
        "failed"
    }
    sides = re.search(r'<nav id="changelist-filter".*?</nav>', second, re.DOTALL)
    assert sides
    assert "cursor" not in sides[0]


def test_search_begins_at_the_first_page(staff: Client, administrator: User, at: datetime):
    for _ in range(25):
        audit.record(
            event="x",
            actor=administrator,
            subject=administrator,
            at=at,
            scope_path=administrator.posts.get().place.path,
        )
    second = link(staff.get("/admin/core/auditentry/").content.decode(), "next")

    page = staff.get(f"/admin/core/auditentry/{second}&q={administrator.pk}").content.decode()

    search = re.search(r'<form id="changelist-search".*?</form>', page, re.DOTALL)
    assert search
    assert "cursor" not in search[0]
    assert page.count("<tr>") >= 5


@pytest.mark.parametrize(
    "query", ["?cursor=x", "?cursor=%00", "?o=1.-2", "?o=nonsense", "?p=7", "?all=", "?_facets=True"]
)
def test_nonsense_is_the_first_page(staff: Client, fill: Any, query: str):
    pks = [message.pk for message in fill(25)]

    assert rows(get(staff, query)) == pks[:4:-1]


def test_unknown_filter_is_turned_away_as_in_the_stock_admin(staff: Client):
    assert staff.get(f"{MESSAGES}?nonsense=1").status_code in {302, 400}


def test_empty_list_says_so(staff: Client):
    page = get(staff)

    assert rows(page) == []
    assert link(page, "next") is None


def test_action_reaches_what_is_ticked_only(staff: Client, fill: Any):
    first, *_others = fill(25)

    staff.post(MESSAGES, {"action": "send_again", "_selected_action": [first.pk], "select_across": "1"})

    queued = OutboxMessage.objects.filter(state="queued")
    assert [message.pk for message in queued] == [first.pk]
    assert AuditEntry.objects.filter(event="message_send_again").count() == 1


def test_action_returns_to_the_page_it_came_from(staff: Client, fill: Any):
    fill(25)
    address = MESSAGES + str(link(get(staff), "next"))

    response = staff.post(
        address, {"action": "send_again", "_selected_action": rows(get(staff, "?cursor=last"))}
    )

    assert response["Location"] == address


def test_messages_and_trail_cannot_be_changed_by_hand(
    staff: Client, administrator: User, fill: Any, at: datetime
):
    [message] = fill(1)
    audit.record(
        event="x",
        actor=administrator,
        subject=administrator,
        at=at,
        scope_path=administrator.posts.get().place.path,
    )
    entry = AuditEntry.objects.latest("pk")

    for path in (f"outboxmessage/{message.pk}", f"auditentry/{entry.pk}"):
        assert staff.get(f"/admin/core/{path}/change/").status_code == 200
        assert staff.post(f"/admin/core/{path}/change/", {"state": "sent"}).status_code == 403
        assert staff.post(f"/admin/core/{path}/delete/", {"post": "yes"}).status_code == 403


def test_code_is_hidden_from_staff(staff: Client, fill: Any):
    [message] = fill(1, secret=True, body="验证码 246810", state="queued")

    page = staff.get(f"/admin/core/outboxmessage/{message.pk}/change/").content.decode()

    assert "246810" not in page


def test_day_is_saved_and_deleted_through_the_actions(staff: Client):
    form = {"date": "2027-01-01", "name": "元旦"}
    staff.post("/admin/core/dayoverride/add/", form)
    day = DayOverride.objects.get()

    staff.post(
        "/admin/core/dayoverride/", {"action": "delete_selected", "_selected_action": [day.pk], "post": "yes"}
    )

    assert not DayOverride.objects.exists()
    events = AuditEntry.objects.filter(subject_type="core.dayoverride").order_by("pk")
    assert [entry.event for entry in events] == ["day_override_save", "day_override_delete"]


def test_same_day_twice_is_told_on_the_form(staff: Client):
    form = {"date": "2027-01-01", "name": "元旦"}
    staff.post("/admin/core/dayoverride/add/", form)

    response = staff.post("/admin/core/dayoverride/add/", form)

    assert response.status_code == 200
    assert DayOverride.objects.count() == 1


class EditableAdmin(KeysetAdminMixin, admin.ModelAdmin):
    list_display = ("kind", "state")
    list_editable = ("state",)


def test_what_a_keyset_list_cannot_do_is_found_at_the_start():
    found = EditableAdmin(OutboxMessage, admin.site).check()

    assert "core.E010" in {message.id for message in found}
