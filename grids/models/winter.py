"""冬季安全走访: who heats with coal, and a visit to each of them before and during winter (G-25)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Household, Place
from grids.querysets import SafetyVisitQuerySet


class Device(models.TextChoices):
    """What is looked at where somebody heats with coal."""

    STOVE = "stove", _("炉具")
    CHIMNEY = "chimney", _("烟囱")
    VENT = "vent", _("通风口")
    ALARM = "alarm", _("一氧化碳报警器")
    WIRING = "wiring", _("电线插座")


class CoalHousehold(models.Model):
    """A household that heats with coal; the row goes when it does so no more."""

    household = models.OneToOneField(
        Household, primary_key=True, on_delete=models.CASCADE, related_name="coal", verbose_name=_("住户")
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    noted_at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("燃煤取暖户")
        verbose_name_plural = _("燃煤取暖户")

    def __str__(self) -> str:
        return str(self.household)


class WinterPlan(models.Model):
    """One winter of a community: every coal-heating household is visited, and again while risk remains."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="winter_plans", verbose_name=_("社区")
    )
    name = models.CharField(_("名称"), max_length=40)
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    revisit_days = models.PositiveSmallIntegerField(_("仍有隐患的几天后再去"), default=7)
    sweep_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("冬季安全走访")
        verbose_name_plural = _("冬季安全走访")
        indexes = [
            models.Index(fields=["sweep_on"], name="winter_sweep", condition=Q(sweep_on__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="winter_plan_name_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="winter_ends_after_start"),
            models.CheckConstraint(
                condition=Q(revisit_days__gte=1, revisit_days__lte=60), name="winter_revisit_plausible"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SafetyVisit(models.Model):
    """A household to visit in a winter; `round` 2 and more are those to which somebody goes again."""

    plan = models.ForeignKey(WinterPlan, on_delete=models.CASCADE, related_name="visits")
    household = models.ForeignKey(
        Household, on_delete=models.CASCADE, related_name="safety_visits", verbose_name=_("住户")
    )
    scope = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    round = models.PositiveSmallIntegerField(_("第几次"), default=1)
    due_on = models.DateField(_("哪天前去"))
    done_at = models.DateTimeField(_("去的时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("谁去的"),
    )
    checked = models.JSONField(_("查看了哪些"), default=list)
    advice = models.CharField(_("讲了什么"), max_length=300, blank=True)
    is_risky = models.BooleanField(_("仍有隐患"), null=True)

    objects = SafetyVisitQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        verbose_name = _("安全走访")
        verbose_name_plural = _("安全走访")
        indexes = [
            models.Index(fields=["scope", "due_on"], name="safety_visit_open", condition=Q(done_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "household", "round"], name="safety_visit_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, is_risky=None)
                | Q(done_at__isnull=False, done_by__isnull=False, is_risky__isnull=False),
                name="safety_visit_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.round}"
