"""从您的话里长出来的服务: what became of words that asked for more than a repair (P-43)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Community


class ServiceKind(models.TextChoices):
    """What kind of service it is."""

    MEALS = "meals", _("助餐")
    ELDER_CARE = "elder_care", _("养老照护")
    CHILDREN = "children", _("儿童托管")
    JOBS = "jobs", _("就业")
    HEALTH = "health", _("健康")
    FACILITY = "facility", _("便民设施")
    OTHER = "other", _("其他")


class ServiceBorn(models.Model):
    """A service that grew from what people asked for; open once `opened_on` has come.

    Apps above link their own things to it through `core.registries.service_pages`.
    """

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("社区")
    )
    title = models.CharField(_("服务名称"), max_length=40)
    kind = models.CharField(_("类型"), max_length=12, choices=ServiceKind.choices)
    introduction = models.CharField(_("说明"), max_length=200, blank=True)
    planned_at = models.DateTimeField(_("立项时间"))
    opened_on = models.DateField(_("开办日期"), null=True, blank=True)
    announced_at = models.DateTimeField(_("已告知"), null=True, blank=True)

    class Meta:
        verbose_name = _("新服务")
        verbose_name_plural = _("新服务")
        ordering = ("-planned_at", "-pk")
        indexes = [models.Index(fields=["community", "-planned_at", "-id"], name="service_community")]
        constraints = [
            models.UniqueConstraint(fields=["community", "title"], name="service_title_once"),
            models.CheckConstraint(
                condition=Q(announced_at__isnull=True) | Q(opened_on__isnull=False),
                name="service_announced_when_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title
