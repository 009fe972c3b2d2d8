"""Everybody who asked: each is informed, answered and asked to judge."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import TEXT_MAX, Petition


class ConsentWay(models.TextChoices):
    """How a person was told what their data are for, and agreed."""

    NONE = "", _("没有记录")
    FORM = "form", _("本人勾选")
    VOICE = "voice", _("工作人员口头告知")


class PetitionReporter(models.Model):
    """One person behind a petition: the first who filed it, or a neighbour who joined.

    The tracking code and the link are derived from the key and `code_version`; nothing secret is stored.
    A higher version makes earlier codes and links worthless.
    """

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="reporters")
    joining_key = models.UUIDField(unique=True, editable=False)
    is_first = models.BooleanField(default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="reported"
    )
    name = models.CharField(_("称呼"), max_length=40, blank=True)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    on_behalf_of = models.CharField(_("代谁反映"), max_length=40, blank=True)
    words = models.TextField(_("补充的话"), max_length=TEXT_MAX, blank=True)
    consented_at = models.DateTimeField(_("同意时间"), null=True, blank=True)
    consent_way = models.CharField(_("同意方式"), max_length=6, choices=ConsentWay.choices, blank=True)
    consent_notice = models.CharField(_("同意的说明版本"), max_length=12, blank=True)
    code_version = models.PositiveSmallIntegerField(default=1, editable=False)
    joined_at = models.DateTimeField()
    erasure_asked_at = models.DateTimeField(_("要求删除个人信息"), null=True, blank=True)
    erased_at = models.DateTimeField(_("已删除个人信息"), null=True, blank=True)

    own: Petition | None = None
    """The matter that this person asked, while `petition` is the one into which it was merged."""
    own_is_first = False
    merged_at: datetime | None = None

    class Meta:
        verbose_name = _("诉求人")
        verbose_name_plural = _("诉求人")
        ordering = ("id",)
        indexes = [
            models.Index(fields=["phone"], name="reporter_phone", condition=Q(phone__gt="")),
            models.Index(
                fields=["id"],
                name="reporter_to_erase",
                condition=Q(erasure_asked_at__isnull=False, erased_at__isnull=True),
            ),
            models.Index(fields=["user", "-id"], name="reporter_user", condition=Q(user__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(name="", phone="", on_behalf_of="", words="", user__isnull=True),
                name="reporter_erased_is_empty",
            ),
            models.UniqueConstraint(
                fields=["petition", "phone"],
                condition=Q(phone__gt=""),
                name="reporter_phone_once_per_petition",
            ),
            models.UniqueConstraint(
                fields=["petition"], condition=Q(is_first=True), name="reporter_one_first_per_petition"
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("未留姓名"))

    @property
    def is_reachable(self) -> bool:
        """Whether the portal can ask this person by itself; otherwise staff ask."""
        return bool(self.phone) or self.user_id is not None

    @property
    def is_nobody(self) -> bool:
        """Whether nothing is known of this person by which even staff could ask them."""
        return not (self.is_reachable or self.name or self.on_behalf_of)
