"""What the people of a grid do: 服务定责, the fourth step of 四定 (G-01, G-05)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models import Community


class DutyList(models.Model):
    """A community's list of duties; several grids may share one."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="duty_lists", verbose_name=_("社区")
    )
    name = models.CharField(_("名称"), max_length=60)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("职责清单")
        verbose_name_plural = _("职责清单")
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="duty_list_name_once")]

    def __str__(self) -> str:
        return self.name


class DutyItem(models.Model):
    """One duty, in the order in which the list says them."""

    duty_list = models.ForeignKey(DutyList, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)

    class Meta:
        ordering = ("duty_list", "order")
        verbose_name = _("职责")
        verbose_name_plural = _("职责")
        constraints = [
            models.UniqueConstraint(fields=["duty_list", "title"], name="duty_item_once"),
            models.UniqueConstraint(fields=["duty_list", "order"], name="duty_item_order_once"),
        ]

    def __str__(self) -> str:
        return self.title
