"""What is said of entries from the phone; every function returns messages, the action queues them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, moment
from core.language import in_house
from core.models import User
from core.outbox import Message
from grids.models import EntryState, FieldEntry

KINDS: Final = {
    "entry.held": gettext_lazy("外勤记录等您处理"),
    "entry.waiting": gettext_lazy("外勤记录等您处理"),
    "entry.decided": gettext_lazy("外勤记录已处理"),
}


@in_house
def entry_held(entry: FieldEntry, leader: User | None, *, path: str, at: datetime) -> list[Message]:
    """To the leader, or who stands in: entries of somebody wait, told once a day however many they are."""
    body = _("%(who)s 有外勤记录没有直接入账：%(why)s请看内容，接收或不接收。") % {
        "who": entry.worker,
        "why": entry.reason,
    }
    message = Message(
        kind="entry.held",
        dedupe_key=f"entry.held.{entry.worker_id}.{timezone.localdate(at):%Y-%m-%d}",
        title=_("有外勤记录等您处理"),
        body=body,
        at=at,
        url=absolute(path),
    )
    return message.to_each([leader.pk if leader else None])


@in_house
def entry_decided(entry: FieldEntry, title: str, *, at: datetime) -> list[Message]:
    """To whoever entered it: what became of it."""
    accepted = entry.state == EntryState.ACCEPTED
    words = (
        _("您 %(when)s 记的“%(title)s”已由 %(who)s 接收入账。")
        if accepted
        else _("您 %(when)s 记的“%(title)s”没有被接收，原因：%(why)s")
    )
    body = words % {
        "when": moment(entry.captured_at),
        "title": title,
        "who": entry.decided_by,
        "why": entry.decision,
    }
    message = Message(
        kind="entry.decided",
        dedupe_key=f"entry.decided.{entry.pk}",
        title=_("外勤记录已处理"),
        body=body,
        at=at,
    )
    return message.to_each([entry.worker_id])


@in_house
def entries_waiting(user_id: int, number: int, *, path: str, at: datetime) -> list[Message]:
    """To a leader, once a day: so many entries wait for a decision."""
    message = Message(
        kind="entry.waiting",
        dedupe_key=f"entry.waiting.{timezone.localdate(at):%Y-%m-%d}",
        title=_("外勤记录等您处理"),
        body=_("有 %d 条外勤记录等了一天以上，请接收或写明不接收的原因。") % number,
        at=at,
        url=absolute(path),
    )
    return message.to_each([user_id])
