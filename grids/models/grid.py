"""A grid: the smallest area with a worker and a leader of its own (G-01 … G-03)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Place
from grids.models.duty_list import DutyList
from grids.querysets import GridBuildingQuerySet, GridQuerySet


class Tier(models.TextChoices):
    """大荔's tiers; a community with one level uses level 1."""

    LEVEL_1 = "level_1", _("一级网格")
    LEVEL_2 = "level_2", _("二级网格")
    LEVEL_3 = "level_3", _("三级网格")
    DEDICATED = "dedicated", _("专属网格")


ABOVE: Final[Mapping[str, Tier]] = {Tier.LEVEL_2: Tier.LEVEL_1, Tier.LEVEL_3: Tier.LEVEL_2}
"""The tier that a grid's parent has. Others hang from the community (G-02)."""

NEAREST_FIRST: Final = (Tier.DEDICATED, Tier.LEVEL_3, Tier.LEVEL_2, Tier.LEVEL_1)
"""Whose matter it is where several grids hold a building: one drawn for this very place, then the lowest."""


class Grid(models.Model):
    """A grid of a community. Its posts hang at its place (kind `grid`), whose key it shares.

    The place of a grid with a parent hangs under the parent's, so that whoever leads the parent covers it.
    That a parent is of the tier above and of the same community, the database holds by a foreign key over
    (parent, its tier, community); so there is no cycle either. A grid is in force (`is_active`) once all four
    steps of 四定 are taken; it stays so when its worker leaves, and is vacant then.
    """

    place = models.OneToOneField(Place, on_delete=models.PROTECT, primary_key=True, related_name="grid")
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="grids", verbose_name=_("社区")
    )
    tier = models.CharField(_("级别"), max_length=10, choices=Tier.choices, default=Tier.LEVEL_1)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("上级网格"),
    )
    name = models.CharField(_("名称"), max_length=60)
    is_active = models.BooleanField(_("启用"), default=False)
    duty_list = models.ForeignKey(
        DutyList,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grids",
        verbose_name=_("职责清单"),
    )

    objects = GridQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("网格")
        verbose_name_plural = _("网格")
        indexes = [models.Index(fields=["tier", "is_active"], name="grid_tier")]
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="grid_name_once_per_community"),
            models.CheckConstraint(
                condition=Q(tier__in=list(ABOVE)) | Q(parent__isnull=True),
                name="grid_parent_fits_tier",
                violation_error_message=_("一级网格和专属网格直接属于社区，没有上级网格。"),
            ),
            models.CheckConstraint(
                condition=~Q(tier=Tier.LEVEL_3) | Q(parent__isnull=False),
                name="grid_level_3_has_parent",
                violation_error_message=_("三级网格必须有一个二级网格作上级。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GridBuilding(models.Model):
    """A building, or a whole estate, of a grid: of each tier at most one active grid holds it.

    What an estate's link says holds for its buildings without a link of their own at that tier. `tier` and
    `is_active` are the grid's; the database keeps them in step (a foreign key that cascades).
    """

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="buildings", verbose_name=_("网格"))
    place = models.ForeignKey(
        Place, on_delete=models.CASCADE, related_name="in_grids", verbose_name=_("楼栋或小区")
    )
    tier = models.CharField(max_length=10, choices=Tier.choices, editable=False)
    is_active = models.BooleanField(default=False, editable=False)

    objects = GridBuildingQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("网格楼栋")
        verbose_name_plural = _("网格楼栋")
        constraints = [
            models.UniqueConstraint(fields=["grid", "place"], name="grid_building_once"),
            models.UniqueConstraint(
                fields=["place", "tier"],
                condition=Q(is_active=True),
                name="grid_building_one_active_per_tier",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} · {self.place}"
