"""查看说事点, 开意见箱: somebody was there, and for a box somebody else with them (P-06, P-07)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models.place import TalkPoint


class TalkPointLook(models.Model):
    """One look at a spot: who, on which day, and for a box with whom, and how many notes lay in it."""

    point = models.ForeignKey(
        TalkPoint, on_delete=models.CASCADE, related_name="looks", verbose_name=_("说事点")
    )
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("查看人")
    )
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("一同开箱的人"),
    )
    notes = models.PositiveSmallIntegerField(_("取出几张"), null=True, blank=True)
    remark = models.CharField(_("情况"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("查看记录")
        verbose_name_plural = _("查看记录")
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(witness__isnull=True) | ~Q(witness=F("by")), name="talk_point_look_by_two"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"
