"""From the outbox to the gateways: claimed in small batches, one parcel per person, each sent once.

Towards a gateway it is at least once: a worker killed between sending and noting so sends again after
its lease. The `Idempotency-Key` of both is the same.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from core import actions
from core.actions import Claim
from core.gateways import Letter, gateway_for
from core.models import MessageChannel, OutboxMessage
from core.phones import is_mobile
from core.posting import RefusedError, TryLaterError
from core.registries import Recipient, delivery_checks
from core.tracing import task_id, tracing

logger = logging.getLogger(__name__)

MAX_TEXT: Final = 900


@dataclass(frozen=True)
class Parcel:
    """What goes to one address at once: one message, or a digest of several."""

    channel: str
    address: str
    messages: Sequence[OutboxMessage]

    @property
    def text(self) -> str:
        if len(self.messages) == 1:
            return _text(self.messages[0])
        lines = [f"{n}. {_text(message)}" for n, message in enumerate(self.messages, start=1)]
        return "\n".join([_("您有 %(n)d 条新消息：") % {"n": len(lines)}, *lines])

    @property
    def key(self) -> str:
        keys = sorted(message.dedupe_key for message in self.messages)
        return keys[0] if len(keys) == 1 else hashlib.sha256("\n".join(keys).encode()).hexdigest()

    @property
    def letter(self) -> Letter:
        return Letter(self.address, self.text, self.key)


def deliver_due(*, clock: Callable[[], datetime] = timezone.now) -> int:
    """Deliver everything that is due by now; the number of messages that left.

    A gateway that does not answer is left alone for the rest of this run, except for what is urgent.
    """
    sent, away = 0, set[str]()
    while (claim := actions.message_claim(at=(at := clock()), quiet=_is_quiet(at), without=away)).messages:
        for parcel in parcels(_wanted(claim)):
            sent += _deliver(parcel, claim, away, clock)
    return sent


def parcels(messages: Sequence[OutboxMessage]) -> Iterator[Parcel]:
    """One parcel per address; what is urgent or secret travels alone, long digests are split."""
    ordered = sorted(messages, key=lambda message: (not message.urgent, message.channel, _address(message)))
    for (urgent, channel, address), group in groupby(
        ordered, key=lambda message: (message.urgent, message.channel, _address(message))
    ):
        for chunk in _chunks(sorted(group, key=lambda message: message.pk), alone=urgent):
            yield Parcel(channel, address, chunk)


def _deliver(parcel: Parcel, claim: Claim, away: set[str], clock: Callable[[], datetime]) -> int:
    held = actions.message_extend(claim=claim, messages=parcel.messages, at=clock())
    if held is None:
        return 0
    if parcel.channel in away and not parcel.messages[0].urgent:
        actions.message_retry(claim=held, at=clock(), reason=_("网关没有应答"), attempted=False)
        return 0
    gateway = gateway_for(parcel.channel)
    try:
        gateway.deliver(parcel.letter)
    except TryLaterError as failure:
        _tell(parcel, "later")
        actions.message_retry(claim=held, at=clock(), reason=str(failure))
        away |= {parcel.channel} if failure.away else set()
        return 0
    except RefusedError as failure:
        _tell(parcel, "refused")
        actions.message_fail(claim=held, reason=str(failure))
        return 0
    _tell(parcel, "sent")
    actions.message_sent(claim=held, at=clock(), erase=parcel.messages[0].secret and gateway.erases_secrets)
    return len(parcel.messages)


def _tell(parcel: Parcel, outcome: str) -> None:
    """A line for each message, under the request that queued it; neither address nor text."""
    for message in parcel.messages:
        with tracing(request=message.request_id, task=task_id.get()):
            logger.info("message", extra={"message_id": message.pk, "kind": message.kind, "outcome": outcome})


def _wanted(claim: Claim) -> list[OutboxMessage]:
    """What may still be sent; the rest is dropped with the reason. Codes somebody asked for always may."""
    reasons = {message.pk: _undeliverable(message) for message in claim.messages}
    asked = {
        message.pk: Recipient(message.user_id, _address(message), message.kind)
        for message in claim.messages
        if message.channel == MessageChannel.SMS and not message.secret and not reasons[message.pk]
    }
    for check in delivery_checks if asked else ():
        refused = check(list(asked.values()))
        reasons |= {pk: refused[recipient] for pk, recipient in asked.items() if recipient in refused}
    for message in claim.messages:
        if reasons[message.pk]:
            actions.message_drop(claim=Claim([message], claim.until), reason=reasons[message.pk])
    return [message for message in claim.messages if not reasons[message.pk]]


def _undeliverable(message: OutboxMessage) -> str:
    if message.user is not None and not message.user.is_active:
        return _("账号已停用")
    if message.channel == MessageChannel.SMS and not is_mobile(_address(message)):
        return _("没有能收短信的手机号")
    return ""


def _address(message: OutboxMessage) -> str:
    if message.channel == MessageChannel.ROBOT:
        return message.robot_url
    return message.phone or (message.user.phone if message.user else "") or ""


def _text(message: OutboxMessage) -> str:
    body = message.body or message.title
    if message.channel == MessageChannel.ROBOT and message.title and message.body:
        body = f"{message.title}\n{message.body}"
    return f"{body} {message.url}" if message.url.startswith("http") and message.url not in body else body


def _chunks(messages: Sequence[OutboxMessage], *, alone: bool) -> Iterator[list[OutboxMessage]]:
    chunk: list[OutboxMessage] = []
    for message in messages:
        if chunk and (alone or sum(len(_text(m)) for m in [*chunk, message]) > MAX_TEXT):
            yield chunk
            chunk = []
        chunk.append(message)
    yield chunk


def _is_quiet(at: datetime) -> bool:
    """Whether people sleep: QUIET_HOURS, as `22:00-07:00`, on the portal's clock."""
    start, end = (time.fromisoformat(part) for part in settings.QUIET_HOURS.split("-"))
    now = timezone.localtime(at).time()
    return start <= now or now < end if start > end else start <= now < end
