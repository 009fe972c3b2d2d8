"""The life of a message after it was queued: claimed, and then sent, retried, failed or dropped.

A claim is a lease: it ends at `until`, and whoever finishes a message must still hold it. A worker
that was killed leaves its messages to the next one after the lease.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q

from core import audit, wake
from core.models import MessageState, OutboxMessage, User
from core.querysets import OutboxQuerySet

BATCH: Final = 20
COMPANIONS: Final = 200
LEASE: Final = timedelta(minutes=2)
MAX_ATTEMPTS: Final = 8
LONGEST_WAIT: Final = timedelta(hours=6)
SECRET_LIFETIME: Final = timedelta(minutes=5)
CLAIM_LOCK: Final = 0x6F7574626F78


@dataclass(frozen=True)
class Claim:
    """Messages that belong to one worker until `until`."""

    messages: Sequence[OutboxMessage]
    until: datetime


@transaction.atomic
def message_claim(*, at: datetime, quiet: bool, without: Collection[str] = ()) -> Claim:
    """Take what is due, most urgent first, with everything else that is due for the same people.

    Claims follow one another, so that one person's messages are never split between two workers;
    sending goes on in parallel. In quiet hours only what is urgent is taken, and never what goes
    through the channels in `without`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLAIM_LOCK])
    due = OutboxMessage.objects.due(at).filter(Q(urgent=True) | ~Q(channel__in=without))
    if quiet:
        due = due.filter(urgent=True)
    due = due.select_related("user").select_for_update(of=("self",), skip_locked=True)
    messages = list(due.order_by("-urgent", "next_attempt_at", "pk")[:BATCH])
    messages += _companions(due, messages)
    until = at + LEASE
    OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).update(
        state=MessageState.SENDING, attempts=F("attempts") + 1, next_attempt_at=until
    )
    for message in messages:
        message.attempts += 1
    return Claim(messages, until)


def message_extend(*, claim: Claim, messages: Sequence[OutboxMessage], at: datetime) -> Claim | None:
    """Renew the lease of some messages just before sending them; None when it was lost."""
    renewed = Claim(messages, at + LEASE)
    held = _held(claim, messages).update(next_attempt_at=renewed.until)
    return renewed if held == len(messages) else None


@transaction.atomic
def message_sent(*, claim: Claim, at: datetime, erase: bool) -> None:
    """Mark what left as one parcel; secret texts are erased."""
    lead, *others = claim.messages
    erased = {"title": "", "body": "", "url": ""} if erase else {}
    held = _held(claim, claim.messages)
    held.filter(pk=lead.pk).update(state=MessageState.SENT, sent_at=at, last_error="", **erased)
    if others:
        held.update(state=MessageState.SENT, sent_at=at, last_error="", sent_with=lead, **erased)


def message_retry(*, claim: Claim, at: datetime, reason: str, attempted: bool = True) -> None:
    """Try again later, each wait longer than the last; after the last try, fail visibly.

    `attempted` is False when the gateway was known to be away: the try is not counted.
    """
    for message in claim.messages:
        if attempted and _is_hopeless(message, at):
            message_fail(claim=Claim([message], claim.until), reason=reason)
            continue
        _held(claim, [message]).update(
            state=MessageState.QUEUED,
            attempts=message.attempts - (not attempted),
            next_attempt_at=at + _wait(message),
            last_error=reason[:200],
        )


def message_fail(*, claim: Claim, reason: str) -> None:
    """Give up visibly. What is secret is erased: it will never be of use again."""
    _finish(claim, MessageState.FAILED, reason)


def message_drop(*, claim: Claim, reason: str) -> None:
    """Send no more, because the person may not be written to."""
    _finish(claim, MessageState.DROPPED, reason)


@transaction.atomic
def message_send_again(*, message_ids: Sequence[int], actor: User, at: datetime) -> int:
    """Queue failed messages once more; the number of those that could be. Erased ones cannot."""
    failed = OutboxMessage.objects.failed().filter(pk__in=message_ids, secret=False)
    messages = list(failed.locked())
    failed.update(state=MessageState.QUEUED, attempts=0, next_attempt_at=at)
    for message in messages:
        audit.record(event="message_send_again", actor=actor, subject=message, at=at, fields=["state"])
    transaction.on_commit(lambda: wake.deliver(at_once=True), robust=True)
    return len(messages)


def _companions(due: OutboxQuerySet, messages: Sequence[OutboxMessage]) -> list[OutboxMessage]:
    users = {message.user_id for message in messages if message.user_id is not None}
    phones = {message.phone for message in messages} | {
        message.user.phone or "" for message in messages if message.user is not None
    }
    same = Q(user_id__in=users) | Q(phone__in=phones - {""})
    if not messages or not same:
        return []
    taken = [message.pk for message in messages]
    return list(due.filter(same, urgent=False).exclude(pk__in=taken).order_by("pk")[:COMPANIONS])


def _held(claim: Claim, messages: Sequence[OutboxMessage]) -> OutboxQuerySet:
    return OutboxMessage.objects.filter(
        pk__in=[message.pk for message in messages],
        state=MessageState.SENDING,
        next_attempt_at=claim.until,
    )


def _finish(claim: Claim, state: MessageState, reason: str) -> None:
    held = _held(claim, claim.messages)
    held.filter(secret=True).update(title="", body="", url="")
    held.update(state=state, last_error=reason[:200])


def _is_hopeless(message: OutboxMessage, at: datetime) -> bool:
    if message.secret:
        return at > message.created_at + SECRET_LIFETIME
    return message.attempts >= MAX_ATTEMPTS


def _wait(message: OutboxMessage) -> timedelta:
    """30 s, 2 min, 8 min, … up to 6 h, a fifth more or less; seconds for a code that somebody waits for."""
    base, factor = (5, 2) if message.secret else (30, 4)
    wait = min(timedelta(seconds=base * factor ** min(message.attempts - 1, 10)), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311  spreads the load, hides nothing
