"""What is said where a half-year has no census round; every function returns messages."""

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

KINDS: Final = {"census.unplanned": gettext_lazy("这半年还没有安排摸排")}


@in_house
def census_unplanned(
    user_id: int, community: Community, stage: str, children: int, *, plans: bool, at: datetime
) -> Message:
    """A half-year has begun without a round: to whoever plans it with the form, to whoever answers for
    children with their list."""
    facts = {"community": community, "count": children}
    body = (
        _("%(community)s有 %(count)d 名儿童在册，一年两排的这一轮还没有安排，请定下起止日期。") % facts
        if plans
        else _("%(community)s有 %(count)d 名儿童在册，一年两排的这一轮还没有安排，请和书记定下起止日期。")
        % facts
    )
    page = reverse("admin:grids_censusround_add" if plans else "grids:children")
    return Message(
        kind="census.unplanned",
        dedupe_key=f"census.unplanned.{community.pk}.{stage}.{user_id}",
        title=_("这半年还没有安排摸排"),
        body=body,
        at=at,
        user_id=user_id,
        url=absolute(page),
    )
