"""What is due on a leader's page: the matters of each grid whose clock runs out today or has run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import User
from core.prepared import MOMENT
from grids.models import Grid
from grids.registries import Due, DueLine
from grids.selectors.due import FirstOfGrid, tonight
from petitions import workflow
from petitions.models import Petition
from petitions.querysets import PetitionQuerySet, reading_posts
from petitions.selectors.covering import covering, kinds_of, sample_posts
from petitions.selectors.progress import heading
from petitions.selectors.steps import Step

FORMS_KEPT: Final = 200


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

    posts = reading_posts(user, at)
    if not posts:
        return {}
    first = _first(kinds_of(posts))
    return first.lines(grids, line, before=tonight(at), **covering(posts))


@lru_cache(maxsize=FORMS_KEPT)
def _first(kinds: tuple[str, ...]) -> FirstOfGrid[Petition]:
    posts = sample_posts(kinds)

    def build(before: datetime, **_covering: Any) -> PetitionQuerySet:
        rows = Petition.objects.covered_by(posts).genuine().filter(stage__in=sorted(workflow.HANDLING))
        return rows.filter(due_at__lt=before, paused_at=None)

    return FirstOfGrid(
        build,
        by="grid",
        order=("due_at", "pk"),
        related=("place__parent", "assignee"),
        before=MOMENT,
        **covering(posts),
    )
