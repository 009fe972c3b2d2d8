"""外勤记录: what a worker entered on the phone, perhaps without signal, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Place
from core.models import StoredImage

CLOCK_TOLERANCE: Final = timedelta(minutes=10)
OLDEST: Final = timedelta(days=30)
"""An entry that waited for longer on a phone that is right about the time is not believed by itself."""


class EntryState(models.TextChoices):
    """What became of an entry."""

    LANDED = "landed", _("已入账")
    HELD = "held", _("等网格长处理")
    ACCEPTED = "accepted", _("网格长已接收")
    DROPPED = "dropped", _("不接收")


class FieldEntry(models.Model):
    """One entry. Its id is made on the phone: what is sent twice lands once.

    `captured_at` is what the phone's clock said, `received_at` what the server's did. `title` is
    its first words and `fields` what was typed, {name: values}: both only as long as somebody has to decide.
    `said` is what its worker is told when it has landed, however often the phone asks; `warns` where it is
    not as hoped.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(_("种类"), max_length=40)
    title = models.CharField(_("内容"), max_length=80, blank=True)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="field_entries",
        verbose_name=_("记录人"),
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("在哪里任职"))
    captured_at = models.DateTimeField(_("手机记下的时间"))
    received_at = models.DateTimeField(_("收到时间"))
    clock_off = models.DurationField(_("手机钟快了"), default=timedelta)
    state = models.CharField(_("状态"), max_length=8, choices=EntryState.choices, default=EntryState.LANDED)
    reason = models.CharField(_("为什么没有直接入账"), max_length=300, blank=True)
    fields = models.JSONField(_("填写的内容"), default=dict, blank=True)
    result = models.CharField(_("成为"), max_length=60, blank=True)
    result_url = models.CharField(max_length=200, blank=True)
    said = models.CharField(_("回复"), max_length=300, blank=True)
    warns = models.BooleanField(default=False, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("处理人"),
    )
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    decision = models.CharField(_("处理说明"), max_length=300, blank=True)

    class Meta:
        ordering = ("-received_at",)
        verbose_name = _("外勤记录")
        verbose_name_plural = _("外勤记录")
        indexes = [
            models.Index(fields=["worker", "-received_at"], name="entry_worker"),
            models.Index(fields=["received_at"], name="entry_held", condition=Q(state="held")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["landed", "held"], decided_at=None, decided_by=None)
                | Q(state__in=["accepted", "dropped"], decided_at__isnull=False, decided_by__isnull=False),
                name="entry_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="held") | Q(fields={}, title=""), name="entry_keeps_nothing_once_decided"
            ),
            models.CheckConstraint(condition=~Q(state="held", reason=""), name="entry_held_for_a_reason"),
            models.CheckConstraint(
                condition=~Q(state="dropped", decision=""), name="entry_dropped_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.result or str(self.pk)

    @property
    def happened_at(self) -> datetime:
        """When it was entered by the server's clock, never later than it arrived."""
        return happened(self.captured_at, self.clock_off, self.received_at)

    @property
    def is_clock_doubtful(self) -> bool:
        """Whether the phone's clock was off, or its time is not plausible."""
        is_late = self.received_at - self.happened_at > OLDEST
        is_ahead = self.captured_at - self.clock_off > self.received_at + CLOCK_TOLERANCE
        return abs(self.clock_off) > CLOCK_TOLERANCE or is_late or is_ahead


def happened(captured_at: datetime, clock_off: timedelta, received_at: datetime) -> datetime:
    """The moment by the server's clock, never later than the arrival."""
    return min(captured_at - clock_off, received_at)


class FieldEntryPhoto(models.Model):
    """A photo of an entry about which somebody has to decide; `field` is where it was taken."""

    entry = models.ForeignKey(FieldEntry, on_delete=models.CASCADE, related_name="photos")
    field = models.CharField(max_length=40)
    image = models.OneToOneField(StoredImage, on_delete=models.PROTECT, related_name="field_entry_photo")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("外勤照片")
        verbose_name_plural = _("外勤照片")

    def __str__(self) -> str:
        return str(self.image_id)
