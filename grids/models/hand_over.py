"""改派: a need, an errand or an application went from one pair of hands into another, by whom and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models.application import AssistedApplication
from grids.models.errand import Errand
from grids.models.need import Need


class HandOver(models.Model):
    """One change of hands; appended, never changed. The first of a need has no `before`; without `by` it
    went to whoever came after somebody who left."""

    need = models.ForeignKey(Need, null=True, blank=True, on_delete=models.CASCADE, related_name="hand_overs")
    errand = models.ForeignKey(
        Errand, null=True, blank=True, on_delete=models.CASCADE, related_name="hand_overs"
    )
    application = models.ForeignKey(
        AssistedApplication, null=True, blank=True, on_delete=models.CASCADE, related_name="hand_overs"
    )
    before = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("原经办人"),
    )
    after = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("新经办人")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("谁改派的"),
    )
    at = models.DateTimeField(_("时间"))
    reason = models.CharField(_("原因"), max_length=200)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("改派")
        verbose_name_plural = _("改派")
        constraints = [
            models.CheckConstraint(
                condition=Q(need__isnull=False, errand=None, application=None)
                | Q(need=None, errand__isnull=False, application=None)
                | Q(need=None, errand=None, application__isnull=False),
                name="hand_over_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(reason__gt=""), name="hand_over_for_a_reason"),
            models.CheckConstraint(
                condition=Q(before=None) | ~Q(before=models.F("after")), name="hand_over_to_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before or ''} → {self.after}"
