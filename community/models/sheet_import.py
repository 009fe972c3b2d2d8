"""An Excel sheet between its upload, its check, a person's yes and the last row written."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.community import Community
from core.models import Job, JobState


class ImportStep(models.TextChoices):
    """Where a sheet stands."""

    CHECK = "check", _("检查")
    CONFIRM = "confirm", _("待确认")
    APPLY = "apply", _("写入")
    APPLIED = "applied", _("已导入")
    CANCELLED = "cancelled", _("已取消")


class SheetImport(Job):
    """One sheet. `cursor` is the last line of it that the present step is through with."""

    kind = models.CharField(_("内容"), max_length=20)
    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="+", verbose_name=_("社区")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    step = models.CharField(_("步骤"), max_length=10, choices=ImportStep.choices, default=ImportStep.CHECK)
    file = models.CharField(max_length=200, blank=True)
    cursor = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(_("新增"), default=0)
    known = models.PositiveIntegerField(_("已有"), default=0)
    wrong = models.PositiveIntegerField(_("有错"), default=0)

    class Meta:
        verbose_name = _("导入")
        verbose_name_plural = _("从 Excel 导入")
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["created_by", "-created_at"], name="sheet_import_owner"),
            models.Index(
                fields=["created_at"],
                name="sheet_import_waiting",
                condition=models.Q(state__in=("queued", "running")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.created_at:%Y-%m-%d}"

    @property
    def is_working(self) -> bool:
        return not self.is_over and self.step in {ImportStep.CHECK, ImportStep.APPLY}

    @property
    def may_confirm(self) -> bool:
        """Checked with something to add, or stopped halfway through writing."""
        stopped = self.step == ImportStep.APPLY and self.state == JobState.FAILED
        return stopped or (self.step == ImportStep.CONFIRM and self.new > 0)

    @property
    def may_cancel(self) -> bool:
        return self.step not in {ImportStep.APPLIED, ImportStep.CANCELLED}


class RowState(models.TextChoices):
    """What is to become, or became, of a line."""

    NEW = "new", _("将新增")
    KNOWN = "known", _("已有，不变")
    WRONG = "wrong", _("有错，不导入")
    ADDED = "added", _("已新增")


class SheetRow(models.Model):
    """A line of the sheet as it was typed, and what is wrong with it: pairs of column and sentence."""

    sheet = models.ForeignKey(SheetImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("行"))
    cells = models.JSONField(default=list)
    key = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=6, choices=RowState.choices)
    problems = models.JSONField(default=list)

    class Meta:
        verbose_name = _("导入的一行")
        verbose_name_plural = _("导入的行")
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="sheet_row_once")]
        indexes = [
            models.Index(fields=["sheet", "key"], name="sheet_row_key"),
            models.Index(
                fields=["sheet", "number"], name="sheet_row_wrong", condition=models.Q(state="wrong")
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
