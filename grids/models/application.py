"""帮办申请: an application that a worker walks with a resident, step by step (G-14)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Household, Place, Resident
from grids.paths import FOLLOWED_BY, ApplicationKind
from grids.querysets import ApplicationQuerySet, ApplicationStepQuerySet


class ApplicationResult(models.TextChoices):
    """How it ended."""

    GRANTED = "granted", _("办成了")
    REFUSED = "refused", _("没有办成")


class StepTold(models.TextChoices):
    """How the resident heard of a step."""

    MESSAGE = "message", _("站内消息")
    IN_PERSON = "in_person", _("当面")
    PHONE = "phone", _("电话")
    FAMILY = "family", _("请家人转告")


class AssistedApplication(models.Model):
    """One application of one resident. `facts` go along into the one that follows.

    `sweep_on` is the day after the present step is due: its worker is asked then, once a step.
    """

    key = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("申请什么"), max_length=24, choices=ApplicationKind.choices)
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="applications", verbose_name=_("申请人")
    )
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="applications", verbose_name=_("住户")
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    facts = models.CharField(_("情况"), max_length=300, blank=True)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("帮办人"),
    )
    opened_at = models.DateTimeField(_("开始时间"))
    follow_on_of = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_on",
        verbose_name=_("接着哪件申请"),
    )
    result = models.CharField(_("结果"), max_length=8, choices=ApplicationResult.choices, blank=True)
    words = models.CharField(_("为什么没有办成"), max_length=300, blank=True)
    told_how = models.CharField(_("怎样告知没有办成的"), max_length=10, choices=StepTold.choices, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    sweep_on = models.DateField(null=True, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("帮办申请")
        verbose_name_plural = _("帮办申请")
        indexes = [
            models.Index(fields=["place", "-id"], name="application_place"),
            models.Index(fields=["place", "sweep_on"], name="application_open", condition=Q(ended_at=None)),
            models.Index(fields=["sweep_on"], name="application_sweep", condition=Q(sweep_on__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "kind"], name="application_one_at_a_time", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, result="", words="")
                | Q(ended_at__isnull=False, result="granted", sweep_on=None)
                | Q(ended_at__isnull=False, result="refused", words__gt="", sweep_on=None),
                name="application_ended_with_result",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def offers(self) -> ApplicationKind | None:
        """What may be applied for next, once this is granted."""
        found = FOLLOWED_BY.get(self.kind) if self.result == ApplicationResult.GRANTED else None
        return ApplicationKind(found) if found else None

    @property
    def is_messaged(self) -> bool:
        """Whether a message tells the resident, or somebody has to. Reads `resident`."""
        return self.resident.user_id is not None and self.resident.may_be_written_to


class ApplicationStep(models.Model):
    """One step of an application, in its order, with its day; done is not over until the resident knows."""

    application = models.ForeignKey(AssistedApplication, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField(_("第几步"))
    name = models.CharField(_("做什么"), max_length=40)
    agency = models.CharField(_("哪个单位"), max_length=40)
    days = models.PositiveSmallIntegerField(_("几天"))
    due_on = models.DateField(_("时限"), null=True, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("谁办的"),
    )
    note = models.CharField(_("办得怎样"), max_length=200, blank=True)
    told_at = models.DateTimeField(_("告知时间"), null=True, blank=True)
    told_how = models.CharField(_("怎样告知的"), max_length=10, choices=StepTold.choices, blank=True)

    objects = ApplicationStepQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        verbose_name = _("申请步骤")
        verbose_name_plural = _("申请步骤")
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="application_step_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="application_step_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told_how="")
                | Q(told_at__isnull=False, told_how__gt="", done_at__isnull=False),
                name="application_step_told_once_done",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_late(self, day: date) -> bool:
        return self.done_at is None and self.due_on is not None and self.due_on < day
