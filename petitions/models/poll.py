"""住户表决: one question to the households of a scope, one vote each, no way back from vote to choice.

That a household has voted (`PollTick`) and what was chosen (`PollTally`) are kept apart, in two tables
without a key between them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Household, Place
from community.permissions import Scope
from core.models import Labelled
from petitions.models.petition import Petition
from petitions.querysets import PollQuerySet

QUESTION_MAX: Final = 100
EXPLANATION_MAX: Final = 1000
OPTION_MAX: Final = 40
OPTIONS_MIN: Final = 2
OPTIONS_MAX: Final = 6
REMINDED_BEFORE: Final = timedelta(hours=48)
"""So long before the end the households that have not voted hear of it; at the latest half-way."""


class PollState(models.TextChoices):
    """A poll is opened and closed by the sweep, at the moments that were announced."""

    PLANNED = "planned", _("未开始")
    OPEN = "open", _("正在投票")
    CLOSED = "closed", _("已结束")
    CANCELLED = "cancelled", _("已取消")


class Majority(models.TextChoices):
    """What an option needs to be carried, counted among the votes cast."""

    MOST = "most", _("得票最多")
    HALF = "half", _("超过半数")
    TWO_THIRDS = "two_thirds", _("达到三分之二")


class VoteWay(models.TextChoices):
    """How a household's vote came in."""

    ONLINE = "online", _("网上")
    PAPER = "paper", _("纸质")


class Poll(Labelled):
    """A question put to the households of a community, or of some of its estates and buildings (P-45).

    `eligible` is the number of households of the roll at opening; `sweep_at` the next moment at which a sweep
    has something to do here.
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="polls", verbose_name=_("社区")
    )
    places = models.ManyToManyField(Place, related_name="+", blank=True, verbose_name=_("范围"))
    petition = models.ForeignKey(
        Petition,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="polls",
        verbose_name=_("诉求"),
    )
    question = models.CharField(_("问题"), max_length=QUESTION_MAX)
    explanation = models.TextField(_("说明"), max_length=EXPLANATION_MAX, blank=True)
    options = ArrayField(models.CharField(max_length=OPTION_MAX), verbose_name=_("选项"))
    opens_at = models.DateTimeField(_("开始"))
    closes_at = models.DateTimeField(_("结束"))
    quorum_percent = models.PositiveSmallIntegerField(
        _("有效投票率（%）"), default=50, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    majority = models.CharField(_("通过条件"), max_length=12, choices=Majority.choices, default=Majority.HALF)
    state = models.CharField(_("状态"), max_length=10, choices=PollState.choices, default=PollState.PLANNED)
    opened_at = models.DateTimeField(_("开始于"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束于"), null=True, blank=True)
    cancelled_reason = models.CharField(_("取消原因"), max_length=100, blank=True)
    eligible = models.PositiveIntegerField(_("应投户数"), null=True, blank=True)
    cast_online = models.PositiveIntegerField(_("网上投票"), default=0)
    cast_paper = models.PositiveIntegerField(_("纸质投票"), default=0)
    sweep_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("发起人")
    )

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("住户表决")
        verbose_name_plural = _("住户表决")
        indexes = [
            models.Index(fields=["community", "-closes_at", "-id"], name="poll_community"),
            models.Index(fields=["-closes_at", "-id"], name="poll_closes"),
            models.Index(fields=["sweep_at"], name="poll_sweep", condition=Q(sweep_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="poll_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(options__len__gte=OPTIONS_MIN, options__len__lte=OPTIONS_MAX),
                name="poll_two_to_six_options",
            ),
            models.CheckConstraint(
                condition=Q(quorum_percent__gte=1, quorum_percent__lte=100), name="poll_quorum_in_percent"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "closed"])
                | Q(eligible__isnull=False, opened_at__isnull=False),
                name="poll_opened_with_households",
            ),
            models.CheckConstraint(
                condition=Q(eligible__isnull=True) | Q(eligible__gte=F("cast_online") + F("cast_paper")),
                name="poll_no_more_votes_than_households",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed"),
                name="poll_closed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_reason__gt=""),
                name="poll_cancelled_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def scope(self) -> Scope:
        """Where a post must stand to run it: the community. Reads `community__place`."""
        return Scope(self.community.place.path)

    @property
    def cast(self) -> int:
        return self.cast_online + self.cast_paper

    @property
    def needed(self) -> int:
        """How many households make a quorum: the share of the eligible ones, rounded up."""
        return -(-(self.eligible or 0) * self.quorum_percent // 100)

    @property
    def is_open(self) -> bool:
        return self.state == PollState.OPEN

    @property
    def is_closed(self) -> bool:
        return self.state == PollState.CLOSED

    @property
    def is_cancelled(self) -> bool:
        return self.state == PollState.CANCELLED

    @property
    def remind_at(self) -> datetime:
        """When the households that have not voted are reminded."""
        half = self.opens_at + (self.closes_at - self.opens_at) / 2
        return max(half, self.closes_at - REMINDED_BEFORE)

    def takes_votes(self, at: datetime) -> bool:
        return self.is_open and at < self.closes_at


class PollHousehold(models.Model):
    """One household of the roll as it was when the poll opened."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="households")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("应投住户")
        verbose_name_plural = _("应投住户")
        constraints = [models.UniqueConstraint(fields=["poll", "household"], name="poll_household_once")]

    def __str__(self) -> str:
        return str(self.household_id)


class PollTick(Labelled):
    """That a household has voted, and how it came in. Never what was chosen."""

    elector = models.OneToOneField(
        PollHousehold, on_delete=models.CASCADE, primary_key=True, related_name="tick", verbose_name=_("住户")
    )
    way = models.CharField(_("方式"), max_length=8, choices=VoteWay.choices)
    voted_at = models.DateTimeField(_("时间"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("录入人"),
    )

    class Meta:
        verbose_name = _("已投住户")
        verbose_name_plural = _("已投住户")
        constraints = [
            models.CheckConstraint(
                condition=Q(way="paper", entered_by__isnull=False) | Q(way="online", entered_by__isnull=True),
                name="poll_paper_by_staff",
            )
        ]

    def __str__(self) -> str:
        return str(self.elector_id)


class PollTally(models.Model):
    """How many votes an option has. Nobody is shown it before the poll is closed."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="tallies")
    position = models.PositiveSmallIntegerField()
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("计票")
        verbose_name_plural = _("计票")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["poll", "position"], name="poll_tally_once"),
            models.CheckConstraint(condition=Q(position__lt=OPTIONS_MAX), name="poll_tally_of_an_option"),
        ]

    def __str__(self) -> str:
        return str(self.position)
