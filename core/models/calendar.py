"""Days that staff declare working or free, over the statutory calendar."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayOverride(models.Model):
    """A day that differs from what the statutory calendar, or the weekend, says of it."""

    date = models.DateField(_("日期"), unique=True)
    is_working = models.BooleanField(_("上班"), help_text=_("调休上班的周末勾选；放假的日子不勾选。"))
    name = models.CharField(_("说明"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("工作日调整")
        verbose_name_plural = _("工作日调整")

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}".strip()
