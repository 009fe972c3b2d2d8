"""What is said about polls to whom. Every function returns messages; the action queues them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute, moment
from core.language import in_house
from core.outbox import Message
from petitions.models import Poll
from petitions.selectors.electors import Reached


@in_house
def opened(poll: Poll, *, at: datetime) -> list[Message]:
    """The staff's group passes it on; the page is public from now on."""
    return _about(poll, "opened", _("开始投票"), _until(poll), at=at).to_group(poll.community.robot_url)


@in_house
def reminded(poll: Poll, people: Sequence[Reached], *, at: datetime) -> list[Message]:
    """Once, to whoever may still vote for a household (P-45)."""
    body = _("%s 一户一票，也可以到社区投纸质票。") % _until(poll)
    message = _about(poll, "reminder", _("您家还没有投票"), body, at=at)
    return [
        replace(
            message,
            dedupe_key=f"{message.dedupe_key}.r{person.resident_id}",
            user_id=person.user_id,
            phone="" if person.user_id else person.phone,
        )
        for person in people
    ]


@in_house
def closed(poll: Poll, sentence: str, *, at: datetime) -> list[Message]:
    """What came of it, to whoever asked and to the staff's group."""
    body = _("“%(question)s”：%(result)s") % {"question": poll.question, "result": sentence}
    return [
        *_about(poll, "closed", _("投票已结束"), body, at=at).to_each([poll.created_by_id]),
        *_about(poll, "closed", _("投票结果"), body, at=at).to_group(poll.community.robot_url),
    ]


def _about(poll: Poll, kind: str, title: str, body: str, *, at: datetime) -> Message:
    return Message(
        kind=f"poll.{kind}",
        dedupe_key=f"poll.{kind}.{poll.pk}",
        title=title,
        body=body,
        at=at,
        url=_url(poll),
    )


def _until(poll: Poll) -> str:
    return _("“%(question)s”，%(until)s截止。") % {"question": poll.question, "until": moment(poll.closes_at)}


def _url(poll: Poll) -> str:
    return absolute(reverse("petitions:poll", args=[poll.community.slug, poll.pk]))


REFUSALS: Final[Mapping[str, Promise]] = {
    "poll_closes_after_opening": gettext_lazy("结束时间须晚于开始时间。"),
    "poll_two_to_six_options": gettext_lazy("请写二到六个选项。"),
    "poll_quorum_in_percent": gettext_lazy("有效投票率须在 1 到 100 之间。"),
    "poll_cancelled_with_reason": gettext_lazy("请写明为什么取消。"),
    "petitions_polltick_pkey": gettext_lazy("这一户已经投过票，一户一票，不能再投。"),
}
"""What the database's refusals mean."""
