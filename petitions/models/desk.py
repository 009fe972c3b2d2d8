"""Lists of the desk on their way into Excel."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportState(models.TextChoices):
    """From the wish to the file."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("正在导出")
    DONE = "done", _("可以下载")
    FAILED = "failed", _("没有成功，请重新导出")


class ExportJob(models.Model):
    """A list on its way into Excel: made by the worker, fetched by its owner alone, gone after a day.

    `beat_at` is the worker's last sign of life; a job without one for some minutes is begun again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("导出人")
    )
    params = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=8, choices=ExportState.choices, default=ExportState.QUEUED)
    total = models.PositiveIntegerField(_("总数"), default=0)
    done = models.PositiveIntegerField(_("已导出"), default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("提交时间"))
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("导出")
        verbose_name_plural = _("导出")
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["owner", "-created_at"], name="export_owner")]

    def __str__(self) -> str:
        return str(self.get_state_display())

    @property
    def percent(self) -> int:
        return 100 if self.state == ExportState.DONE else self.done * 100 // max(1, self.total)

    @property
    def is_over(self) -> bool:
        return self.state in {ExportState.DONE, ExportState.FAILED}
