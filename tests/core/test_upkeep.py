"""What is thrown away in time, and what stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core import actions, tasks
from core.models import CacheRow, InboxItem, OutboxMessage, User

pytestmark = pytest.mark.django_db


def message(at: datetime, key: str, **fields: Any) -> OutboxMessage:
    return OutboxMessage.objects.create(
        **{"channel": "sms", "kind": "k", "phone": "13800000001", "state": "sent", "body": "正文"}
        | {"created_at": at, "next_attempt_at": at, "dedupe_key": key}
        | fields
    )


def test_messages_of_half_a_year_ago_go_and_what_waits_stays(at: datetime):
    old = at - timedelta(days=181)
    lead = message(old, "lead")
    message(old, "digested", sent_with=lead)
    message(old, "dropped", state="dropped")
    for state in ("failed", "queued"):
        message(old, state, state=state)
    message(at - timedelta(days=179), "younger")

    actions.retention_sweep(at=at)

    assert set(OutboxMessage.objects.values_list("dedupe_key", flat=True)) == {"queued", "younger"}


def test_notices_of_half_a_year_ago_go(user: User, at: datetime):
    for key, days in (("old", 181), ("younger", 179)):
        InboxItem.objects.create(
            user=user, kind="k", dedupe_key=key, title="t", created_at=at - timedelta(days=days)
        )

    actions.retention_sweep(at=at)

    assert list(InboxItem.objects.values_list("dedupe_key", flat=True)) == ["younger"]


@pytest.mark.parametrize("state", ["sent", "failed", "queued", "dropped"])
def test_no_secret_outlives_an_hour(at: datetime, state: str):
    message(at - timedelta(minutes=61), "old", secret=True, state=state)
    young = message(at - timedelta(minutes=59), "young", secret=True, state=state)

    actions.expired_delete(at=at)

    assert list(OutboxMessage.objects.exclude(body="")) == [young]


def test_expired_cache_rows_go(at: datetime):
    for key, expires in (("old", at - timedelta(seconds=1)), ("new", at + timedelta(seconds=1))):
        CacheRow.objects.create(cache_key=key, value="", expires=expires)

    actions.expired_delete(at=at)

    assert list(CacheRow.objects.values_list("pk", flat=True)) == ["new"]


def test_nightly_job_runs_by_itself(at: datetime):
    message(at - timedelta(days=400), "old")

    tasks.retain()

    assert not OutboxMessage.objects.exists()


def test_delivery_job_runs_by_itself(at: datetime, settings: Any):
    settings.SMS_BACKEND = "core.gateways.DemoGateway"
    settings.QUIET_HOURS = "00:00-00:00"
    due = message(at - timedelta(days=400), "due", state="queued")

    tasks.deliver_due()

    due.refresh_from_db()
    assert due.state == "sent"
