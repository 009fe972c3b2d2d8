"""What is known about an estate beyond its place in the tree (C-03, C-05)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.people import Organisation
from community.models.place import Place


class UseMix(models.TextChoices):
    """What an estate is made of."""

    RESIDENTIAL = "residential", _("住宅")
    MIXED = "mixed", _("商住混合")
    COMMERCIAL = "commercial", _("商业")


class Renewal(models.TextChoices):
    """How far the renewal of an old estate has come."""

    NONE = "none", _("未列入")
    PLANNED = "planned", _("已列入计划")
    UNDERWAY = "underway", _("改造中")
    DONE = "done", _("已改造")


class Estate(models.Model):
    """A residential compound. Shares its key with its place; without a company it shows 无物业."""

    place = models.OneToOneField(
        Place, on_delete=models.CASCADE, primary_key=True, related_name="estate", verbose_name=_("地点")
    )
    property_company = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="estates",
        verbose_name=_("物业服务企业"),
    )
    use_mix = models.CharField(_("用途"), max_length=12, choices=UseMix.choices, default=UseMix.RESIDENTIAL)
    renewal = models.CharField(
        _("老旧小区改造"), max_length=10, choices=Renewal.choices, default=Renewal.NONE
    )
    renewal_started_on = models.DateField(_("改造开始日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("小区情况")
        verbose_name_plural = _("小区情况")

    def __str__(self) -> str:
        return str(self.place)
