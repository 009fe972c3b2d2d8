"""What is said about polls to whom. Every function returns messages; the action queues them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import moment
from core.outbox import Message
from petitions.models import Poll
from petitions.selectors import links
from petitions.selectors.electors import Reached


def opened(poll: Poll, *, at: datetime) -> list[Message]:
    """The staff's group passes it on; the page is public from now on."""
    return _to_group(poll, "opened", _("开始投票"), _until(poll), at=at)


def reminded(poll: Poll, people: Sequence[Reached], *, at: datetime) -> list[Message]:
    """Once, to whoever may still vote for a household (P-45)."""
    return [
        Message(
            kind="poll.reminder",
            dedupe_key=f"poll.reminder.{poll.pk}.r{person.resident_id}",
            title=_("您家还没有投票"),
            body=_("%s 一户一票，也可以到社区投纸质票。") % _until(poll),
            at=at,
            user_id=person.user_id,
            phone="" if person.user_id else person.phone,
            url=_url(poll),
        )
        for person in people
    ]


def closed(poll: Poll, sentence: str, *, at: datetime) -> list[Message]:
    """What came of it, to whoever asked and to the staff's group."""
    body = _("“%(question)s”：%(result)s") % {"question": poll.question, "result": sentence}
    own = Message(
        kind="poll.closed",
        dedupe_key=f"poll.closed.{poll.pk}",
        title=_("投票已结束"),
        body=body,
        at=at,
        user_id=poll.created_by_id,
        url=_url(poll),
    )
    return [own, *_to_group(poll, "closed", _("投票结果"), body, at=at)]


def _to_group(poll: Poll, kind: str, title: str, body: str, *, at: datetime) -> list[Message]:
    if not poll.community.robot_url:
        return []
    return [
        Message(
            kind=f"poll.{kind}",
            dedupe_key=f"poll.{kind}.{poll.pk}.group",
            title=title,
            body=body,
            at=at,
            robot_url=poll.community.robot_url,
            url=_url(poll),
        )
    ]


def _until(poll: Poll) -> str:
    return _("“%(question)s”，%(until)s截止。") % {"question": poll.question, "until": moment(poll.closes_at)}


def _url(poll: Poll) -> str:
    return links.absolute(reverse("petitions:poll", args=[poll.community.slug, poll.pk]))


REFUSALS: Final[Mapping[str, Promise]] = {
    "poll_closes_after_opening": gettext_lazy("结束时间须晚于开始时间。"),
    "poll_two_to_six_options": gettext_lazy("请写二到六个选项。"),
    "poll_quorum_in_percent": gettext_lazy("有效投票率须在 1 到 100 之间。"),
    "poll_cancelled_with_reason": gettext_lazy("请写明为什么取消。"),
    "petitions_polltick_pkey": gettext_lazy("这一户已经投过票，一户一票，不能再投。"),
}
"""What the database's refusals mean."""
