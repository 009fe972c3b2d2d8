"""What is due on a leader's page: the matters of each grid whose clock runs out today or has run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import User
from grids.models import Grid
from grids.registries import Due, DueLine
from grids.selectors.due import due_in, tonight
from petitions import workflow
from petitions.models import Petition
from petitions.selectors.progress import heading
from petitions.selectors.steps import Step


def matters_due(user: User, grids: Sequence[Grid], at: datetime) -> Due:
    """What is being handled and due before midnight, the latest first; one statement."""

    def line(one: Petition) -> DueLine:
        return DueLine(
            heading(one),
            reverse("petitions:work", args=[one.number]),
            str(one.assignee) if one.assignee and one.claimed_at else _("待认领"),
            is_late=one.due_at is not None and one.due_at < at,
            move_url=reverse("petitions:work_step", args=[one.number, Step.ASSIGN.value]),
        )

    rows = (
        Petition.objects.visible_to(user, at=at)
        .genuine()
        .filter(grid__in=[grid.pk for grid in grids], stage__in=sorted(workflow.HANDLING))
        .filter(due_at__lt=tonight(at), paused_at=None)
    )
    return due_in(rows.with_context(), by="grid", order=("due_at", "pk"), line=line)
