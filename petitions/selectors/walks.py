"""On the page of a patrol: the matters that were entered on the way."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core.models import User
from grids.models import Patrol
from grids.registries import FOUND_SHOWN, Found
from grids.selectors.patrol_walk import during
from petitions.models import Petition
from petitions.selectors.progress import heading


def matters_found(user: User, patrol: Patrol, at: datetime) -> list[Found]:
    """What this patrol's person entered in its grid while it went on, as far as this reader sees it."""
    rows = (
        Petition.objects.visible_to(user, at=at)
        .filter(grid=patrol.grid_id, entered_by=patrol.worker, filed_at__range=during(patrol))
        .with_context()
    )
    return [
        Found(heading(one), reverse("petitions:work", args=[one.number]), one.filed_at)
        for one in rows.order_by("filed_at", "id")[:FOUND_SHOWN]
    ]
