"""资源线索: somebody who was visited offers help, until staff say what became of it (G-35)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Household, Place
from grids.models.visit import Visit


class LeadResult(models.TextChoices):
    """What became of an offer."""

    JOINED = "joined", _("已对接")
    DECLINED = "declined", _("没有成")


class PartnerLead(models.Model):
    """An offer of help that a visit brought, in the hands of staff from the start."""

    visit = models.OneToOneField(
        Visit, on_delete=models.PROTECT, related_name="lead", verbose_name=_("走访"), primary_key=True
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="leads", verbose_name=_("住户")
    )
    text = models.CharField(_("有什么资源"), max_length=300)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="leads",
        verbose_name=_("由谁对接"),
    )
    opened_at = models.DateTimeField(_("发现时间"))
    result = models.CharField(_("结果"), max_length=8, choices=LeadResult.choices, blank=True)
    words = models.CharField(_("对接情况"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("对接时间"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("对接人"),
    )

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("资源线索")
        verbose_name_plural = _("资源线索")
        indexes = [
            models.Index(fields=["place", "-visit"], name="lead_place"),
            models.Index(fields=["-visit"], name="lead_open", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, result="", words="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, result__gt="", words__gt=""),
                name="lead_ended_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.text
