"""A person's own data on their way into a file."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.account import User
from core.models.labelled import Labelled


class PersonalExportState(models.TextChoices):
    """From the wish to the file."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("正在整理")
    DONE = "done", _("可以下载")
    FAILED = "failed", _("没有成功，请再试一次")


class PersonalExport(Labelled):
    """Everything held about one person: made by the worker, fetched by them alone, gone after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        _("状态"), max_length=8, choices=PersonalExportState.choices, default=PersonalExportState.QUEUED
    )
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    file = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("个人信息副本")
        verbose_name_plural = _("个人信息副本")
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=models.Q(state__in=("queued", "running")),
                name="personal_export_one_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["owner", "-created_at"], name="personal_export_owner")]

    def __str__(self) -> str:
        return str(self.get_state_display())

    @property
    def percent(self) -> int:
        return 100 if self.state == PersonalExportState.DONE else self.done * 100 // max(1, self.total)

    @property
    def is_over(self) -> bool:
        return self.state in {PersonalExportState.DONE, PersonalExportState.FAILED}
