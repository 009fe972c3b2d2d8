"""What is due on a leader's page: the matters of each grid whose clock runs out today or has run out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import User
from grids.models import Grid
from grids.registries import DUE_SHOWN, DueLine
from petitions import workflow
from petitions.models import Petition
from petitions.selectors.progress import heading
from petitions.selectors.steps import Step


def matters_due(user: User, grids: Sequence[Grid], at: datetime) -> Mapping[int | None, Sequence[DueLine]]:
    """What is being handled and due before midnight, the latest first; one statement."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    rows = (
        Petition.objects.visible_to(user, at=at)
        .genuine()
        .filter(grid__in=[grid.pk for grid in grids], stage__in=sorted(workflow.HANDLING))
        .filter(due_at__lt=midnight, paused_at=None)
    )
    nth = Window(RowNumber(), partition_by=F("grid"), order_by=["due_at", "pk"])
    shown = rows.annotate(nth=nth).filter(nth__lte=DUE_SHOWN).with_context().order_by("due_at", "pk")
    found: dict[int | None, list[DueLine]] = {}
    for one in shown:
        held = str(one.assignee) if one.assignee and one.claimed_at else _("待认领")
        line = DueLine(
            heading(one),
            reverse("petitions:work", args=[one.number]),
            held,
            is_late=one.due_at is not None and one.due_at < at,
            move_url=reverse("petitions:work_step", args=[one.number, Step.ASSIGN.value]),
        )
        found.setdefault(one.grid_id, []).append(line)
    return found
