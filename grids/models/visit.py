"""入户走访: what for, to whom, how often, and who would rather have none (G-07, G-12, G-35)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Household, Place, Resident
from grids.querysets import VisitQuerySet


class Outcome(models.TextChoices):
    """What a visit found. All but the last is followed up by somebody."""

    NEED = "need", _("有需求")
    RESOURCE = "resource", _("有资源")
    HAZARD = "hazard", _("有隐患")
    NONE = "none", _("没有情况")


class VisitPurpose(models.Model):
    """What a community visits for. `needs_two`: nobody goes alone, as to a mediation at night."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="visit_purposes", verbose_name=_("社区")
    )
    name = models.CharField(_("目的"), max_length=20)
    needs_two = models.BooleanField(_("须两人同行"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=100)

    class Meta:
        ordering = ("order", "pk")
        verbose_name = _("走访目的")
        verbose_name_plural = _("走访目的")
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="visit_purpose_once")]

    def __str__(self) -> str:
        return self.name


class Visit(models.Model):
    """Somebody of the grid was at a door. `place` is the grid it belonged to then, else the door's own place.

    `key` is made by the phone or the page, so that what is sent twice is one visit. `note` is personal and
    read only by a button that leaves a trace; `finding` is what somebody has to follow up.
    """

    key = models.UUIDField(unique=True, editable=False)
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="visits", verbose_name=_("住户")
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    purpose = models.ForeignKey(
        VisitPurpose, on_delete=models.PROTECT, related_name="visits", verbose_name=_("目的")
    )
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits", verbose_name=_("走访人")
    )
    companion = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("同行人"),
    )
    needs_two = models.BooleanField(_("须两人同行"), default=False, editable=False)
    happened_at = models.DateTimeField(_("走访时间"))
    recorded_at = models.DateTimeField(_("记录时间"))
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices, default=Outcome.NONE)
    finding = models.CharField(_("发现了什么"), max_length=300, blank=True)
    note = models.TextField(_("记录"), max_length=1000, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("由谁跟进"),
    )
    followed_at = models.DateTimeField(_("跟进时间"), null=True, blank=True)
    followed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("跟进人"),
    )
    follow_up = models.CharField(_("怎样跟进的"), max_length=300, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ("-happened_at", "-pk")
        verbose_name = _("入户走访")
        verbose_name_plural = _("入户走访")
        indexes = [
            models.Index(fields=["household", "-happened_at"], name="visit_household"),
            models.Index(fields=["place", "-happened_at"], name="visit_place"),
            models.Index(fields=["outcome", "-id"], name="visit_outcome"),
            models.Index(
                fields=["-id"], name="visit_open", condition=Q(followed_at=None) & ~Q(outcome="none")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(needs_two=False) | Q(companion__isnull=False), name="visit_by_two_where_set"
            ),
            models.CheckConstraint(
                condition=Q(companion=None) | ~Q(companion=F("worker")), name="visit_companion_is_another"
            ),
            models.CheckConstraint(
                condition=Q(outcome="none") | Q(finding__gt=""), name="visit_finding_is_said"
            ),
            models.CheckConstraint(
                condition=Q(followed_at=None, followed_by=None, follow_up="")
                | Q(followed_at__isnull=False, followed_by__isnull=False, follow_up__gt=""),
                name="visit_followed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.purpose}"

    @property
    def is_open(self) -> bool:
        """Whether what it found still waits for somebody."""
        return self.outcome != Outcome.NONE and self.followed_at is None


class Trigger(models.TextChoices):
    """What brings somebody to a door again."""

    DAYS = "days", _("到日子就去")
    LANE = "lane", _("巡查路过就去")


class StandingVisit(models.Model):
    """A household that is visited every so many days; each visit plans the next. One of the lane is called
    upon besides whenever a patrol passes, and stands on the walker's page."""

    household = models.OneToOneField(
        Household,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="standing_visit",
        verbose_name=_("住户"),
    )
    every_days = models.PositiveSmallIntegerField(_("每几天一次"))
    trigger = models.CharField(_("什么时候去"), max_length=4, choices=Trigger.choices, default=Trigger.DAYS)
    reason = models.CharField(_("为什么常去"), max_length=100, blank=True)
    next_on = models.DateField(_("下次走访"))

    class Meta:
        ordering = ("next_on", "pk")
        verbose_name = _("定期走访")
        verbose_name_plural = _("定期走访")
        indexes = [models.Index(fields=["next_on"], name="standing_visit_next")]
        constraints = [
            models.CheckConstraint(
                condition=Q(every_days__gte=1, every_days__lte=366), name="standing_visit_within_a_year"
            )
        ]

    def __str__(self) -> str:
        return str(self.household)


class VisitWish(models.Model):
    """A resident who does not want to be visited, in their words. Withdrawn, the row goes."""

    resident = models.OneToOneField(
        Resident,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="visit_wish",
        verbose_name=_("居民"),
    )
    words = models.CharField(_("本人的意思"), max_length=200, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("记录人"),
    )
    noted_at = models.DateTimeField(_("记录时间"))

    class Meta:
        ordering = ("pk",)
        verbose_name = _("不愿被走访")
        verbose_name_plural = _("不愿被走访")

    def __str__(self) -> str:
        return str(self.resident)
