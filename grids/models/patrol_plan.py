"""When a grid is walked, and the points at which its walkers check in (G-05, G-11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grids.models.grid import Grid
from grids.querysets import CheckpointQuerySet, PatrolPlanQuerySet

NEAR: Final = 50
"""Metres from a checkpoint within which a check-in counts, unless the plan says otherwise."""


class Part(models.TextChoices):
    """The two windows of a day."""

    EARLY = "early", _("早巡")
    LATE = "late", _("晚巡")


@dataclass(frozen=True, slots=True)
class Window:
    """One window of one day, as moments."""

    day: date
    part: Part
    opens: datetime
    closes: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies inside, both ends included."""
        return self.opens <= moment <= self.closes


class PatrolPlan(models.Model):
    """The two windows of a grid, every day (G-11). A window that opened before `since` is not due.

    `metres` is how near a check-in has to be.
    """

    grid = models.OneToOneField(
        Grid, on_delete=models.CASCADE, primary_key=True, related_name="patrol_plan", verbose_name=_("网格")
    )
    early_opens = models.TimeField(_("早巡开始"), default=time(8))
    early_closes = models.TimeField(_("早巡截止"), default=time(10))
    late_opens = models.TimeField(_("晚巡开始"), default=time(17))
    late_closes = models.TimeField(_("晚巡截止"), default=time(19))
    metres = models.PositiveSmallIntegerField(
        _("打卡距离（米）"),
        default=NEAR,
        validators=[MinValueValidator(10), MaxValueValidator(500)],
        help_text=_("离点位多近才算到了，10 到 500 米。"),
    )
    is_active = models.BooleanField(_("启用"), default=True)
    since = models.DateTimeField(_("从何时起"), editable=False)

    objects = PatrolPlanQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("巡查计划")
        verbose_name_plural = _("巡查计划")
        constraints = [
            models.CheckConstraint(
                condition=Q(early_opens__lt=F("early_closes"))
                & Q(early_closes__lte=F("late_opens"))
                & Q(late_opens__lt=F("late_closes")),
                name="patrol_windows_in_order",
                violation_error_message=_("先早巡后晚巡，截止要晚于开始，两个时段不能重叠。"),
            ),
            models.CheckConstraint(
                condition=Q(metres__gte=10, metres__lte=500), name="patrol_distance_sensible"
            ),
        ]

    def __str__(self) -> str:
        return str(self.grid)

    def windows_on(self, day: date) -> Sequence[Window]:
        """The windows of a day, the early one first."""
        return [
            Window(day, part, _moment(day, opens), _moment(day, closes))
            for part, opens, closes in (
                (Part.EARLY, self.early_opens, self.early_closes),
                (Part.LATE, self.late_opens, self.late_closes),
            )
        ]

    def window_at(self, moment: datetime) -> Window | None:
        """The window that a moment lies in."""
        found = (window for window in self.windows_on(timezone.localdate(moment)) if window.holds(moment))
        return next(found, None)


def _moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


class Checkpoint(models.Model):
    """A point of a grid with a code printed on the spot, and perhaps its position (WGS 84)."""

    grid = models.ForeignKey(
        Grid, on_delete=models.CASCADE, related_name="checkpoints", verbose_name=_("网格")
    )
    name = models.CharField(_("名称"), max_length=40)
    code = models.CharField(_("打卡码"), max_length=8, unique=True, editable=False)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=1)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = CheckpointQuerySet.as_manager()

    class Meta:
        ordering = ("order", "pk")
        verbose_name = _("巡查点位")
        verbose_name_plural = _("巡查点位")
        constraints = [
            models.UniqueConstraint(fields=["grid", "name"], name="checkpoint_name_once"),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
                name="checkpoint_position_whole",
                violation_error_message=_("经度和纬度要一起填，并在正常范围内。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
