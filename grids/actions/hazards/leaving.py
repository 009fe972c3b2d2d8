"""Hazards of people who have left their grid go to whoever is there now (G-03, G-19)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.duties import Duty
from community.models import Post
from community.selectors.holders import ladder_holder
from core import outbox
from core.audit import record
from core.language import gettext as _
from grids import hazard_notices
from grids.actions.hazards.filing import Answerable, give
from grids.models import Hazard, HazardEvent, HazardEventKind, HazardState


def departed_replaced(*, at: datetime) -> int:
    """Once a day: what somebody without a post over it has to put right goes to the worker, or up the ladder.

    The deadline stays. Where nobody is in post it stays in their name; how many changed hands.
    """
    posts = Post.objects.held_on(timezone.localdate(at)).filter(user=OuterRef("responsible"))
    kept = Exists(posts.over("scope__path", "place__path"))
    left = Hazard.objects.filter(state=HazardState.OPEN, responsible__isnull=False).exclude(kept)
    return sum(_replace_one(pk, at) for pk in list(left.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _replace_one(hazard_id: int, at: datetime) -> bool:
    rows = Hazard.objects.locked().select_related("scope", "place__parent", "type", "responsible")
    hazard = rows.get(pk=hazard_id)
    _duty, holder = ladder_holder(
        place_path=hazard.place.path, grid_path=hazard.scope.path, start=Duty.GRID_WORKER, at=at
    )
    if hazard.state != HazardState.OPEN or holder is None or holder.pk == hazard.responsible_id:
        return False
    before, hazard.round = hazard.responsible, hazard.round + 1
    assert hazard.rectify_by is not None
    give(hazard, Answerable(hazard.rectify_by, user=holder), at)
    hazard.save()
    note = _("原责任人 %(before)s 已离任，转由 %(now)s 负责。") % {"before": before, "now": holder}
    HazardEvent.objects.create(hazard=hazard, kind=HazardEventKind.MOVED, at=at, note=note[:300])
    record(event="hazard.moved", actor=None, subject=hazard, at=at, scope_path=hazard.scope.path)
    outbox.send(hazard_notices.given(hazard, (), but=None, at=at))
    return True
