"""行动方案: what departments have promised over some years, each task with one lead and a day (G-31)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Organisation
from grids.querysets import ActionTaskQuerySet


class ActionPlan(models.Model):
    """A plan of measures over some years, as it was issued."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="action_plans", verbose_name=_("社区")
    )
    name = models.CharField(_("方案"), max_length=80)
    issued_by = models.CharField(_("印发单位"), max_length=80, blank=True)
    starts_on = models.DateField(_("从哪天起"))
    ends_on = models.DateField(_("到哪天止"))

    class Meta:
        ordering = ("-ends_on", "-pk")
        verbose_name = _("行动方案")
        verbose_name_plural = _("行动方案")
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="action_plan_name_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="action_plan_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class ActionMeasure(models.Model):
    """举措: a heading over tasks, within one of the plan's projects (工程)."""

    plan = models.ForeignKey(
        ActionPlan, on_delete=models.PROTECT, related_name="measures", verbose_name=_("方案")
    )
    number = models.PositiveSmallIntegerField(_("举措序号"))
    project = models.CharField(_("工程"), max_length=40, blank=True)
    title = models.CharField(_("举措"), max_length=120)

    class Meta:
        ordering = ("plan", "number")
        verbose_name = _("举措")
        verbose_name_plural = _("举措")
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="action_measure_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class ActionTask(models.Model):
    """任务: what one body leads, with whom, by when. `next_on` is when somebody is reminded next."""

    measure = models.ForeignKey(
        ActionMeasure, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("举措")
    )
    number = models.PositiveSmallIntegerField(_("任务序号"))
    text = models.CharField(_("任务"), max_length=300)
    lead = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="action_tasks", verbose_name=_("牵头单位")
    )
    joining = models.ManyToManyField(
        Organisation, blank=True, related_name="action_tasks_joined", verbose_name=_("参与单位")
    )
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="action_tasks",
        verbose_name=_("牵头单位联络人"),
    )
    due_on = models.DateField(_("完成时限"))
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("谁报的"),
    )
    result = models.CharField(_("完成情况"), max_length=300, blank=True)
    next_on = models.DateField(null=True, editable=False)

    objects = ActionTaskQuerySet.as_manager()

    class Meta:
        ordering = ("measure", "number")
        verbose_name = _("任务")
        verbose_name_plural = _("任务")
        indexes = [
            models.Index(fields=["next_on"], name="action_task_next", condition=Q(next_on__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["measure", "number"], name="action_task_number_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, result="") | (Q(done_at__isnull=False) & ~Q(result="")),
                name="action_task_done_with_result",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(next_on=None), name="action_task_done_is_quiet"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    def is_late(self, today: date) -> bool:
        """Whether its day is over and it is not done."""
        return self.done_at is None and self.due_on < today
