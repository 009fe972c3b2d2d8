"""日常 or 应急: a grid is in emergency mode for some hours, and goes back by itself (G-09)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grids.models.grid import Grid


class GridEmergency(models.Model):
    """A stretch of emergency mode of a grid; without an open one the grid is in daily mode."""

    grid = models.ForeignKey(
        Grid, on_delete=models.CASCADE, related_name="emergencies", verbose_name=_("网格")
    )
    reason = models.CharField(_("原因"), max_length=100)
    began_at = models.DateTimeField(_("开始"))
    began_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("谁切换的")
    )
    until = models.DateTimeField(_("到期"))
    ended_at = models.DateTimeField(_("恢复日常"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("谁恢复的"),
    )

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("应急状态")
        verbose_name_plural = _("应急状态")
        indexes = [models.Index(fields=["until"], name="emergency_open", condition=Q(ended_at=None))]
        constraints = [
            models.UniqueConstraint(fields=["grid"], name="emergency_one_open", condition=Q(ended_at=None)),
            models.CheckConstraint(condition=Q(until__gt=F("began_at")), name="emergency_lasts"),
        ]

    def __str__(self) -> str:
        return str(self.grid)
