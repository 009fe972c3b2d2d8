"""长效机制: what keeps a settled matter from coming back, looked after from time to time (P-20)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition


class Every(models.IntegerChoices):
    """How often a measure is looked after, in months."""

    NEVER = 0, _("不定期检查")
    MONTH = 1, _("每月检查")
    QUARTER = 3, _("每季度检查")
    HALF_YEAR = 6, _("每半年检查")
    YEAR = 12, _("每年检查")


class PreventionMeasure(models.Model):
    """A measure in words that neighbours may read. `check_at` is when it has to be looked after next."""

    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, related_name="prevention")
    text = models.CharField(_("长效措施"), max_length=300)
    every_months = models.PositiveSmallIntegerField(_("定期检查"), choices=Every.choices, default=Every.NEVER)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("负责检查")
    )
    check_at = models.DateTimeField(_("下次检查"), null=True, blank=True)
    checked_at = models.DateTimeField(_("上次检查"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("长效机制")
        verbose_name_plural = _("长效机制")
        indexes = [
            models.Index(fields=["check_at"], name="prevention_due", condition=Q(check_at__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(condition=Q(text__gt=""), name="prevention_says_something"),
            models.CheckConstraint(
                condition=Q(every_months=0, check_at__isnull=True)
                | Q(every_months__gt=0, check_at__isnull=False),
                name="prevention_checked_when_periodic",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PreventionCheck(models.Model):
    """Somebody looked whether the measure still holds."""

    measure = models.ForeignKey(PreventionMeasure, on_delete=models.CASCADE, related_name="checks")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()
    holds = models.BooleanField(_("措施有效"))
    words = models.CharField(_("检查情况"), max_length=300)

    class Meta:
        verbose_name = _("长效检查")
        verbose_name_plural = _("长效检查")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.words
