"""代办: something done for a household, over only once they have been told (G-07)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.models import Household, Place, Resident
from grids.models.visit import Visit
from grids.querysets import ErrandQuerySet


class ErrandKind(models.TextChoices):
    """What is done for somebody."""

    PAPERS = "papers", _("证件证明")
    SHOPPING = "shopping", _("买菜买药")
    PAYMENT = "payment", _("缴费")
    REPAIR = "repair", _("找人维修")
    COMPANY = "company", _("陪同办事就医")
    OTHER = "other", _("其他")


class ErrandState(models.TextChoices):
    """Where an errand stands. Kept nowhere: it is what its moments say."""

    DOING = "doing", _("办理中")
    AWAITING = "awaiting", _("待告知居民")
    CLOSED = "closed", _("已告知，已了结")


class ToldHow(models.TextChoices):
    """How a resident was told."""

    IN_PERSON = "in_person", _("当面")
    PHONE = "phone", _("电话")
    FAMILY = "family", _("请家人转告")


class Errand(models.Model):
    """One errand. `place` is the grid that the door belonged to when it was taken, else the door's own place.

    `remind_at` is when whoever does it is asked, once, whether the household knows. `is_in_vain`: it could
    not be done, which they have to hear as well. `key` is made by the phone or the page.
    """

    key = models.UUIDField(unique=True, editable=False)
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="errands", verbose_name=_("住户")
    )
    resident = models.ForeignKey(
        Resident,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="errands",
        verbose_name=_("谁托的"),
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("网格"))
    visit = models.OneToOneField(
        Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="errand", verbose_name=_("走访")
    )
    kind = models.CharField(_("类型"), max_length=10, choices=ErrandKind.choices, default=ErrandKind.OTHER)
    text = models.CharField(_("办什么事"), max_length=200)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="errands", verbose_name=_("接办人")
    )
    taken_at = models.DateTimeField(_("接办时间"))
    done_at = models.DateTimeField(_("办好时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("谁办的"),
    )
    is_in_vain = models.BooleanField(_("没办成"), default=False)
    result = models.CharField(_("办得怎样"), max_length=200, blank=True)
    told_at = models.DateTimeField(_("告知时间"), null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("谁告知的"),
    )
    told_how = models.CharField(_("怎样告知的"), max_length=10, choices=ToldHow.choices, blank=True)
    reply = models.CharField(_("居民怎么说"), max_length=200, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ErrandQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("代办")
        verbose_name_plural = _("代办")
        indexes = [
            models.Index(fields=["place", "-id"], name="errand_place"),
            models.Index(fields=["place", "taken_at"], name="errand_open", condition=Q(told_at=None)),
            models.Index(
                fields=["place", "told_at"], name="errand_closed", condition=Q(told_at__isnull=False)
            ),
            models.Index(fields=["remind_at"], name="errand_remind", condition=Q(remind_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, result="", is_in_vain=False)
                | Q(done_at__isnull=False, done_by__isnull=False, result__gt=""),
                name="errand_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None, told_by=None, told_how="")
                | Q(told_at__isnull=False, told_by__isnull=False, told_how__gt="", done_at__isnull=False),
                name="errand_told_once_done",
            ),
            models.CheckConstraint(
                condition=Q(remind_at=None) | Q(done_at__isnull=False, told_at=None),
                name="errand_reminded_while_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def state(self) -> ErrandState:
        """Done is not over: the household has to hear of it."""
        if self.told_at is not None:
            return ErrandState.CLOSED
        return ErrandState.DOING if self.done_at is None else ErrandState.AWAITING

    @property
    def state_label(self) -> str | Promise:
        return self.state.label
