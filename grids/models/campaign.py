"""专项整治: hazards of some types are looked at again until none is left; e-bikes by their plates (G-16)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Household
from grids.models.hazard import Hazard, HazardType


class EBike(models.Model):
    """An electric bicycle by its plate, and the household that it belongs to."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("社区")
    )
    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="e_bikes", verbose_name=_("住户")
    )
    plate = models.CharField(_("车牌"), max_length=12)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    registered_at = models.DateTimeField(_("登记时间"))
    removed_at = models.DateTimeField(_("注销时间"), null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("电动自行车")
        verbose_name_plural = _("电动自行车登记")
        indexes = [models.Index(fields=["community", "-id"], name="e_bike_community")]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "plate"], name="e_bike_plate_once", condition=Q(removed_at=None)
            ),
            models.CheckConstraint(condition=~Q(plate=""), name="e_bike_has_plate"),
        ]

    def __str__(self) -> str:
        return self.plate


class Campaign(models.Model):
    """Every hazard of its types that is found in these days belongs to it, and is looked at again after
    `days` days. It is closed once nothing is open."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("社区")
    )
    name = models.CharField(_("名称"), max_length=40)
    types = models.ManyToManyField(HazardType, related_name="campaigns", verbose_name=_("整治哪些隐患"))
    days = models.PositiveSmallIntegerField(_("几天后复查"), default=7)
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    closed_at = models.DateTimeField(_("收官时间"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("收官人"),
    )

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("专项整治")
        verbose_name_plural = _("专项整治")
        indexes = [
            models.Index(fields=["community"], name="campaign_running", condition=Q(closed_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="campaign_name_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=90), name="campaign_days_plausible"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="campaign_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Violation(models.Model):
    """A hazard of a campaign. It is open until somebody has looked, days after, that it has not come back."""

    hazard = models.OneToOneField(
        Hazard, primary_key=True, on_delete=models.CASCADE, related_name="violation", verbose_name=_("隐患")
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="violations")
    plate = models.CharField(_("车牌"), max_length=12, blank=True)
    bike = models.ForeignKey(
        EBike,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="violations",
        verbose_name=_("车"),
    )
    look_on = models.DateField(_("哪天起复查"))
    looks = models.PositiveSmallIntegerField(_("复查次数"), default=0)
    note = models.CharField(_("复查情况"), max_length=300, blank=True)
    cleared_at = models.DateTimeField(_("清零时间"), null=True, blank=True)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("复查人"),
    )
    sweep_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("look_on", "pk")
        verbose_name = _("整治中的隐患")
        verbose_name_plural = _("整治中的隐患")
        indexes = [
            models.Index(fields=["campaign", "look_on"], name="violation_open", condition=Q(cleared_at=None)),
            models.Index(fields=["sweep_on"], name="violation_sweep", condition=Q(sweep_on__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(cleared_at=None, cleared_by=None)
                | Q(cleared_at__isnull=False, cleared_by__isnull=False, looks__gte=1),
                name="violation_cleared_by_a_look",
            ),
        ]

    def __str__(self) -> str:
        return self.hazard.number
