"""Beside a diary entry: the matter that was made of it, or the way to make one."""

from __future__ import annotations

from datetime import datetime

from community.duties import Power
from community.permissions import Scope, has_power
from core.models import User
from core.registries import Panel
from grids.models import OpinionDiaryEntry
from petitions.models import DiaryPromotion
from petitions.querysets import is_visible

TEMPLATE = "petitions/_diary_matter.html"


def panel_promotion(user: User, entry: OpinionDiaryEntry, at: datetime) -> Panel | None:
    """The matter with its stage, a link for whoever may read it; else the way to make one."""
    rows = DiaryPromotion.objects.select_related("petition__community__profile")
    known = rows.filter(pk=entry.pk).first()
    if known is not None:
        can_open = is_visible(known.petition, user, at=at)
        return Panel(TEMPLATE, {"petition": known.petition, "can_open": can_open})
    scope = Scope(entry.scope.path)
    if entry.settled_at is not None or not has_power(user, Power.PETITION_ENTER, scope, at=at):
        return None
    return Panel(TEMPLATE, {})
