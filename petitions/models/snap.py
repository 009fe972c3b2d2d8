"""随手拍: what somebody on the road took a picture of, and whether staff found it so (P-39)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition


class SnapReport(models.Model):
    """Of a matter that came by the channel 随手拍: until when somebody looks, and what was found.

    `verified_at` is set once and never again: what is given for a verified report hangs on this row.
    """

    petition = models.OneToOneField(
        Petition, on_delete=models.CASCADE, primary_key=True, related_name="snap_report"
    )
    verify_by = models.DateTimeField(_("应核实"))
    sweep_at = models.DateTimeField(null=True, editable=False)
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("核实人"),
        db_index=False,
    )
    is_true = models.BooleanField(_("属实"), null=True, blank=True)

    class Meta:
        verbose_name = _("随手拍")
        verbose_name_plural = _("随手拍")
        indexes = [models.Index(fields=["sweep_at"], name="snap_sweep", condition=Q(sweep_at__isnull=False))]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True, is_true__isnull=True)
                | Q(
                    verified_at__isnull=False,
                    verified_by__isnull=False,
                    is_true__isnull=False,
                    sweep_at__isnull=True,
                ),
                name="snap_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(sweep_at__isnull=True) | Q(sweep_at__lte=F("verify_by")),
                name="snap_asked_in_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.petition_id)
