"""How many people a grid needs, and how many households it may have (G-04, G-36)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Community
from grids.models.grid import Tier


class GridNorm(models.Model):
    """What a community asks of the grids of one tier; without a row the portal's own norm holds.

    Too few people, or too many households, is a warning and stops nothing.
    """

    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="grid_norms", verbose_name=_("社区")
    )
    tier = models.CharField(_("级别"), max_length=10, choices=Tier.choices)
    leaders = models.PositiveSmallIntegerField(_("网格长（人）"), default=1)
    workers = models.PositiveSmallIntegerField(
        _("网格员（人）"), default=2, help_text=_("网格员和辅助网格员合计。")
    )
    households = models.PositiveIntegerField(_("每个网格的户数上限"), default=500)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("网格配备标准")
        verbose_name_plural = _("网格配备标准")
        constraints = [
            models.UniqueConstraint(fields=["community", "tier"], name="grid_norm_once_per_tier"),
            models.CheckConstraint(condition=Q(households__gt=0), name="grid_norm_has_households"),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.get_tier_display()}"
