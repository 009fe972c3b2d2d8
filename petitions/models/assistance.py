"""帮办: somebody is helped with an item of the service guide until it is done (P-40, P-41, C-27)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import HandlingMode, ServiceItem
from core.models import Labelled, StoredImage
from petitions.models.petition import Petition

EXCHANGES_WANTED: Final = 5
"""So many rounds an application is talked over, or it is said why fewer were enough (P-40)."""


class Point(models.TextChoices):
    """The six points that are explained to whoever applies (P-40)."""

    DOCUMENTS = "documents", _("材料")
    PROCEDURE = "procedure", _("流程")
    CAUTIONS = "cautions", _("注意事项")
    SERVICES = "services", _("可提供的服务")
    COST = "cost", _("可能的费用")
    TIME = "time", _("时间")


class ExchangeWay(models.TextChoices):
    """How helper and resident spoke."""

    LIVE = "live", _("直播间")
    PHONE = "phone", _("电话")
    CHAT = "chat", _("微信")
    VIDEO = "video", _("视频")
    COUNTER = "counter", _("窗口")
    DOOR = "door", _("上门")


class Assistance(Labelled):
    """Which item a matter is about, how it is handled, on whose authority, and when somebody comes.

    A consultation (`is_application` False) is answered; an application is seen through to its completion.
    `was_on_time` is settled at 办结 against the handling clock of that moment.
    """

    petition = models.OneToOneField(
        Petition, on_delete=models.CASCADE, related_name="assistance", verbose_name=_("诉求")
    )
    item = models.ForeignKey(
        ServiceItem, on_delete=models.PROTECT, related_name="+", verbose_name=_("办理事项")
    )
    is_application = models.BooleanField(_("申请办理"), default=True)
    mode = models.CharField(_("办理方式"), max_length=8, choices=HandlingMode.choices, blank=True)
    authorised_by = models.CharField(_("授权人"), max_length=40, blank=True)
    authorisation = models.CharField(_("怎样授权"), max_length=200, blank=True)
    authorisation_photo = models.ForeignKey(
        StoredImage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    slot = models.DateTimeField(_("约定时间"), null=True, blank=True)
    address = models.CharField(_("上门地址"), max_length=100, blank=True)
    remind_at = models.DateTimeField(null=True, editable=False)
    few_reason = models.CharField(_("沟通不足五次的原因"), max_length=200, blank=True)
    completed_at = models.DateTimeField(_("办成时间"), null=True, blank=True)
    result = models.CharField(_("办成结果"), max_length=200, blank=True)
    was_on_time = models.BooleanField(_("按时"), null=True, editable=False)

    class Meta:
        verbose_name = _("帮办")
        verbose_name_plural = _("帮办")
        indexes = [
            models.Index(fields=["remind_at"], name="assistance_remind", condition=Q(remind_at__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(mode=HandlingMode.AGENT) | Q(authorised_by__gt="", authorisation__gt=""),
                name="assistance_agent_is_authorised",
            ),
            models.CheckConstraint(
                condition=~Q(mode=HandlingMode.AT_HOME) | Q(slot__isnull=False, address__gt=""),
                name="assistance_at_home_has_slot",
            ),
        ]

    def __str__(self) -> str:
        return str(self.item)


class Explanation(Labelled):
    """One of the six points, explained by somebody at some time."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="explanations")
    point = models.CharField(_("要点"), max_length=10, choices=Point.choices)
    explained_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    explained_at = models.DateTimeField()

    class Meta:
        verbose_name = _("六项说明")
        verbose_name_plural = _("六项说明")
        constraints = [
            models.UniqueConstraint(fields=["petition", "point"], name="explanation_once_per_point")
        ]

    def __str__(self) -> str:
        return str(self.get_point_display())


class Exchange(Labelled):
    """One round of question and answer between helper and resident."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="exchanges")
    way = models.CharField(_("方式"), max_length=8, choices=ExchangeWay.choices)
    note = models.CharField(_("说了什么"), max_length=300)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("沟通记录")
        verbose_name_plural = _("沟通记录")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.note
