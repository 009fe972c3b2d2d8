"""What is queued: with the change or not at all, once, and to whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from core import outbox
from core.models import InboxItem, OutboxMessage, User
from core.registries import MessagePolicy, message_policies

pytestmark = pytest.mark.django_db


def message(at: datetime, key: str = "k1", **fields: Any) -> outbox.Message:
    return outbox.Message(kind="test.kind", dedupe_key=key, title="标题", body=f"正文{key}", at=at, **fields)


def test_message_to_account_reaches_inbox_and_outbox(user: User, at: datetime):
    outbox.send([message(at, user_id=user.pk)])

    item, queued = InboxItem.objects.get(), OutboxMessage.objects.get()
    assert (item.user, item.title, item.body) == (user, "标题", "正文k1")
    assert (queued.channel, queued.user, queued.state, queued.next_attempt_at) == ("sms", user, "queued", at)


def test_message_to_phone_leaves_no_inbox_item(at: datetime):
    outbox.send([message(at, phone="13800000001")])

    assert not InboxItem.objects.exists()
    assert OutboxMessage.objects.get().phone == "13800000001"


def test_message_to_robot_goes_through_robot_alone(at: datetime):
    outbox.send([message(at, robot_url="https://qyapi.weixin.qq.com/hook")])

    assert OutboxMessage.objects.get().channel == "robot"


def test_message_to_account_and_robot_goes_both_ways(user: User, at: datetime):
    outbox.send([message(at, user_id=user.pk, robot_url="https://qyapi.weixin.qq.com/hook")])

    assert set(OutboxMessage.objects.values_list("channel", "user")) == {("sms", user.pk), ("robot", None)}


def test_kind_without_texts_reaches_inbox_alone(user: User, at: datetime):
    message_policies.register("test.kind", MessagePolicy("测试", sms=False))

    outbox.send([message(at, user_id=user.pk)])

    assert InboxItem.objects.count() == 1
    assert not OutboxMessage.objects.exists()


def test_same_key_is_queued_once(user: User, at: datetime):
    outbox.send([message(at, user_id=user.pk)])

    outbox.send([message(at, user_id=user.pk), message(at, user_id=user.pk)])

    assert (OutboxMessage.objects.count(), InboxItem.objects.count()) == (1, 1)


def test_rolled_back_change_announces_nothing(user: User, at: datetime):
    with transaction.atomic():
        outbox.send([message(at, user_id=user.pk)])
        transaction.set_rollback(True)

    assert not OutboxMessage.objects.exists()
    assert not InboxItem.objects.exists()


def test_not_before_delays_first_attempt(at: datetime):
    later = at + timedelta(hours=3)

    outbox.send([message(at, phone="13800000001", not_before=later)])

    assert OutboxMessage.objects.get().next_attempt_at == later


def test_secret_text_never_stands_in_inbox(user: User, at: datetime):
    outbox.send([message(at, user_id=user.pk, secret=True)])

    assert InboxItem.objects.get().body == ""


@pytest.mark.parametrize("count", [3, 30])
def test_sending_costs_one_statement_for_any_number(
    user: User, at: datetime, count: int, django_assert_num_queries: Any
):
    messages = [message(at, key=f"k{n}", user_id=user.pk) for n in range(count)]

    with django_assert_num_queries(1):
        outbox.send(messages)

    assert OutboxMessage.objects.count() == InboxItem.objects.count() == count


def test_sending_nothing_asks_nothing(django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        outbox.send([])
