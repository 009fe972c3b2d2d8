"""A list of the desk on its way into Excel, and afterwards the record of who took what along, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Job


class ListExport(Job):
    """Made by the worker, fetched by its owner alone. The file goes after a day, the row stays."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("导出人")
    )
    table = models.CharField(max_length=60)
    title = models.CharField(_("清单"), max_length=60)
    querystring = models.CharField(max_length=1000, blank=True)
    purpose = models.CharField(_("用途"), max_length=100, blank=True)
    unmasked = models.BooleanField(_("完整手机号"), default=False)
    file = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("导出的表格")
        verbose_name_plural = _("导出的表格")
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="list_export_owner"),
            models.Index(
                fields=["created_at"],
                name="list_export_waiting",
                condition=models.Q(state__in=("queued", "running")),
            ),
            models.Index(fields=["created_at"], name="list_export_file", condition=~models.Q(file="")),
        ]

    def __str__(self) -> str:
        return self.title
