"""What a project costs and what its use will cost; both published before the works begin (P-30)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.project import NAME_MAX, REASON_MAX, Project
from petitions.models.session import DeliberationSession

SOURCE_MAX: Final = 40


class BudgetLine(models.Model):
    """One source of money. Lines are added, never changed; a later one says why it came."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="budget")
    source = models.CharField(_("资金来源"), max_length=SOURCE_MAX)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    is_first = models.BooleanField(default=False, editable=False)
    reason = models.CharField(_("调整原因"), max_length=REASON_MAX, blank=True)
    published_at = models.DateTimeField(_("公布"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("预算")
        verbose_name_plural = _("预算")
        ordering = ("published_at", "id")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="budget_line_has_amount"),
            models.CheckConstraint(
                condition=Q(is_first=True, amount_fen__gt=0) | Q(is_first=False, reason__gt=""),
                name="budget_changed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.amount_fen) / 100


class ProjectPrice(models.Model):
    """收费标准: a base tariff and a service fee. Another price of the same name needs a session (P-30)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="prices")
    name = models.CharField(_("收费项目"), max_length=NAME_MAX)
    unit = models.CharField(_("计价单位"), max_length=8)
    base = models.DecimalField(_("基本价（元）"), max_digits=9, decimal_places=4)
    service = models.DecimalField(_("服务费（元）"), max_digits=9, decimal_places=4, default=Decimal(0))
    is_first = models.BooleanField(default=True, editable=False)
    session = models.ForeignKey(
        DeliberationSession,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("依据的议事会"),
    )
    published_at = models.DateTimeField(_("公布"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(_("停用"), null=True, blank=True)
    sweep_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("收费标准")
        verbose_name_plural = _("收费标准")
        ordering = ("name", "-published_at", "-id")
        indexes = [
            models.Index(fields=["sweep_at"], name="project_price_sweep", condition=Q(sweep_at__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(condition=Q(base__gte=0, service__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(is_first=True) | Q(session__isnull=False), name="price_changed_by_session"
            ),
            models.UniqueConstraint(
                fields=["project", "name"], condition=Q(is_first=True), name="price_first_once"
            ),
            models.UniqueConstraint(
                fields=["project", "name"], condition=Q(replaced_at__isnull=True), name="price_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def total(self) -> Decimal:
        return self.base + self.service

    @property
    def is_in_force(self) -> bool:
        return self.replaced_at is None
