"""纳入保障: an assessment that finds somebody eligible opens a referral that must be decided (G-30)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models.care import CareSubject


class ReferralState(models.TextChoices):
    """Open until somebody decides."""

    OPEN = "open", _("待决定")
    APPROVED = "approved", _("已纳入")
    DECLINED = "declined", _("未纳入")


class ProtectionReferral(models.Model):
    """Somebody in care is put forward for one kind of relief; one open referral a kind."""

    subject = models.ForeignKey(
        CareSubject, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("关爱对象")
    )
    relief = models.CharField(_("纳入哪项保障"), max_length=40)
    grounds = models.CharField(_("理由"), max_length=200)
    raised_at = models.DateTimeField(_("提请时间"))
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("提请人"),
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=ReferralState.choices, default=ReferralState.OPEN
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("决定人"),
    )
    decision = models.CharField(_("决定说明"), max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("保障提请")
        verbose_name_plural = _("纳入保障")
        indexes = [models.Index(fields=["raised_at"], name="referral_open", condition=Q(state="open"))]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "relief"], condition=Q(state="open"), name="referral_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, decision="")
                | (~Q(state="open") & Q(decided_at__isnull=False, decision__gt="")),
                name="referral_decided_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.relief}"
