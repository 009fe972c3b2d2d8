"""Work that a page asks for and a worker does: how far it is, and whether its worker is alive."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """From the wish to the end."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("正在处理")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有成功")


class Job(models.Model):
    """`beat_at` is the worker's last sign of life; a job without one for some minutes is taken by another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("状态"), max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    total = models.PositiveIntegerField(_("总数"), default=0)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("提交时间"))
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def percent(self) -> int:
        return 100 if self.state == JobState.DONE else self.done * 100 // max(1, self.total)

    @property
    def is_over(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}
