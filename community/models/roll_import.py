"""An uploaded roll between its check and its confirmation."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.community import Community


class RollImport(models.Model):
    """Rows read from an Excel sheet, waiting for a person to say yes. `rows` is emptied once they did."""

    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="+", verbose_name=_("社区")
    )
    rows = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(_("上传时间"))
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("花名册导入")
        verbose_name_plural = _("花名册导入")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.community} #{self.pk}"
