"""What holds a project up, and who talks to whom about it, in confidence (P-36)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Labelled
from petitions.models.project import Project
from petitions.models.project_phase import ProjectPhase

WORDS_MAX: Final = 100
OUTCOME_MAX: Final = 200
NOTE_MAX: Final = 1000
NAME_MAX: Final = 40


class BlockKind(models.TextChoices):
    """By what: a household that has to be won over, another project that comes first, or something else."""

    HOUSEHOLD = "household", _("住户还没有同意")
    PROJECT = "project", _("等另一个工程")
    OTHER = "other", _("其他原因")


class ProjectBlock(Labelled):
    """A phase, or without one the whole project, does not go on. `words`, `latest` and `outcome` are public.

    `heard_at` is when somebody last said anything about it, in public or in confidence; once that is too
    long ago, at `sweep_at`, whoever answers for it is asked.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="blocks")
    phase = models.ForeignKey(
        ProjectPhase, null=True, blank=True, on_delete=models.CASCADE, related_name="blocks"
    )
    kind = models.CharField(_("原因"), max_length=10, choices=BlockKind.choices)
    words = models.CharField(_("公开的说明"), max_length=WORDS_MAX)
    by_project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="blocking"
    )
    opened_at = models.DateTimeField(_("受阻时间"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    latest = models.CharField(_("最新进展"), max_length=WORDS_MAX, blank=True, default="", db_default="")
    heard_at = models.DateTimeField(_("最近有人过问"))
    sweep_at = models.DateTimeField(null=True, editable=False)
    cleared_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    outcome = models.CharField(_("怎么解决的"), max_length=OUTCOME_MAX, blank=True)

    class Meta:
        verbose_name = _("受阻")
        verbose_name_plural = _("受阻")
        ordering = ("id",)
        indexes = [models.Index(fields=["sweep_at"], name="block_sweep", condition=Q(sweep_at__isnull=False))]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "words"], condition=Q(cleared_at__isnull=True), name="block_open_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="project", by_project__isnull=False)
                | (~Q(kind="project") & Q(by_project__isnull=True)),
                name="block_by_project_names_it",
            ),
            models.CheckConstraint(
                condition=Q(by_project__isnull=True) | ~Q(by_project=F("project")),
                name="block_not_by_itself",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True, outcome="")
                | Q(cleared_at__isnull=False, outcome__gt=""),
                name="block_cleared_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(sweep_at__isnull=True), name="block_cleared_rests"
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def is_open(self) -> bool:
        return self.cleared_at is None


class PersuasionResult(models.TextChoices):
    """How the talks ended."""

    AGREED = "agreed", _("同意了")
    REFUSED = "refused", _("没有谈成")


class PersuasionTask(Labelled):
    """Somebody whom a household trusts talks to it. Seen by the posts that answer for it, by nobody else.

    The talker has an account, or is a resident by name who has agreed to do it.
    """

    block = models.ForeignKey(ProjectBlock, on_delete=models.CASCADE, related_name="persuasions")
    whom = models.CharField(_("和谁谈"), max_length=NAME_MAX, blank=True)
    talker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="persuasions",
        verbose_name=_("谁去谈"),
    )
    talker_name = models.CharField(_("居民姓名"), max_length=NAME_MAX, blank=True)
    talker_agreed = models.BooleanField(_("本人同意"), default=False)
    next_try_on = models.DateField(_("下次去谈"), null=True, blank=True)
    sweep_at = models.DateTimeField(null=True, editable=False)
    result = models.CharField(_("结果"), max_length=8, choices=PersuasionResult.choices, blank=True)
    begun_at = models.DateTimeField(_("安排时间"))
    ended_at = models.DateTimeField(_("了结时间"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("沟通任务")
        verbose_name_plural = _("沟通任务")
        ordering = ("id",)
        indexes = [
            models.Index(fields=["sweep_at"], name="persuasion_sweep", condition=Q(sweep_at__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["block"], condition=Q(ended_at__isnull=True), name="persuasion_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(talker__isnull=False) | Q(talker_name__gt="", talker_agreed=True),
                name="persuasion_by_somebody_who_agreed",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, result="", ended_by__isnull=True)
                | Q(ended_at__isnull=False, result__gt="", ended_by__isnull=False, sweep_at__isnull=True),
                name="persuasion_ended_with_result",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class PersuasionNote(models.Model):
    """What was said, for the responsible posts alone; each reading leaves a trace."""

    task = models.ForeignKey(PersuasionTask, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("时间"))
    text = models.TextField(_("内容"), max_length=NOTE_MAX, blank=True)

    class Meta:
        verbose_name = _("沟通笔记")
        verbose_name_plural = _("沟通笔记")
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return str(self.written_at)
