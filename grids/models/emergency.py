"""应急预案 and 演练: a plan of each class for every estate, in versions, and drills that show what it lacks
(G-21, G-22)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Place
from grids.models.hazard import Hazard


class PlanClass(models.TextChoices):
    """What a plan is for."""

    FIRE = "fire", _("火灾")
    GAS = "gas", _("煤气中毒")
    POWER = "power", _("用电事故")


class EmergencyTeam(models.Model):
    """应急处置队伍: who turns out, and who leads."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="emergency_teams", verbose_name=_("社区")
    )
    name = models.CharField(_("名称"), max_length=40)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("队长")
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="emergency_teams", verbose_name=_("队员")
    )
    others = models.CharField(_("没有账号的队员"), max_length=300, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("应急处置队伍")
        verbose_name_plural = _("应急处置队伍")
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="emergency_team_name_once")]

    def __str__(self) -> str:
        return self.name


class EmergencyPlan(models.Model):
    """One version of the plan of a place and class; `replaced_at` once a later one is in force.

    The place is the community's own, or an estate's. `drill_due_on` is when the next drill is expected:
    so many months after the last, or after the first version was approved; a new version does not move it.
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="emergency_plans", verbose_name=_("社区")
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="emergency_plans", verbose_name=_("社区或小区")
    )
    kind = models.CharField(_("类别"), max_length=5, choices=PlanClass.choices)
    version = models.PositiveSmallIntegerField(_("第几版"), default=1)
    text = models.TextField(_("预案"), max_length=10000)
    change = models.CharField(_("改了什么"), max_length=300, blank=True)
    approved_on = models.DateField(_("批准日期"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("批准人"),
    )
    review_due = models.DateField(_("复审日期"))
    team = models.ForeignKey(
        EmergencyTeam,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="plans",
        verbose_name=_("队伍"),
    )
    drill_months = models.PositiveSmallIntegerField(_("每几个月演练一次"), default=6)
    drill_due_on = models.DateField(_("下次演练不晚于"))
    replaced_at = models.DateTimeField(_("换版时间"), null=True, blank=True)
    told_review = models.BooleanField(default=False, editable=False)
    told_drill = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("应急预案")
        verbose_name_plural = _("应急预案")
        indexes = [
            models.Index(
                fields=["review_due"],
                name="plan_review_due",
                condition=Q(replaced_at=None, told_review=False),
            ),
            models.Index(
                fields=["drill_due_on"],
                name="plan_drill_due",
                condition=Q(replaced_at=None, told_drill=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind"], name="plan_one_in_force", condition=Q(replaced_at=None)
            ),
            models.UniqueConstraint(fields=["place", "kind", "version"], name="plan_version_once"),
            models.CheckConstraint(
                condition=Q(drill_months__gte=1, drill_months__lte=24), name="plan_drill_months_plausible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place.name} {self.get_kind_display()}"


class Drill(models.Model):
    """演练: one exercise of a plan, who took part and what it showed."""

    plan = models.ForeignKey(
        EmergencyPlan, on_delete=models.PROTECT, related_name="drills", verbose_name=_("预案")
    )
    held_on = models.DateField(_("演练日期"))
    headcount = models.PositiveSmallIntegerField(_("参加人数"))
    summary = models.CharField(_("情况"), max_length=500)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    logged_at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ("-held_on", "-pk")
        verbose_name = _("演练")
        verbose_name_plural = _("演练")
        constraints = [models.UniqueConstraint(fields=["plan", "held_on"], name="drill_once_a_day")]

    def __str__(self) -> str:
        return f"{self.plan} {self.held_on}"


class DrillFinding(models.Model):
    """What a drill showed. It is open until a hazard, or the next version of the plan, sees to it."""

    drill = models.ForeignKey(
        Drill, on_delete=models.CASCADE, related_name="findings", verbose_name=_("演练")
    )
    text = models.CharField(_("发现的问题"), max_length=300)
    hazard = models.OneToOneField(
        Hazard, null=True, blank=True, on_delete=models.PROTECT, related_name="drill_finding"
    )
    edited_in = models.ForeignKey(
        EmergencyPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="findings_seen_to"
    )
    settled_at = models.DateTimeField(_("落实时间"), null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("演练发现的问题")
        verbose_name_plural = _("演练发现的问题")
        indexes = [
            models.Index(fields=["drill"], name="drill_finding_open", condition=Q(settled_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, hazard=None, edited_in=None)
                | Q(settled_at__isnull=False, hazard__isnull=False, edited_in=None)
                | Q(settled_at__isnull=False, hazard=None, edited_in__isnull=False),
                name="drill_finding_seen_to_by_one",
            ),
        ]

    def __str__(self) -> str:
        return self.text
