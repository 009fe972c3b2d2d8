"""需求和事件: what somebody needs or what has happened, whose it is, how it ended (G-06, G-12, G-13)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.models import Community, Household, Place, Resident
from grids.models.visit import Visit
from grids.querysets import NeedQuerySet


class NeedKind(models.TextChoices):
    """事件必理, 需求必达."""

    NEED = "need", _("需求")
    INCIDENT = "incident", _("事件")


class NeedTier(models.TextChoices):
    """Whose it is: it climbs and never comes down."""

    WORKER = "worker", _("网格员")
    LEADER = "leader", _("网格长")
    COMMUNITY = "community", _("社区")
    SECRETARY = "secretary", _("社区书记")


IN_GRID = (NeedTier.WORKER, NeedTier.LEADER)
"""What is solved while it is theirs was solved without leaving the grid (微循环)."""


class NeedResult(models.TextChoices):
    """How it ended for whoever asked: every need is met, or it is explained why it cannot be."""

    DELIVERED = "delivered", _("已办到")
    EXPLAINED = "explained", _("已说明")


class NeedState(models.TextChoices):
    """Where it stands. Kept nowhere: it is what its moments say."""

    OPEN = "open", _("待响应")
    RESPONDED = "responded", _("已响应，办理中")
    SOLVED = "solved", _("已解决，待反馈")
    CLOSED = "closed", _("已反馈，已办结")


class Need(models.Model):
    """A need or an incident. `place` is the grid it belonged to when it came up, else the door's own place.

    `handler` is whom the leader gave it to, where they did. `due_at` is the close of business by which it has
    to be solved, of an urgent one on the same day. `sweep_at` is the next moment at which somebody is asked.
    `responded_at` is when somebody other than whoever reported it was there or saw to it. Solved is not over:
    the feedback is.
    """

    key = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("类别"), max_length=8, choices=NeedKind.choices, default=NeedKind.NEED)
    is_urgent = models.BooleanField(_("民生急难，当天响应"), default=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="needs", verbose_name=_("社区")
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    household = models.ForeignKey(
        Household,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="needs",
        verbose_name=_("住户"),
    )
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("居民")
    )
    spot = models.CharField(_("地点"), max_length=100, blank=True)
    visit = models.OneToOneField(
        Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="need", verbose_name=_("走访")
    )
    text = models.CharField(_("情况"), max_length=300)
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="needs", verbose_name=_("上报人")
    )
    reported_at = models.DateTimeField(_("上报时间"))
    tier = models.CharField(_("在谁那里"), max_length=9, choices=NeedTier.choices, default=NeedTier.LEADER)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("交给谁办"),
    )
    due_at = models.DateTimeField(_("办理时限"))
    sweep_at = models.DateTimeField(null=True, blank=True, editable=False)
    responded_at = models.DateTimeField(_("响应时间"), null=True, blank=True)
    responded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("响应人"),
    )
    response = models.CharField(_("怎样响应的"), max_length=200, blank=True)
    solved_at = models.DateTimeField(_("解决时间"), null=True, blank=True)
    solved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("解决人"),
    )
    solution = models.CharField(_("怎样解决的"), max_length=300, blank=True)
    is_in_grid = models.BooleanField(_("网格内解决"), default=False)
    result = models.CharField(_("结果"), max_length=9, choices=NeedResult.choices, blank=True)
    feedback = models.CharField(_("怎样反馈的"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("反馈人"),
    )

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("需求和事件")
        verbose_name_plural = _("需求和事件")
        indexes = [
            models.Index(fields=["place", "-id"], name="need_place"),
            models.Index(fields=["place", "due_at"], name="need_open", condition=Q(closed_at=None)),
            models.Index(fields=["place", "reported_at"], name="need_reported"),
            models.Index(fields=["household", "-id"], name="need_household"),
            models.Index(fields=["sweep_at"], name="need_sweep", condition=Q(sweep_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(household__isnull=False) | Q(spot__gt=""), name="need_is_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(responded_at=None, responded_by=None)
                | Q(responded_at__isnull=False, responded_by__isnull=False),
                name="need_responded_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(solved_at=None, solved_by=None, solution="", is_in_grid=False)
                | Q(solved_at__isnull=False, solved_by__isnull=False, solution__gt=""),
                name="need_solved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, result="", feedback="")
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    result__gt="",
                    feedback__gt="",
                    solved_at__isnull=False,
                    sweep_at=None,
                ),
                name="need_closed_with_feedback",
            ),
            models.CheckConstraint(
                condition=Q(is_in_grid=False) | Q(tier__in=IN_GRID), name="need_in_grid_never_left_it"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def where(self) -> str:
        """The door, or in words; reads `household__place__parent__parent`."""
        return self.household.long_name if self.household else self.spot

    @property
    def state(self) -> NeedState:
        if self.closed_at is not None:
            return NeedState.CLOSED
        if self.solved_at is not None:
            return NeedState.SOLVED
        return NeedState.OPEN if self.responded_at is None else NeedState.RESPONDED

    @property
    def state_label(self) -> str | Promise:
        return self.state.label

    def is_late(self, at: datetime) -> bool:
        """Over its limit and not solved."""
        return self.solved_at is None and self.due_at < at

    @property
    def is_same_day(self) -> bool:
        """Whether somebody saw to it by the day of its limit."""
        moments = [moment for moment in (self.responded_at, self.solved_at) if moment]
        return bool(moments) and timezone.localdate(min(moments)) <= timezone.localdate(self.due_at)
