"""拉网式摸排: a list of places to go to, each with a record even where nothing was found (G-20)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Place
from core.models import StoredImage
from grids.querysets import SweepQuerySet


class Sweep(models.Model):
    """One sweep of a community, an estate or a grid, by accounts and by helpers without one."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="sweeps", verbose_name=_("社区")
    )
    scope = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("范围"))
    name = models.CharField(_("名称"), max_length=40)
    checklist = models.TextField(_("检查清单"), max_length=1000, help_text=_("一行一项。"))
    participants = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="sweeps", verbose_name=_("参加的工作人员")
    )
    helpers = models.CharField(_("参加的志愿者等"), max_length=200, blank=True)
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"))
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True, editable=False)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("结束人"),
    )
    sweep_on = models.DateField(null=True, blank=True, editable=False)

    objects = SweepQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("摸排")
        verbose_name_plural = _("拉网式摸排")
        indexes = [
            models.Index(fields=["scope", "-id"], name="sweep_scope"),
            models.Index(fields=["sweep_on"], name="sweep_due", condition=Q(sweep_on__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="sweep_name_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="sweep_ends_after_start"),
            models.CheckConstraint(
                condition=Q(finished_at=None, finished_by=None)
                | Q(finished_at__isnull=False, finished_by__isnull=False),
                name="sweep_finished_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def points(self) -> list[str]:
        """What is looked at everywhere."""
        return [line.strip() for line in self.checklist.splitlines() if line.strip()]


class SweepWalker(models.Model):
    """A resident who goes along on one sweep, named by staff; no longer once somebody says so."""

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="walkers", verbose_name=_("摸排"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="walks", verbose_name=_("志愿者")
    )
    named_at = models.DateTimeField(_("什么时候请的"))
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(_("不再参加的时间"), null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("摸排志愿者")
        verbose_name_plural = _("摸排志愿者")
        constraints = [
            models.UniqueConstraint(
                fields=["sweep", "user"], condition=Q(ended_at=None), name="sweep_walker_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class StopResult(models.TextChoices):
    """What a stop came to."""

    NOTHING = "nothing", _("没有发现问题")
    HAZARD = "hazard", _("发现隐患")


class SweepStop(models.Model):
    """A place to go to: a building, or a shop or courtyard by its name. Recorded once, with who and when.

    `photo` is a volunteer's, of a hazard not in the ledger yet: a worker who enters it takes it along.
    """

    sweep = models.ForeignKey(Sweep, on_delete=models.CASCADE, related_name="stops", verbose_name=_("摸排"))
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("地点"))
    name = models.CharField(_("店铺或院落"), max_length=60, blank=True)
    result = models.CharField(_("结果"), max_length=8, choices=StopResult.choices, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("谁去的"),
    )
    recorded_at = models.DateTimeField(_("什么时候"), null=True, blank=True)
    photo = models.OneToOneField(
        StoredImage,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sweep_stop",
        editable=False,
    )

    class Meta:
        ordering = ("pk",)
        verbose_name = _("摸排点")
        verbose_name_plural = _("摸排点")
        indexes = [
            models.Index(fields=["recorded_at"], name="sweep_photo_kept", condition=Q(photo__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(photo=None) | Q(result="hazard"), name="sweep_photo_of_a_hazard"
            ),
            models.UniqueConstraint(fields=["sweep", "place", "name"], name="sweep_stop_once"),
            models.CheckConstraint(
                condition=Q(result="", recorded_at=None, recorded_by=None)
                | ~Q(result="") & Q(recorded_at__isnull=False, recorded_by__isnull=False),
                name="sweep_stop_recorded_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place.long_name} {self.name}".strip()
