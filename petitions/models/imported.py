"""旧档: what an old register said of a matter that was over before the portal knew of it."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

OLD_NUMBER_MAX: Final = 40
HANDLER_MAX: Final = 80


class Origin(models.TextChoices):
    """Raised by somebody, found by a worker looking for trouble early (P-44), or from an old register."""

    REPORTED = "reported", _("居民反映")
    PROACTIVE = "proactive", _("主动发现")
    IMPORTED = "imported", _("旧档导入")


class Imported(models.Model):
    """`old_satisfied` is what the register says: nobody was asked here, and it adds to no judgement."""

    origin = models.CharField(_("来由"), max_length=10, choices=Origin.choices, default=Origin.REPORTED)
    old_number = models.CharField(
        _("旧编号"), max_length=OLD_NUMBER_MAX, blank=True, default="", db_default="", editable=False
    )
    old_handler = models.CharField(
        _("旧档经办"), max_length=HANDLER_MAX, blank=True, default="", db_default="", editable=False
    )
    old_satisfied = models.BooleanField(_("旧档记载满意"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_imported(self) -> bool:
        return self.origin == Origin.IMPORTED


IMPORTED: Final = Q(origin="imported")
OVER: Final = Q(
    stage="archived",
    clock="",
    due_at__isnull=True,
    sweep_at__isnull=True,
    supervise_at__isnull=True,
    neglect_at__isnull=True,
    assignee__isnull=True,
)
"""Closed, without a clock, and without anything that a sweep could look for."""
INDEXES: Final = [models.Index(fields=["-filed_at", "-id"], name="petition_imported", condition=IMPORTED)]
CONSTRAINTS: Final = [
    models.UniqueConstraint(
        fields=["old_number", "community"], name="petition_old_number_once", condition=Q(old_number__gt="")
    ),
    models.CheckConstraint(
        condition=IMPORTED & OVER & Q(old_number__gt="")
        | ~IMPORTED & Q(old_number="", old_handler="", old_satisfied__isnull=True),
        name="petition_imported_is_over",
    ),
]
