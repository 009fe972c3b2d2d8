"""一年两排: twice a year every known child is confirmed or closed, within a window (G-26)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community
from grids.models.care import CareSubject


class Half(models.IntegerChoices):
    """The half of the year."""

    FIRST = 1, _("上半年")
    SECOND = 2, _("下半年")


class CensusRound(models.Model):
    """A round of a community. `listed` and `checked` are what it came to when it closed."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="census_rounds", verbose_name=_("社区")
    )
    year = models.PositiveSmallIntegerField(_("年"))
    half = models.PositiveSmallIntegerField(_("半年"), choices=Half.choices)
    opens_on = models.DateField(_("开始"))
    closes_on = models.DateField(_("截止"))
    opened_at = models.DateTimeField(_("已开始"), null=True, blank=True)
    closed_at = models.DateTimeField(_("已截止"), null=True, blank=True)
    listed = models.PositiveIntegerField(_("应排查"), null=True, blank=True)
    checked = models.PositiveIntegerField(_("已排查"), null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("摸排轮次")
        verbose_name_plural = _("一年两排")
        constraints = [
            models.UniqueConstraint(fields=["community", "year", "half"], name="census_twice_a_year"),
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opens_on")), name="census_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, listed=None, checked=None)
                | Q(closed_at__isnull=False, listed__isnull=False, checked__isnull=False),
                name="census_closed_with_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.year} {self.get_half_display()}"

    @property
    def percent(self) -> int | None:
        """How many of those listed were checked when it closed; None before, or with nobody listed."""
        if self.closed_at is None or not self.listed:
            return None
        return round(100 * (self.checked or 0) / self.listed)


class CensusState(models.TextChoices):
    """What the round says of somebody."""

    PENDING = "pending", _("待排查")
    CONFIRMED = "confirmed", _("仍在册")
    CLOSED = "closed", _("已移出")


class CensusEntry(models.Model):
    """One child in one round; unchecked at the end, it is passed on (`escalated_at`)."""

    round = models.ForeignKey(
        CensusRound, on_delete=models.CASCADE, related_name="entries", verbose_name=_("摸排轮次")
    )
    subject = models.ForeignKey(
        CareSubject, on_delete=models.CASCADE, related_name="census", verbose_name=_("关爱对象")
    )
    state = models.CharField(
        _("结果"), max_length=10, choices=CensusState.choices, default=CensusState.PENDING
    )
    is_new = models.BooleanField(_("本轮新增"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("排查人"),
    )
    at = models.DateTimeField(_("排查时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    escalated_at = models.DateTimeField(_("上报时间"), null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("摸排记录")
        verbose_name_plural = _("摸排记录")
        indexes = [models.Index(fields=["subject"], name="census_pending", condition=Q(state="pending"))]
        constraints = [
            models.UniqueConstraint(fields=["round", "subject"], name="census_entry_once"),
            models.CheckConstraint(
                condition=Q(state="pending", at=None) | (~Q(state="pending") & Q(at__isnull=False)),
                name="census_checked_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_state_display()}"
