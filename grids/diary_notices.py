"""What is said of the diary; every function returns messages, the action queues them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Community
from core.display import absolute
from core.language import in_house
from core.outbox import Message

KINDS: Final = {"diary.review": gettext_lazy("民情日记每周过目")}


@in_house
def to_review(
    community: Community, count: int, user_id: int | None, week: str, *, at: datetime
) -> list[Message]:
    """To the secretary: so many entries are neither matters nor looked at."""
    body = _("%(community)s有 %(count)d 篇民情日记还没有处理，请逐篇过目：转为诉求，或写明为什么不转。")
    message = Message(
        kind="diary.review",
        dedupe_key=f"diary.review.{community.pk}.{week}",
        title=_("民情日记请过目"),
        body=body % {"community": community, "count": count},
        at=at,
        url=absolute(reverse("grids:diary")),
    )
    return message.to_each([user_id])
