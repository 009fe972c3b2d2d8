"""阶段: in time, with a person who answers for it; and how it was moved."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Labelled
from petitions.models.project import NAME_MAX, REASON_MAX, Project


class ProjectPhase(Labelled):
    """阶段: from day to day, with a person who answers for it; `sweep_at` is the next reminder."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="phases")
    name = models.CharField(_("阶段"), max_length=NAME_MAX)
    begins_on = models.DateField(_("开始"))
    due_on = models.DateField(_("完成期限"))
    is_works = models.BooleanField(_("施工阶段"), default=False)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="project_phases",
        verbose_name=_("责任人"),
    )
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sweep_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("阶段")
        verbose_name_plural = _("阶段")
        ordering = ("begins_on", "due_on", "id")
        indexes = [
            models.Index(fields=["sweep_at"], name="project_phase_sweep", condition=Q(sweep_at__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="project_phase_once"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("begins_on")), name="project_phase_ends_after_beginning"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False, sweep_at__isnull=True),
                name="project_phase_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    def is_late(self, today: date) -> bool:
        return self.done_at is None and self.due_on < today


class PhaseMove(models.Model):
    """A phase was given other days. A later end stands with its reason on the public page (P-34)."""

    phase = models.ForeignKey(ProjectPhase, on_delete=models.CASCADE, related_name="moves")
    due_before = models.DateField(_("原定"))
    due_after = models.DateField(_("改到"))
    reason = models.CharField(_("原因"), max_length=REASON_MAX, blank=True)
    moved_at = models.DateTimeField(_("时间"))
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("延期")
        verbose_name_plural = _("延期")
        ordering = ("moved_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(due_after__lte=F("due_before")) | Q(reason__gt=""),
                name="project_delay_with_reason",
            )
        ]

    def __str__(self) -> str:
        return self.reason

    @property
    def is_delay(self) -> bool:
        return self.due_after > self.due_before
