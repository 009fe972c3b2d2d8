"""办事指南: what can be done here, what to bring, where, how long and what it costs (C-10, C-27)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.duties import Duty
from community.models.community import Community
from community.querysets import ServiceItemQuerySet
from core.models import Labelled


class ServiceFamily(models.TextChoices):
    """The six families of the catalogue (C-27)."""

    ADMINISTRATIVE = "administrative", _("行政")
    GRID = "grid", _("网格")
    VOLUNTEER = "volunteer", _("志愿")
    PUBLIC = "public", _("公共")
    DAILY_LIFE = "daily_life", _("生活")
    APPEAL = "appeal", _("诉求")


class HandlingMode(models.TextChoices):
    """How an item is handled (P-41)."""

    ONLINE = "online", _("网上办")
    REMOTE = "remote", _("远程办")
    AGENT = "agent", _("帮代办")
    AT_HOME = "at_home", _("上门办")


HANDLERS: Final = (
    Duty.GRID_WORKER,
    Duty.GRID_LEADER,
    Duty.CLERK,
    Duty.DISPATCHER,
    Duty.SECRETARY,
    Duty.SUPERVISOR,
)
"""The duties that may be the first to handle an item."""

NEEDED: Final[Mapping[str, tuple[Q, str | Promise]]] = {
    "documents": (Q(documents__len__gt=0), _("启用前请至少写一份所需材料。")),
    "steps": (Q(steps__len__gt=0), _("启用前请至少写一步办理流程。")),
    "where": (Q(where__gt=""), _("启用前请写明在哪里办。")),
    "fee": (Q(fee__gt=""), _("启用前请写明收费，不收费写“免费”。")),
    "family": (Q(family__gt=""), _("启用前请选定所属的类。")),
    "handler": (Q(handler__gt=""), _("启用前请选定由谁经办。")),
    "limit": (
        Q(time_limit__gt="", limit_minutes__isnull=False, limit_minutes__gt=0),
        _("启用前请写明办理时限。"),
    ),
}
"""What an item must say before anybody sees it, and the sentence where it does not."""


class ServiceItem(Labelled):
    """One thing people come for. Without a community it is the whole portal's.

    `limit_minutes` are working minutes; `handler` is the duty that gets it first.
    """

    community = models.ForeignKey(
        Community,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="service_items",
        verbose_name=_("社区"),
        help_text=_("不选就是所有社区共用，只有县级管理员可以这样做。"),
    )
    family = models.CharField(_("类"), max_length=16, choices=ServiceFamily.choices, blank=True)
    title = models.CharField(_("事项"), max_length=40)
    documents = ArrayField(
        models.CharField(max_length=200), verbose_name=_("所需材料"), default=list, blank=True
    )
    steps = ArrayField(models.CharField(max_length=200), verbose_name=_("办理流程"), default=list, blank=True)
    where = models.CharField(_("在哪里办"), max_length=100, blank=True)
    phone = models.CharField(_("咨询电话"), max_length=30, blank=True)
    fee = models.CharField(_("收费"), max_length=60, blank=True)
    time_limit = models.CharField(_("多久办好"), max_length=40, blank=True)
    limit_minutes = models.PositiveIntegerField(
        _("办理时限（工作分钟）"), null=True, blank=True, help_text=_("一个工作日按 420 分钟算。")
    )
    handler = models.CharField(
        _("由谁经办"),
        max_length=24,
        choices=[(duty.value, duty.label) for duty in HANDLERS],
        blank=True,
    )
    modes = ArrayField(
        models.CharField(max_length=8, choices=HandlingMode.choices),
        verbose_name=_("可以怎样办"),
        default=list,
        blank=True,
    )
    is_active = models.BooleanField(_("启用"), default=False)
    reviewed_on = models.DateField(_("最近核对"), null=True, blank=True, editable=False)

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("办事指南")
        verbose_name_plural = _("办事指南")
        indexes = [
            models.Index(fields=["reviewed_on"], name="service_item_reviewed", condition=Q(is_active=True))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "title"], nulls_distinct=False, name="service_item_title_once"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(is_active=False) | rule, name=f"service_item_active_has_{name}"
                )
                for name, (rule, _sentence) in NEEDED.items()
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(reviewed_on__isnull=False),
                name="service_item_active_was_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def mode_labels(self) -> list[str]:
        """The modes on offer, in their usual order."""
        return [str(mode.label) for mode in HandlingMode if mode.value in self.modes]

    def unmet(self) -> list[str]:
        """What still has to be filled in before it can be shown."""
        has = {
            "documents": self.documents,
            "steps": self.steps,
            "where": self.where,
            "fee": self.fee,
            "family": self.family,
            "handler": self.handler,
            "limit": self.time_limit and self.limit_minutes,
        }
        return [str(sentence) for name, (_rule, sentence) in NEEDED.items() if not has[name]]


class ServiceItemUse(models.Model):
    """How often an item was opened in a community."""

    item = models.ForeignKey(ServiceItem, on_delete=models.CASCADE, related_name="uses")
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+", db_index=False)
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("指南点击")
        verbose_name_plural = _("指南点击")
        constraints = [models.UniqueConstraint(fields=["community", "item"], name="service_item_use_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.hits}"
