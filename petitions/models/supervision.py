"""督办 beside the stages, and what tells a higher tier that a matter is neglected (P-17, P-42)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition
from petitions.workflow import Neglect


class SupervisionCheck(models.Model):
    """A supervisor looked after a matter: what was found, and whether the handler was urged."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="supervision_checks")
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("督办人")
    )
    finding = models.CharField(_("督办情况"), max_length=500, blank=True)
    is_urge = models.BooleanField(_("催办"), default=False)
    made_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("督办记录")
        verbose_name_plural = _("督办记录")
        ordering = ("id",)
        indexes = [models.Index(fields=["petition", "supervisor", "-made_at"], name="check_by_supervisor")]

    def __str__(self) -> str:
        return self.finding or str(_("催办"))


class NeglectSignal(models.Model):
    """A reason for which the next tier was told of a matter: once a matter and reason."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="neglect_signals")
    reason = models.CharField(_("原因"), max_length=16, choices=Neglect.choices)
    noticed_at = models.DateTimeField(_("发现时间"))

    class Meta:
        verbose_name = _("疏忽提示")
        verbose_name_plural = _("疏忽提示")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["petition", "reason"], name="neglect_once_per_reason")]

    def __str__(self) -> str:
        return str(self.get_reason_display())
