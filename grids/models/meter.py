"""抄表: every household's meter is read at the door, then the bill is shared to the fen (G-33)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Household, Place
from core.models import StoredImage
from grids.querysets import MeterCycleQuerySet, MeterReadingQuerySet


class MeterKind(models.TextChoices):
    """What is measured."""

    WATER = "water", _("水")
    ELECTRICITY = "electricity", _("电")
    GAS = "gas", _("燃气")
    HEAT = "heat", _("热")


class MeterCycle(models.Model):
    """One round of readings under a place, and the bill that is shared after it.

    `shared_at` ends it: no reading changes a share that households were told of.
    """

    key = models.UUIDField(unique=True, editable=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="meter_cycles", verbose_name=_("社区")
    )
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="meter_cycles", verbose_name=_("范围")
    )
    scope = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("抄什么表"), max_length=12, choices=MeterKind.choices)
    bill_fen = models.PositiveBigIntegerField(_("账单（分）"))
    opens_on = models.DateField(_("开始抄表"))
    due_on = models.DateField(_("抄完的日子"))
    next_on = models.DateField(_("下次抄表"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("发起人")
    )
    shared_at = models.DateTimeField(_("分摊时间"), null=True, blank=True)
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("分摊人"),
    )
    unread_told = models.BooleanField(default=False, editable=False)
    next_told = models.BooleanField(default=False, editable=False)

    objects = MeterCycleQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("抄表")
        verbose_name_plural = _("抄表")
        indexes = [
            models.Index(fields=["scope", "-id"], name="meter_scope"),
            models.Index(fields=["due_on"], name="meter_due", condition=Q(shared_at=None, unread_told=False)),
            models.Index(
                fields=["next_on"], name="meter_next", condition=Q(next_on__isnull=False, next_told=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")) & (Q(next_on=None) | Q(next_on__gt=F("opens_on"))),
                name="meter_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None, shared_by=None)
                | Q(shared_at__isnull=False, shared_by__isnull=False),
                name="meter_shared_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def bill(self) -> Decimal:
        """In yuan."""
        return Decimal(self.bill_fen) / 100


class MeterReading(models.Model):
    """One household of a round, read or not: `previous` is where the meter stood, `value` where it stands.

    `place` is the grid of that door, whose worker reads it; where no grid holds it, the round's scope.
    """

    cycle = models.ForeignKey(MeterCycle, on_delete=models.PROTECT, related_name="readings")
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="meter_readings", verbose_name=_("住户")
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", editable=False)
    meter = models.CharField(_("表号"), max_length=30, blank=True)
    previous = models.DecimalField(_("上次读数"), max_digits=9, decimal_places=2, default=0)
    value = models.DecimalField(_("这次读数"), max_digits=9, decimal_places=2, null=True, blank=True)
    photo = models.OneToOneField(
        StoredImage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meter_reading",
        editable=False,
    )
    reader = models.CharField(_("一起抄表的居民"), max_length=40, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("抄表人"),
    )
    read_at = models.DateTimeField(_("抄表时间"), null=True, blank=True)
    share_fen = models.PositiveBigIntegerField(_("分摊（分）"), null=True, blank=True)

    objects = MeterReadingQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name = _("读数")
        verbose_name_plural = _("读数")
        indexes = [
            models.Index(fields=["cycle", "household"], name="reading_unread", condition=Q(value=None)),
            models.Index(fields=["household", "-id"], name="reading_household"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "household"], name="reading_once_a_cycle"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=F("previous")), name="reading_never_below_previous"
            ),
            models.CheckConstraint(
                condition=Q(value=None, read_by=None, read_at=None)
                | Q(value__isnull=False, read_by__isnull=False, read_at__isnull=False),
                name="reading_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(share_fen=None) | Q(value__isnull=False), name="reading_shared_once_read"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.household}"

    @property
    def use(self) -> Decimal:
        """How much was used since the last reading; nothing while it is unread."""
        return (self.value - self.previous) if self.value is not None else Decimal(0)

    @property
    def share(self) -> Decimal | None:
        """In yuan."""
        return None if self.share_fen is None else Decimal(self.share_fen) / 100
