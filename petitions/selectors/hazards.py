"""Beside a hazard: the matter that it became or that it came from."""

from __future__ import annotations

from datetime import datetime

from community.duties import Power
from community.permissions import Scope, has_power
from core.models import User
from core.registries import Panel
from grids.models import Hazard
from grids.models.hazard import UNSAFE
from petitions.models import PetitionSource
from petitions.querysets import is_visible

TEMPLATE = "petitions/_hazard_matter.html"


def panel_matter(user: User, hazard: Hazard, at: datetime) -> Panel | None:
    """The matter with its stage, its number a link for whoever may read it; else the way to make one."""
    rows = PetitionSource.objects.select_related("petition__community__profile", "linked_by")
    source = rows.filter(hazard=hazard).first()
    if source is not None:
        can_open = is_visible(source.petition, user, at=at)
        return Panel(TEMPLATE, {"source": source, "petition": source.petition, "can_open": can_open})
    scope = Scope(hazard.scope.path)
    if hazard.state not in UNSAFE or not has_power(user, Power.PETITION_ENTER, scope, at=at):
        return None
    return Panel(TEMPLATE, {})
