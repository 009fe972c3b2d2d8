"""四定: how far a grid has come from a name to a net that holds (G-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.duties import Duty
from grids.models import DutyItem, Grid, GridBoundary, GridBuilding
from grids.querysets import GridQuerySet, posts_at_grid


class SetupStep(models.TextChoices):
    """The four steps in their order. The first is taken by being made: a tier, and a place in the tree."""

    STANDARDISED = "standardised", _("标准定区")
    DELINEATED = "delineated", _("划网定格")
    STAFFED = "staffed", _("派员定岗")
    TASKED = "tasked", _("服务定责")


WANTED: Final[Mapping[SetupStep, str | Promise]] = {
    SetupStep.DELINEATED: _("划网定格（画边界，或选楼栋、小区）"),
    SetupStep.STAFFED: _("派员定岗（要有网格员在任）"),
    SetupStep.TASKED: _("服务定责（选一份有内容的职责清单）"),
}
"""What a step that is not taken asks for, in words."""


def with_steps(grids: GridQuerySet, day: date) -> GridQuerySet:
    """Grids with `has_ground`, `has_worker` and `has_duties`, as of a day."""
    own = {"grid": OuterRef("pk")}
    ground = Exists(GridBuilding.objects.filter(**own)) | Exists(GridBoundary.objects.filter(**own))
    return grids.annotate(
        has_ground=models.ExpressionWrapper(ground, output_field=models.BooleanField()),
        has_worker=Exists(posts_at_grid(Duty.GRID_WORKER, day)),
        has_duties=Exists(DutyItem.objects.filter(duty_list=OuterRef("duty_list"))),
    )


def missing_steps(grid: Grid, day: date) -> list[SetupStep]:
    """The steps that a grid has not taken, in their order; one statement."""
    found: Any = with_steps(Grid.objects.filter(pk=grid.pk), day).get()
    taken = zip(WANTED, (found.has_ground, found.has_worker, found.has_duties), strict=True)
    return [step for step, is_taken in taken if not is_taken]
