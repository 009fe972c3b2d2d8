"""任职: who holds which duty where, from when to when. Every permission follows from it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from community.duties import CREW, SINGLE, Duty, Employment
from community.models.place import Place
from community.querysets import PostQuerySet
from core.models import Labelled


class DateRange(Func):
    """The span of days of a post, both ends included."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Post(Labelled):
    """A person's duty at a place and everything under it, from a day to a day, both included.

    A deputy's post (`deputises`) stands in for another post for its own dates (holiday cover). `employment`
    is empty where nobody has said, and for every duty beside 一长两员.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts", verbose_name=_("人员")
    )
    duty = models.CharField(_("职务"), max_length=24, choices=Duty.choices)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="posts", verbose_name=_("地点"))
    employment = models.CharField(
        _("专职或兼职"),
        max_length=4,
        choices=Employment.choices,
        blank=True,
        default="",
        help_text=_("网格长、网格员和辅助网格员填写。"),
    )
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"), null=True, blank=True)
    deputises = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deputies",
        verbose_name=_("代理"),
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        indexes = [
            models.Index(fields=["place", "duty"], name="post_place_duty"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="post_ends_after_start",
                violation_error_message=_("任职止日不能早于起日。"),
            ),
            models.CheckConstraint(
                condition=Q(deputises__isnull=True) | ~Q(deputises=F("pk")),
                name="post_deputises_another",
                violation_error_message=_("不能代理自己。"),
            ),
            models.CheckConstraint(
                condition=Q(employment="") | Q(employment__in=Employment.values, duty__in=sorted(CREW)),
                name="post_employment_of_the_crew",
                violation_error_message=_("只有网格长、网格员和辅助网格员分专职、兼职。"),
            ),
            ExclusionConstraint(
                name="post_one_holder_per_grid",
                expressions=[
                    ("place", RangeOperators.EQUAL),
                    ("duty", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(duty__in=sorted(SINGLE), deputises__isnull=True),
                violation_error_message=_("该网格在此期间已有人担任这一职务。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.get_duty_display()}"
