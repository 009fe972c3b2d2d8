"""What is said around campaigns, sweeps, plans, drills and whistles; every function returns messages."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.display import absolute
from core.language import in_house
from core.outbox import Message
from grids.models import Campaign

KINDS: Final = {
    "campaign.look": gettext_lazy("专项整治要复查"),
}


@in_house
def look_again(user_id: int, campaign: Campaign, number: int, *, at: datetime) -> Message:
    """Hazards of a campaign that are to be looked at again from today."""
    body = _("%(number)d 处今天起要到现场复查，看有没有再犯。") % {"number": number}
    return Message(
        kind="campaign.look",
        dedupe_key=f"campaign.look.{campaign.pk}.{user_id}.{at:%Y%m%d%H%M%S%f}",
        title=_("请复查：%s") % campaign.name,
        body=body,
        at=at,
        user_id=user_id,
        url=absolute(reverse("grids:campaign", args=[campaign.pk])),
    )
