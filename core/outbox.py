"""Messages are queued in the transaction of the change that they announce, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from core import wake
from core.language import in_house
from core.models import InboxItem, MessageChannel, OutboxMessage
from core.registries import message_checks, message_policies
from core.rows import Rows, rows_insert_beside
from core.tracing import request_id


@dataclass(frozen=True)
class Message:
    """What is said to whom. An account gets an inbox item and, by its kind's policy, a text.

    `urgent` passes quiet hours and digests. `secret` does too, and its text is erased once delivered.
    """

    kind: str
    dedupe_key: str
    title: str
    body: str
    at: datetime
    user_id: int | None = None
    phone: str = ""
    robot_url: str = ""
    url: str = ""
    urgent: bool = False
    secret: bool = False
    not_before: datetime | None = None

    def to_each(self, user_ids: Iterable[int | None]) -> list[Message]:
        """The same to each of these accounts, once each; vacant posts (None) are left out."""
        return [
            replace(self, user_id=user_id, dedupe_key=f"{self.dedupe_key}.{user_id}")
            for user_id in dict.fromkeys(user_ids)
            if user_id is not None
        ]

    def to_group(self, robot_url: str) -> list[Message]:
        """The same to a group's robot, where there is one."""
        return (
            [replace(self, robot_url=robot_url, dedupe_key=f"{self.dedupe_key}.group")] if robot_url else []
        )


@in_house
def send(messages: Sequence[Message], *, beside: Sequence[Rows] = ()) -> None:
    """Queue messages in the caller's transaction, once per `dedupe_key`; the worker is woken on commit.

    Other rows of the same change may be written `beside` them, in the same statement.
    """
    for check in message_checks:
        messages = check(messages)
    items = [_inbox_item(message, message.user_id) for message in messages if message.user_id is not None]
    rows = [_row(message, channel) for message in messages for channel in _channels(message)]
    rows_insert_beside(*beside, Rows(items, ignore_conflicts=True), Rows(rows, ignore_conflicts=True))
    if rows:
        at_once = any(row.urgent for row in rows)
        transaction.on_commit(lambda: wake.deliver(at_once=at_once), robust=True)


def _channels(message: Message) -> list[MessageChannel]:
    channels = []
    policy = message_policies.get(message.kind)
    if message.phone or (message.user_id is not None and (policy is None or policy.sms)):
        channels.append(MessageChannel.SMS)
    if message.robot_url:
        channels.append(MessageChannel.ROBOT)
    return channels


def _inbox_item(message: Message, user_id: int) -> InboxItem:
    return InboxItem(
        user_id=user_id,
        kind=message.kind,
        dedupe_key=message.dedupe_key,
        title=message.title,
        body="" if message.secret else message.body,
        url=message.url,
        created_at=message.at,
    )


def _row(message: Message, channel: MessageChannel) -> OutboxMessage:
    return OutboxMessage(
        channel=channel,
        kind=message.kind,
        dedupe_key=message.dedupe_key,
        user_id=message.user_id if channel == MessageChannel.SMS else None,
        phone=message.phone if channel == MessageChannel.SMS else "",
        robot_url=message.robot_url if channel == MessageChannel.ROBOT else "",
        title=message.title,
        body=message.body,
        url=message.url,
        urgent=message.urgent or message.secret,
        secret=message.secret,
        created_at=message.at,
        next_attempt_at=max(message.at, message.not_before or message.at),
        request_id=request_id.get(),
    )
