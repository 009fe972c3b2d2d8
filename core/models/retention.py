"""When something was thrown away because its time was over."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RetentionRun(models.Model):
    """One sweep of one kind of data that found something: how many rows, never which."""

    kind = models.CharField(_("类别"), max_length=40)
    at = models.DateTimeField(_("时间"))
    rows = models.PositiveIntegerField(_("条数"))

    class Meta:
        verbose_name = _("到期清理")
        verbose_name_plural = _("到期清理")

    def __str__(self) -> str:
        return f"{self.kind} {self.rows}"
