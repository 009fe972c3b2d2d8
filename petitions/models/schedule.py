"""议事安排: on which days a community sits down together, as data that staff edit."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.meetings import Body, Frequency, Nth, SessionKind, Weekday
from community.models import Community, Place
from core.models import Labelled


class Seating(Labelled):
    """Where people sit down together, who may come, and which bodies must be there for it to count."""

    estate = models.ForeignKey(
        Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("小区")
    )
    seats = models.PositiveSmallIntegerField(_("席位"), null=True, blank=True)
    is_open = models.BooleanField(_("居民可以报名"), default=True)
    quorum_bodies = ArrayField(
        models.CharField(max_length=16, choices=Body.choices),
        verbose_name=_("哪几方到齐才有效"),
        default=list,
        blank=True,
    )

    class Meta:
        abstract = True


class DeliberationSchedule(Seating):
    """A rule of the calendar, and what every session made from it has in common (P-03, P-04, P-14, P-21).

    `planned_on` is the day on which its next sessions were last put into the calendar; None plans afresh.
    """

    community = models.ForeignKey(
        Community, on_delete=models.CASCADE, related_name="schedules", verbose_name=_("社区")
    )
    code = models.SlugField(_("代码"), max_length=40, blank=True, editable=False)
    kind = models.CharField(_("类型"), max_length=16, choices=SessionKind.choices)
    name = models.CharField(_("名称"), max_length=30)
    frequency = models.CharField(_("多久一次"), max_length=16, choices=Frequency.choices)
    weekday = models.SmallIntegerField(_("星期几"), choices=Weekday.choices, null=True, blank=True)
    nth = models.SmallIntegerField(_("每月第几个"), choices=Nth.choices, null=True, blank=True)
    month_day = models.PositiveSmallIntegerField(
        _("每月几日"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("短月没有这一天时，在月末举行。"),
    )
    starts_at = models.TimeField(_("开始时间"))
    minutes = models.PositiveSmallIntegerField(
        _("多少分钟"), default=90, validators=[MinValueValidator(15), MaxValueValidator(600)]
    )
    moves_on_holiday = models.BooleanField(_("遇法定节假日顺延到下一个工作日"), default=True)
    venue = models.CharField(_("会议地点"), max_length=80, blank=True)
    rotates = models.BooleanField(
        _("各小区轮流"), default=False, help_text=_("每次到最久没有去过的小区，提前告知这个小区。")
    )
    is_numbered = models.BooleanField(_("按期编号"), default=False)
    first_no = models.PositiveIntegerField(
        _("首期期号"), default=1, help_text=_("以前已办过的期数加一；之后自动连续编号。")
    )
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("主持人"),
        help_text=_("不填时由社区书记主持。"),
    )
    notice_days = models.PositiveSmallIntegerField(
        _("提前几天公告"), default=7, validators=[MaxValueValidator(30)]
    )
    estate_notice_days = models.PositiveSmallIntegerField(
        _("提前几天告知小区"), default=3, validators=[MaxValueValidator(30)]
    )
    minutes_days = models.PositiveSmallIntegerField(
        _("会后几个工作日内写好记录"), default=1, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    is_active = models.BooleanField(_("启用"), default=True)
    planned_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("议事安排")
        verbose_name_plural = _("议事安排")
        ordering = ("pk",)
        indexes = [
            models.Index(
                fields=["planned_on"],
                name="schedule_planned",
                condition=Q(is_active=True) & ~Q(frequency="on_call"),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "code"], condition=Q(code__gt=""), name="schedule_shipped_once"
            ),
            models.CheckConstraint(
                condition=~Q(frequency__in=["weekly", "monthly_weekday"]) | Q(weekday__isnull=False),
                name="schedule_has_weekday",
                violation_error_message=_("请选择星期几。"),
            ),
            models.CheckConstraint(
                condition=~Q(frequency="monthly_weekday") | Q(nth__isnull=False),
                name="schedule_has_nth",
                violation_error_message=_("请选择每月第几个。"),
            ),
            models.CheckConstraint(
                condition=~Q(frequency="monthly_day") | Q(month_day__range=(1, 31)),
                name="schedule_has_month_day",
                violation_error_message=_("请填写每月几日（1 至 31）。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> str:
        """The rule in words: 每周三 15:00."""
        time = f"{self.starts_at:%H:%M}"
        if self.frequency == Frequency.WEEKLY:
            return str(_("每%(weekday)s %(time)s") % {"weekday": self.get_weekday_display(), "time": time})
        if self.frequency == Frequency.MONTHLY_DAY:
            return str(_("每月 %(day)d 日 %(time)s") % {"day": self.month_day or 0, "time": time})
        if self.frequency == Frequency.MONTHLY_WEEKDAY:
            named = {"nth": self.get_nth_display(), "weekday": self.get_weekday_display(), "time": time}
            return str(_("每月%(nth)s%(weekday)s %(time)s") % named)
        return str(self.get_frequency_display())
