"""关爱台账: who is cared for in which colour, who helps whom, and who has been visited (G-08, G-27, G-29)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Resident
from grids.models.colour import ColourScheme, SchemeColour
from grids.querysets import CareSubjectQuerySet, HelperPairingQuerySet


class CareSubject(models.Model):
    """A resident in a scheme, in a colour of it (a foreign key over both says so); `next_on` follows from the
    colour, the last visit and the month. Whoever is silent stays here, and on no list."""

    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="care", verbose_name=_("居民")
    )
    scheme = models.ForeignKey(
        ColourScheme, on_delete=models.PROTECT, related_name="subjects", verbose_name=_("色标方案")
    )
    colour = models.ForeignKey(
        SchemeColour, on_delete=models.PROTECT, related_name="subjects", verbose_name=_("色标")
    )
    opened_at = models.DateTimeField(_("列入时间"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("列入人"),
    )
    last_on = models.DateField(_("上次走访"), null=True, blank=True)
    next_on = models.DateField(_("下次走访"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    close_reason = models.CharField(_("结束原因"), max_length=100, blank=True)

    objects = CareSubjectQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("关爱对象")
        verbose_name_plural = _("关爱台账")
        indexes = [
            models.Index(fields=["next_on"], name="care_next", condition=Q(closed_at=None)),
            models.Index(fields=["colour", "resident"], name="care_colour", condition=Q(closed_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "scheme"], condition=Q(closed_at=None), name="care_subject_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, close_reason="")
                | Q(closed_at__isnull=False, close_reason__gt=""),
                name="care_closed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident} {self.colour}"


class ColourChange(models.Model):
    """A subject went from one colour to another, why and by whom; the first has no `before`."""

    subject = models.ForeignKey(CareSubject, on_delete=models.CASCADE, related_name="changes")
    before = models.ForeignKey(
        SchemeColour,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("原来"),
    )
    after = models.ForeignKey(
        SchemeColour, on_delete=models.PROTECT, related_name="+", verbose_name=_("改为")
    )
    is_upward = models.BooleanField(_("升级"), default=False)
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("谁改的"),
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("颜色变动")
        verbose_name_plural = _("颜色变动")
        indexes = [models.Index(fields=["-at"], name="colour_change_at")]
        constraints = [
            models.CheckConstraint(condition=Q(reason__gt=""), name="colour_change_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.before or ''} → {self.after}"


class HelperPairing(models.Model):
    """一对一: one helper for one subject at a time, on both sides."""

    subject = models.ForeignKey(CareSubject, on_delete=models.CASCADE, related_name="pairings")
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pairings", verbose_name=_("帮扶人")
    )
    paired_at = models.DateTimeField(_("结对时间"))
    paired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    end_reason = models.CharField(_("结束原因"), max_length=100, blank=True)

    objects = HelperPairingQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("结对")
        verbose_name_plural = _("结对")
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(ended_at=None), name="pairing_one_helper_a_subject"
            ),
            models.UniqueConstraint(
                fields=["helper"], condition=Q(ended_at=None), name="pairing_one_subject_a_helper"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="") | Q(ended_at__isnull=False, end_reason__gt=""),
                name="pairing_ended_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.helper}"


class CareVisit(models.Model):
    """Somebody was with a subject. `key` is made by the page; `findings` are personal."""

    key = models.UUIDField(unique=True, editable=False)
    subject = models.ForeignKey(
        CareSubject, on_delete=models.PROTECT, related_name="visits", verbose_name=_("关爱对象")
    )
    visited_on = models.DateField(_("走访日期"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("走访人")
    )
    recorded_at = models.DateTimeField(_("记录时间"))
    findings = models.TextField(_("情况"), max_length=1000, blank=True)

    class Meta:
        ordering = ("-visited_on", "-pk")
        verbose_name = _("关爱走访")
        verbose_name_plural = _("关爱走访")
        indexes = [models.Index(fields=["subject", "-visited_on"], name="care_visit_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.visited_on}"


class CareMonth(models.Model):
    """一月一访: what became of one month of one subject; unique, so that nothing is counted twice."""

    subject = models.ForeignKey(CareSubject, on_delete=models.CASCADE, related_name="months")
    month = models.DateField(_("月份"))
    visited_on = models.DateField(_("走访日期"), null=True, blank=True)
    missed_at = models.DateTimeField(_("记为漏访"), null=True, blank=True)

    class Meta:
        ordering = ("-month", "-pk")
        verbose_name = _("月度走访")
        verbose_name_plural = _("一月一访")
        indexes = [
            models.Index(
                fields=["month"], name="care_month_open", condition=Q(visited_on=None, missed_at=None)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["subject", "month"], name="care_month_once"),
            models.CheckConstraint(
                condition=Q(visited_on=None) | Q(missed_at=None), name="care_month_visited_or_missed"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="care_month_begins_it"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.month:%Y-%m}"


class CareMiss(models.Model):
    """Nobody came on the day that was planned, nor in the days of grace after it; once for each such day."""

    subject = models.ForeignKey(CareSubject, on_delete=models.CASCADE, related_name="misses")
    due_on = models.DateField(_("该走访的日子"))
    missed_at = models.DateTimeField(_("记为漏访"))

    class Meta:
        ordering = ("-due_on", "-pk")
        verbose_name = _("漏访")
        verbose_name_plural = _("漏访")
        indexes = [models.Index(fields=["missed_at"], name="care_miss_at")]
        constraints = [models.UniqueConstraint(fields=["subject", "due_on"], name="care_miss_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.due_on}"
