"""信息册: dated marks on residents, several at once, each with who made it and who took it back (G-10)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Resident
from grids.models.colour import SchemeColour
from grids.querysets import ResidentTagQuerySet


class ResidentTag(models.Model):
    """A mark on a resident; in force until somebody takes it back with a reason. Nothing is ever deleted.

    `recheck_on` is a tenant's lease end: on that day the worker of the grid looks again. `next_on` is when
    somebody comes, where the colour says every how many days (特殊人群); a visit to the door moves it on.
    """

    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="tags", verbose_name=_("居民")
    )
    colour = models.ForeignKey(
        SchemeColour, on_delete=models.PROTECT, related_name="tags", verbose_name=_("色标")
    )
    since_on = models.DateField(_("从哪天起"))
    recheck_on = models.DateField(_("租期到哪天"), null=True, blank=True)
    next_on = models.DateField(_("下次走访"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=100, blank=True)
    marked_at = models.DateTimeField(_("标记时间"))
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("标记人"),
    )
    ended_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("撤销人"),
    )
    end_reason = models.CharField(_("撤销原因"), max_length=100, blank=True)

    objects = ResidentTagQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("居民标记")
        verbose_name_plural = _("信息册")
        indexes = [
            models.Index(
                fields=["next_on"],
                name="tag_next",
                condition=Q(ended_at=None, next_on__isnull=False),
            ),
            models.Index(fields=["colour", "resident"], name="tag_colour", condition=Q(ended_at=None)),
            models.Index(
                fields=["recheck_on"],
                name="tag_recheck",
                condition=Q(ended_at=None, recheck_on__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "colour"], condition=Q(ended_at=None), name="tag_in_force_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | Q(ended_at__isnull=False, end_reason__gt=""),
                name="tag_ended_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.colour}"
