"""巡查: walks through a grid, the check-ins on the way, and what became of each window (G-05, G-11)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community
from grids.models.grid import Grid
from grids.models.patrol_plan import Checkpoint, Part
from grids.querysets import PatrolQuerySet


class Patrol(models.Model):
    """One walk of one person, by the server's clock. It counts once it has both a start and an end.

    `is_forgotten`: nobody ended it in time; an end that arrives late from a phone still does.
    `is_doubtful`: a clock that was off said when it began or ended. `track` is [[longitude, latitude], …].
    """

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="patrols", verbose_name=_("网格"))
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="patrols", verbose_name=_("巡查人")
    )
    key = models.UUIDField(unique=True, editable=False)
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    note = models.TextField(_("巡查记录"), max_length=500, blank=True)
    track = models.JSONField(_("路线"), default=list, blank=True)
    is_forgotten = models.BooleanField(_("没有按时结束"), default=False)
    is_doubtful = models.BooleanField(_("手机时间存疑"), default=False)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        ordering = ("-started_at",)
        verbose_name = _("巡查")
        verbose_name_plural = _("巡查")
        indexes = [
            models.Index(fields=["grid", "-started_at"], name="patrol_grid"),
            models.Index(fields=["started_at"], name="patrol_open", condition=Q(ended_at=None)),
            models.Index(fields=["started_at"], name="patrol_track", condition=~Q(track=[])),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                name="patrol_one_at_a_time",
                condition=Q(ended_at=None, is_forgotten=False),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="patrol_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} · {self.worker}"


class Doubt(models.TextChoices):
    """Why a check-in is not verified."""

    NONE = "", _("已核实")
    CLOCK = "clock", _("手机时间不准")
    VOUCHED = "vouched", _("由网格长补录")
    WINDOW = "window", _("不在巡查时段")
    NO_SPOT = "no_spot", _("点位没有登记位置")
    NO_POSITION = "no_position", _("没有手机位置")
    COARSE = "coarse", _("手机位置不够准")
    FAR = "far", _("离点位太远")


class CheckIn(models.Model):
    """A code that was read on the spot. Verified when position, distance and window were right as well.

    The position itself is not kept, only how far off it was.
    """

    patrol = models.ForeignKey(
        Patrol, on_delete=models.CASCADE, related_name="check_ins", verbose_name=_("巡查")
    )
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, related_name="check_ins", verbose_name=_("点位")
    )
    happened_at = models.DateTimeField(_("打卡时间"))
    received_at = models.DateTimeField(_("收到时间"))
    metres = models.PositiveIntegerField(_("离点位（米）"), null=True, blank=True)
    doubt = models.CharField(_("核实情况"), max_length=12, choices=Doubt.choices, blank=True)

    class Meta:
        ordering = ("happened_at", "pk")
        verbose_name = _("打卡")
        verbose_name_plural = _("打卡")
        constraints = [
            models.UniqueConstraint(fields=["patrol", "checkpoint"], name="check_in_once_a_patrol"),
            models.CheckConstraint(
                condition=~Q(doubt="") | Q(metres__isnull=False), name="check_in_verified_by_position"
            ),
        ]

    def __str__(self) -> str:
        return str(self.checkpoint)

    @property
    def is_verified(self) -> bool:
        return self.doubt == Doubt.NONE


class PatrolRound(models.Model):
    """What became of one window of one day: met by a patrol, or missed. Counted once, whoever finds it out.

    A patrol that arrives late from a phone turns what was missed into met.
    """

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="rounds", verbose_name=_("网格"))
    day = models.DateField(_("日期"))
    part = models.CharField(_("时段"), max_length=5, choices=Part.choices)
    patrol = models.ForeignKey(
        Patrol, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("巡查")
    )

    class Meta:
        ordering = ("-day", "part", "pk")
        verbose_name = _("巡查时段")
        verbose_name_plural = _("巡查时段")
        constraints = [models.UniqueConstraint(fields=["grid", "day", "part"], name="patrol_round_once")]

    def __str__(self) -> str:
        return f"{self.grid} {self.day} {self.get_part_display()}"

    @property
    def is_met(self) -> bool:
        return self.patrol_id is not None


class PatrolTally(models.Model):
    """How many windows of a community were met and missed on a day, and what was noted on the way, by kind;
    added to in the same transactions."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    met = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    check_ins = models.PositiveIntegerField(default=0)
    verified = models.PositiveIntegerField(default=0)
    notes_greeting = models.PositiveIntegerField(default=0, db_default=0)
    notes_answer = models.PositiveIntegerField(default=0, db_default=0)
    notes_opinion = models.PositiveIntegerField(default=0, db_default=0)
    notes_mediation = models.PositiveIntegerField(default=0, db_default=0)
    notes_help = models.PositiveIntegerField(default=0, db_default=0)
    notes_other = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ("-day", "pk")
        verbose_name = _("巡查统计")
        verbose_name_plural = _("巡查统计")
        indexes = [models.Index(fields=["day"], name="patrol_tally_day")]
        constraints = [
            models.UniqueConstraint(fields=["community", "day"], name="patrol_tally_once"),
            models.CheckConstraint(
                condition=Q(verified__lte=F("check_ins")), name="patrol_verified_of_check_ins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.day}"
