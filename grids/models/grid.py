"""A grid: the smallest area with a worker and a leader of its own (G-02, G-03)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models import Community, Place
from grids.querysets import GridQuerySet


class Tier(models.TextChoices):
    """大荔's tiers; a community with one level uses level 1."""

    LEVEL_1 = "level_1", _("一级网格")
    LEVEL_2 = "level_2", _("二级网格")
    LEVEL_3 = "level_3", _("三级网格")
    DEDICATED = "dedicated", _("专属网格")


class Grid(models.Model):
    """A grid of a community. Its posts hang at its place (kind `grid`), whose key it shares."""

    place = models.OneToOneField(Place, on_delete=models.PROTECT, primary_key=True, related_name="grid")
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="grids", verbose_name=_("社区")
    )
    tier = models.CharField(_("级别"), max_length=10, choices=Tier.choices, default=Tier.LEVEL_1)
    name = models.CharField(_("名称"), max_length=60)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = GridQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("网格")
        verbose_name_plural = _("网格")
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="grid_name_once_per_community")
        ]

    def __str__(self) -> str:
        return self.name


class GridBuilding(models.Model):
    """A building (or a whole estate without buildings) and the grid it belongs to: at most one."""

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="buildings", verbose_name=_("网格"))
    place = models.OneToOneField(
        Place, on_delete=models.CASCADE, related_name="in_grid", verbose_name=_("楼栋或小区")
    )

    class Meta:
        ordering = ("pk",)
        verbose_name = _("网格楼栋")
        verbose_name_plural = _("网格楼栋")

    def __str__(self) -> str:
        return f"{self.grid} · {self.place}"
