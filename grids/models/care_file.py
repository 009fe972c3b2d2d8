"""一人一档: eight sections about somebody in care, each with its versions (G-28)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grids.models.care import CareSubject


class FileSection(models.TextChoices):
    """The four basics, then guardianship, life, medical care and education."""

    DATA = "data", _("基础数据")
    SITUATION = "situation", _("基本情况")
    RELATIONS = "relations", _("社会关系")
    NEEDS = "needs", _("成长需求")
    GUARDIANSHIP = "guardianship", _("监护")
    LIFE = "life", _("生活")
    MEDICAL = "medical", _("医疗")
    EDUCATION = "education", _("教育")


class CareFile(models.Model):
    """The file of one subject. `filled` of its sections say something; the oldest of them is due for another
    look on `stale_on`."""

    subject = models.OneToOneField(
        CareSubject,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="file",
        verbose_name=_("关爱对象"),
    )
    filled = models.PositiveSmallIntegerField(_("已填几项"), default=0)
    stale_on = models.DateField(_("该更新的日子"), null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("关爱档案")
        verbose_name_plural = _("一人一档")
        indexes = [models.Index(fields=["stale_on"], name="care_file_stale")]
        constraints = [
            models.CheckConstraint(condition=Q(filled__lte=8), name="care_file_eight_sections"),
        ]

    def __str__(self) -> str:
        return str(self.subject)

    @property
    def completeness(self) -> str:
        return f"{self.filled}/{len(FileSection.values)}"


class CareFileEntry(models.Model):
    """One version of one section; the highest is in force, nothing is overwritten."""

    file = models.ForeignKey(CareFile, on_delete=models.PROTECT, related_name="entries")
    section = models.CharField(_("部分"), max_length=12, choices=FileSection.choices)
    version = models.PositiveSmallIntegerField(_("第几版"))
    text = models.TextField(_("内容"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ("section", "-version")
        verbose_name = _("档案内容")
        verbose_name_plural = _("档案内容")
        constraints = [
            models.UniqueConstraint(fields=["file", "section", "version"], name="care_file_version_once"),
            models.CheckConstraint(condition=Q(text__gt=""), name="care_file_entry_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.get_section_display()} {self.version}"
