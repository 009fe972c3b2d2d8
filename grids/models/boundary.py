"""Where a grid lies on the ground: an optional polygon, and the mark by which processes see it change."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from grids.models.grid import Grid


class GridBoundary(models.Model):
    """The outline of a grid, as GeoJSON in WGS 84 (longitude, latitude); apart, because shapes are big."""

    grid = models.OneToOneField(
        Grid, on_delete=models.CASCADE, primary_key=True, related_name="boundary", verbose_name=_("网格")
    )
    shape = models.JSONField(_("边界"))
    square_metres = models.FloatField(_("面积（平方米）"))
    changed_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("网格边界")
        verbose_name_plural = _("网格边界")

    def __str__(self) -> str:
        return str(self.grid_id)


class BoundaryMark(models.Model):
    """One row that a trigger marks anew with every change of a boundary, or of a grid's tier or activity.

    A process that finds another mark than the one it read its index by reads it anew.
    """

    version = models.UUIDField()

    class Meta:
        verbose_name = _("边界版本")
        verbose_name_plural = _("边界版本")

    def __str__(self) -> str:
        return str(self.version)
