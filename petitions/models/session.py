"""议事会: people sit down together on a day, whoever comes, and what is written down of it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community.meetings import Body, SessionKind
from community.models import Community, Organisation, TalkPoint
from community.permissions import Scope
from core.display import month
from core.models import Labelled
from petitions.models.schedule import DeliberationSchedule, Seating
from petitions.querysets import ParticipantQuerySet, SessionQuerySet

MINUTES_MAX = 4000
SUMMARY_MAX = 2000


class SessionState(models.TextChoices):
    """A session is held once its minutes are written, quorate or not."""

    PLANNED = "planned", _("待举行")
    HELD = "held", _("已举行")
    CANCELLED = "cancelled", _("已取消")


class DeliberationSession(Seating):
    """One sitting: made from a schedule once for each day it names, or called by staff.

    `occurrence_on` is the day that the schedule names; `starts_at` is when people really meet, and
    `moved_from` the day on which they would have met before the last move. `code` is what the printed
    sign-in code carries. `sweep_at` is the next moment at which a sweep has something to see to.
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("社区")
    )
    schedule = models.ForeignKey(
        DeliberationSchedule,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sessions",
        verbose_name=_("议事安排"),
    )
    occurrence_on = models.DateField(null=True, editable=False)
    kind = models.CharField(_("类型"), max_length=16, choices=SessionKind.choices)
    name = models.CharField(_("名称"), max_length=30)
    session_no = models.PositiveIntegerField(_("期号"), null=True, blank=True)
    corner = models.ForeignKey(
        TalkPoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("议事角")
    )
    venue = models.CharField(_("地点"), max_length=80)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    moved_from = models.DateField(_("原定日期"), null=True, blank=True)
    moved_reason = models.CharField(_("改期原因"), max_length=60, blank=True)
    moves = models.PositiveSmallIntegerField(default=0, editable=False)
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("主持人"),
    )
    notice_days = models.PositiveSmallIntegerField(default=7, editable=False)
    estate_notice_days = models.PositiveSmallIntegerField(default=3, editable=False)
    code = models.CharField(max_length=32, unique=True, editable=False)

    state = models.CharField(
        _("状态"), max_length=10, choices=SessionState.choices, default=SessionState.PLANNED
    )
    cancelled_reason = models.CharField(_("取消原因"), max_length=100, blank=True)
    announced_at = models.DateTimeField(_("公告时间"), null=True, blank=True)
    minutes = models.TextField(_("会议记录"), max_length=MINUTES_MAX, blank=True)
    minutes_due_at = models.DateTimeField(_("记录期限"), null=True, blank=True)
    minutes_at = models.DateTimeField(_("记录时间"), null=True, blank=True)
    minutes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("记录人"),
    )
    headcount = models.PositiveSmallIntegerField(_("到会人数"), null=True, blank=True)
    is_quorate = models.BooleanField(_("各方到齐"), null=True, blank=True)
    summary = models.TextField(_("公开内容"), max_length=SUMMARY_MAX, blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    review_due_at = models.DateTimeField(null=True, editable=False)
    reviewed_at = models.DateTimeField(_("梳理时间"), null=True, blank=True)
    anonymised_at = models.DateTimeField(null=True, editable=False)
    sweep_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("议事会")
        verbose_name_plural = _("议事会")
        indexes = [
            models.Index(fields=["community", "-starts_at", "-id"], name="session_community"),
            models.Index(fields=["-starts_at", "-id"], name="session_starts"),
            models.Index(fields=["sweep_at"], name="session_sweep", condition=Q(sweep_at__isnull=False)),
            models.Index(
                fields=["chair", "starts_at"],
                name="session_owed",
                condition=Q(minutes_at__isnull=True) & ~Q(state="cancelled"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "occurrence_on"], name="session_once_per_day"),
            models.UniqueConstraint(fields=["community", "session_no"], name="session_number_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_reason__gt=""),
                name="session_cancelled_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(minutes_at__isnull=False, headcount__isnull=False),
                name="session_held_with_minutes",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(state="held", summary__gt=""),
                name="session_published_with_text",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name with its number: 府西夜话 第270期."""
        if self.session_no is None:
            return self.name
        return f"{self.name} {_now('第%d期') % self.session_no}"

    @property
    def month(self) -> str:
        """2026年11月: the heading of the calendar."""
        return month(timezone.localdate(self.starts_at))

    @property
    def scope(self) -> Scope:
        """Where a post must stand to run it: the community. Reads `community__place`."""
        return Scope(self.community.place.path)

    @property
    def is_held(self) -> bool:
        return self.state == SessionState.HELD

    @property
    def is_cancelled(self) -> bool:
        return self.state == SessionState.CANCELLED

    def has_begun(self, at: datetime) -> bool:
        return self.starts_at <= at


class SignInWay(models.TextChoices):
    """How somebody came to stand on the sign-in sheet."""

    CODE = "code", _("扫码")
    CLERK = "clerk", _("工作人员登记")


class Participant(Labelled):
    """One person, or one body, on the way into a session: invited, signed up or not coming, there.

    One row each: the database refuses a second one of the same account, phone, body, or name and role.
    """

    session = models.ForeignKey(DeliberationSession, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="attended",
        verbose_name=_("账号"),
    )
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("单位"),
    )
    name = models.CharField(_("姓名"), max_length=40, blank=True)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    role = models.CharField(_("身份"), max_length=16, choices=Body.choices, default=Body.RESIDENT)
    invited_at = models.DateTimeField(_("邀请时间"), null=True, blank=True)
    signed_up_at = models.DateTimeField(_("报名时间"), null=True, blank=True)
    declined_at = models.DateTimeField(_("答复不来"), null=True, blank=True)
    signed_in_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    way = models.CharField(_("签到方式"), max_length=8, choices=SignInWay.choices, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("登记人"),
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("参加人")
        verbose_name_plural = _("参加人")
        ordering = ("id",)
        indexes = [models.Index(fields=["phone"], name="participant_phone", condition=Q(phone__gt=""))]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"], condition=Q(user__isnull=False), name="participant_account_once"
            ),
            models.UniqueConstraint(
                fields=["session", "phone"], condition=Q(phone__gt=""), name="participant_phone_once"
            ),
            models.UniqueConstraint(
                fields=["session", "organisation"],
                condition=Q(organisation__isnull=False),
                name="participant_body_once",
            ),
            models.UniqueConstraint(
                fields=["session", "name", "role"],
                condition=Q(user__isnull=True, organisation__isnull=True, phone=""),
                name="participant_name_once",
            ),
            models.CheckConstraint(
                condition=Q(signed_in_at__isnull=True, way="") | Q(signed_in_at__isnull=False, way__gt=""),
                name="participant_signed_in_some_way",
            ),
            models.CheckConstraint(
                condition=Q(signed_in_at__isnull=True) | Q(declined_at__isnull=True),
                name="participant_there_or_declined",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_reachable(self) -> bool:
        return bool(self.phone) or self.user_id is not None

    @property
    def counts_for_quorum(self) -> bool:
        """There, and known to the desk: invited as a body, or written down by staff."""
        return self.signed_in_at is not None and bool(self.organisation_id or self.recorded_by_id)
