"""What is said about patrols; every function returns messages, the action queues them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.language import in_house
from core.outbox import Message
from grids.models import Part
from grids.notices import named

KINDS: Final = {
    "patrol.due": gettext_lazy("巡查快到截止时间"),
    "patrol.missed": gettext_lazy("漏巡"),
}


@in_house
def due(user_id: int, grids: Sequence[str], part: Part, *, day: date, closes: str, at: datetime) -> Message:
    """Half an hour before a window ends without a patrol."""
    body = _("%(grids)s的%(part)s还没有完成，%(closes)s 截止。巡查要在截止前结束才算。") % {
        "grids": named(grids),
        "part": part.label,
        "closes": closes,
    }
    return _message("patrol.due", user_id, f"{day}.{part}", _("%s快到截止时间") % part.label, body, at)


@in_house
def missed(user_id: int, grids: Sequence[str], part: Part, *, day: date, at: datetime) -> Message:
    """Windows that ended without a patrol: one message a leader and window."""
    body = _("%(grids)s %(month)d 月 %(day)d 日的%(part)s没有完成，已记为漏巡。") % {
        "grids": named(grids),
        "month": day.month,
        "day": day.day,
        "part": part.label,
    }
    return _message("patrol.missed", user_id, f"{day}.{part}", _("%s漏巡") % part.label, body, at)


def _message(kind: str, user_id: int, stage: str, title: str, body: str, at: datetime) -> Message:
    page = "grids:patrol" if kind == "patrol.due" else "grids:team"
    return Message(
        kind=kind,
        dedupe_key=f"{kind}.{user_id}.{stage}.{at:%H%M%S}",
        title=title,
        body=body,
        at=at,
        user_id=user_id,
        url=absolute(reverse(page)),
    )
