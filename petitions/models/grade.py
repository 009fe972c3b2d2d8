"""How grave a matter is, and which way it goes: what 理事 decides."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.workflow import Route, Severity

LEVELS = ((1, _("1 · 低")), (2, _("2 · 中")), (3, _("3 · 高")))


class Graded(models.Model):
    """`scale`, `difficulty` and `social_impact` give the colour, which staff may change with a reason."""

    severity = models.CharField(_("定级"), max_length=6, choices=Severity.choices, blank=True)
    scale = models.PositiveSmallIntegerField(_("规模"), choices=LEVELS, null=True, blank=True)
    difficulty = models.PositiveSmallIntegerField(_("难易"), choices=LEVELS, null=True, blank=True)
    social_impact = models.PositiveSmallIntegerField(_("社会影响"), choices=LEVELS, null=True, blank=True)
    severity_reason = models.CharField(_("调整理由"), max_length=200, blank=True)
    route = models.CharField(_("分流"), max_length=14, choices=Route.choices, blank=True)
    is_approved = models.BooleanField(_("已审批"), default=False)

    class Meta:
        abstract = True
