"""社区吹哨、党员报到: the community calls, members say whether they come, and enough arrive (G-23)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Place


class ReportingMember(models.Model):
    """A Party member who has reported to a community, and what they are good at."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="reporting_members", verbose_name=_("社区")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="reports_to",
        verbose_name=_("账号"),
    )
    skills = models.CharField(_("特长"), max_length=100, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("报到党员")
        verbose_name_plural = _("报到党员")
        constraints = [models.UniqueConstraint(fields=["community", "user"], name="reporting_member_once")]

    def __str__(self) -> str:
        return str(self.user)


class Whistle(models.Model):
    """One call: what for, where, how many, until when. It closes by itself once enough have arrived.

    `accepted` and `arrived` are kept under the row's lock; nobody is taken on beyond `needed`.
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="whistles", verbose_name=_("社区")
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("在哪里集合"))
    topic = models.CharField(_("什么事"), max_length=60)
    text = models.CharField(_("做什么、带什么"), max_length=300, blank=True)
    skills = models.CharField(_("最好会什么"), max_length=100, blank=True)
    needed = models.PositiveSmallIntegerField(_("要几个人"))
    is_urgent = models.BooleanField(_("紧急，夜里也通知"), default=False)
    called_at = models.DateTimeField(_("吹哨时间"))
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("吹哨人")
    )
    called = models.PositiveIntegerField(_("通知了几人"), default=0)
    needed_by = models.DateTimeField(_("几点前到"))
    accepted = models.PositiveSmallIntegerField(_("答应来的"), default=0)
    arrived = models.PositiveSmallIntegerField(_("到了的"), default=0)
    second_at = models.DateTimeField(_("第二次吹哨"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("上报时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closed_why = models.CharField(_("怎样结束的"), max_length=100, blank=True)
    sweep_at = models.DateTimeField(null=True, blank=True, editable=False)
    key = models.UUIDField(unique=True, editable=False)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("吹哨")
        verbose_name_plural = _("吹哨报到")
        indexes = [
            models.Index(fields=["community", "-id"], name="whistle_community"),
            models.Index(fields=["sweep_at"], name="whistle_sweep", condition=Q(sweep_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(needed__gte=1, needed__lte=200), name="whistle_needs_some"),
            models.CheckConstraint(condition=Q(accepted__lte=F("needed")), name="whistle_takes_no_more"),
            models.CheckConstraint(condition=Q(arrived__lte=F("accepted")), name="whistle_arrived_accepted"),
            models.CheckConstraint(condition=Q(needed_by__gt=F("called_at")), name="whistle_leaves_time"),
        ]

    def __str__(self) -> str:
        return self.topic


class Answer(models.TextChoices):
    """What a member says."""

    COMING = "coming", _("我来")
    NOT_COMING = "not_coming", _("来不了")


class WhistleResponse(models.Model):
    """What one member answered, and whether they came."""

    whistle = models.ForeignKey(Whistle, on_delete=models.CASCADE, related_name="responses")
    member = models.ForeignKey(ReportingMember, on_delete=models.CASCADE, related_name="responses")
    answer = models.CharField(_("回答"), max_length=10, choices=Answer.choices)
    answered_at = models.DateTimeField(_("回答时间"))
    arrived_at = models.DateTimeField(_("到的时间"), null=True, blank=True)

    class Meta:
        ordering = ("answered_at", "pk")
        verbose_name = _("报到")
        verbose_name_plural = _("报到")
        constraints = [
            models.UniqueConstraint(fields=["whistle", "member"], name="whistle_answered_once"),
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(answer=Answer.COMING), name="whistle_came_who_said_so"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_answer_display()}"
