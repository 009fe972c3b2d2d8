"""The one clock that runs for a matter: its limit, its pauses, and when it is due."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.workflow import Clock, Limit
from core.models import Labelled


class Clocked(Labelled):
    """`clock*` is the one clock that runs now, the `clock_serial`-th of this matter.

    `clock_used` minutes were used before `clock_from`, which is None while it stands still. `sweep_at` is
    the next moment at which a sweep has something to do here.
    """

    clock = models.CharField(_("时限"), max_length=14, choices=Limit.choices, blank=True)
    clock_unit = models.CharField(max_length=8, choices=Clock.choices, default=Clock.WORKING, editable=False)
    clock_minutes = models.PositiveIntegerField(default=0, editable=False)
    clock_used = models.PositiveIntegerField(default=0, editable=False)
    clock_serial = models.PositiveSmallIntegerField(default=0, editable=False)
    clock_from = models.DateTimeField(null=True, editable=False)
    paused_minutes = models.PositiveIntegerField(_("累计暂停（工作分钟）"), default=0, editable=False)
    paused_at = models.DateTimeField(_("暂停于"), null=True, blank=True)
    pause_ends_at = models.DateTimeField(_("暂停至"), null=True, blank=True)
    pause_reason = models.CharField(_("暂停原因"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("应办时间"), null=True, blank=True)
    due_is_provisional = models.BooleanField(_("暂定"), default=False)
    sweep_at = models.DateTimeField(null=True, editable=False)
    sweep_step = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None
