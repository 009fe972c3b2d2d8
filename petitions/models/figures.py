"""Counts of a community, computed from the records and kept with the time they were computed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models import Community


class CommunityFigures(models.Model):
    """The figures of one community's page. `received` counts matters, `opinions` the people behind them:
    several opinions can make one matter (P-28). `ratings` is the n that stands beside the satisfaction.
    """

    community = models.OneToOneField(
        Community, on_delete=models.CASCADE, primary_key=True, related_name="figures"
    )
    computed_at = models.DateTimeField()
    received = models.PositiveIntegerField(_("收到"), default=0)
    opinions = models.PositiveIntegerField(_("意见"), default=0, db_default=0)
    open = models.PositiveIntegerField(_("办理中"), default=0)
    answered = models.PositiveIntegerField(_("已答复"), default=0)
    confirmed = models.PositiveIntegerField(_("居民确认"), default=0)
    silent = models.PositiveIntegerField(_("未作评价"), default=0)
    closed_by_unit = models.PositiveIntegerField(_("单位办结、居民未确认"), default=0)
    ratings = models.PositiveIntegerField(_("评价数"), default=0)
    satisfied = models.PositiveIntegerField(_("满意数"), default=0)
    overdue = models.PositiveIntegerField(_("超时"), default=0)

    class Meta:
        verbose_name = _("社区统计")
        verbose_name_plural = _("社区统计")

    def __str__(self) -> str:
        return str(self.community_id)
