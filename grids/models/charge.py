"""包户: which worker answers for which household (G-17)."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Household, Post
from community.models.post import DateRange
from grids.querysets import HouseholdChargeQuerySet


class HouseholdCharge(models.Model):
    """A household in the hands of somebody's post in a grid, from a day to a day, both included.

    In force while the post is, too: when it ends without a hand-over, the household has nobody.
    """

    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="charges", verbose_name=_("住户")
    )
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, related_name="household_charges", verbose_name=_("任职")
    )
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"), null=True, blank=True)

    objects = HouseholdChargeQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("包户")
        verbose_name_plural = _("包户")
        indexes = [models.Index(fields=["post", "household"], name="charge_post")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="charge_ends_after_start",
            ),
            ExclusionConstraint(
                name="charge_one_worker_per_household",
                expressions=[
                    ("household", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("该户在此期间已有人包户。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} · {self.post}"
