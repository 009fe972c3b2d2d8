"""Counts computed from the records and kept with the time they were computed (C-31)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Place


class CommunityFigures(models.Model):
    """The figures of one community's home: its months added up. `received` counts matters, `opinions` the
    people behind them: several opinions can make one matter (P-28). `ratings` is the n that stands beside
    the satisfaction. At `computed_at` they were as the records say.
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
    imported = models.PositiveIntegerField(_("其中旧档导入"), default=0, db_default=0)
    closed_by_unit = models.PositiveIntegerField(_("单位办结、居民未确认"), default=0)
    ratings = models.PositiveIntegerField(_("评价数"), default=0)
    satisfied = models.PositiveIntegerField(_("满意数"), default=0)
    overdue = models.PositiveIntegerField(_("超时"), default=0)

    class Meta:
        verbose_name = _("社区统计")
        verbose_name_plural = _("社区统计")

    def __str__(self) -> str:
        return str(self.community_id)


class MonthFigures(models.Model):
    """What was raised in one month at one place, a community or one above it, and what became of it.

    Matters count in the month in which they were filed, sessions in the one in which people sat down; both
    by local time. Merged matters and spam are in no column. `open`, `set_aside` (returned, withdrawn) and
    `answered` make up `received`; `confirmed`, `refused`, `silent`, `waiting`, `unasked` and `imported`
    make up `answered`. `promised` had a day by which an answer was promised, and `on_time` kept it. What an
    old register says of satisfaction is kept apart, as `old_ratings` and `old_satisfied`; and of its
    matters `days` holds nothing, since its days have no hours.

    `splits` is {dimension: {key: [received, answered, confirmed]}}, for kinds of sessions {kind: [held,
    heads]}, for visits of mediators {evening or day: [number]}; a matter is once in each dimension, but under
    `mark` as often as something marks it; `kind` are the community's own categories by name. `days` is {step:
    {tenths of a day: matters}} of what is answered, rounded up, beyond ten days to whole ones, so that months
    and places can be added up and still have a median.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(_("月份"))
    computed_at = models.DateTimeField(_("计算时间"))
    received = models.PositiveIntegerField(_("收到"), default=0)
    opinions = models.PositiveIntegerField(_("意见"), default=0)
    open = models.PositiveIntegerField(_("办理中"), default=0)
    set_aside = models.PositiveIntegerField(_("退回、撤回"), default=0)
    answered = models.PositiveIntegerField(_("已答复"), default=0)
    promised = models.PositiveIntegerField(_("有承诺期限"), default=0)
    on_time = models.PositiveIntegerField(_("按时答复"), default=0)
    confirmed = models.PositiveIntegerField(_("居民确认"), default=0)
    refused = models.PositiveIntegerField(_("有人不满意"), default=0)
    silent = models.PositiveIntegerField(_("未作评价"), default=0)
    waiting = models.PositiveIntegerField(_("等待评价"), default=0)
    unasked = models.PositiveIntegerField(_("无人可问"), default=0)
    imported = models.PositiveIntegerField(_("旧档导入"), default=0, db_default=0)
    old_ratings = models.PositiveIntegerField(_("旧档有评价"), default=0, db_default=0)
    old_satisfied = models.PositiveIntegerField(_("旧档记载满意"), default=0, db_default=0)
    ratings = models.PositiveIntegerField(_("评价数"), default=0)
    satisfied = models.PositiveIntegerField(_("满意数"), default=0)
    agreed = models.PositiveIntegerField(_("调解成功"), default=0)
    failed = models.PositiveIntegerField(_("调解未成"), default=0)
    sessions = models.PositiveIntegerField(_("议事场次"), default=0)
    last_no = models.PositiveIntegerField(_("最近期号"), null=True)
    splits = models.JSONField(default=dict)
    days = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("统计")
        verbose_name_plural = _("统计")
        indexes = [models.Index(fields=["month"], name="figures_month")]
        constraints = [
            models.UniqueConstraint(fields=["place", "month"], name="figures_once_per_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="figures_of_a_whole_month"),
            models.CheckConstraint(
                condition=Q(received=F("open") + F("set_aside") + F("answered")),
                name="figures_received_add_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    answered=F("confirmed")
                    + F("refused")
                    + F("silent")
                    + F("waiting")
                    + F("unasked")
                    + F("imported")
                ),
                name="figures_answered_add_up",
            ),
            models.CheckConstraint(
                condition=Q(
                    satisfied__lte=F("ratings"), on_time__lte=F("promised"), promised__lte=F("answered")
                ),
                name="figures_parts_within_wholes",
            ),
            models.CheckConstraint(
                condition=Q(old_satisfied__lte=F("old_ratings"), old_ratings__lte=F("imported")),
                name="figures_old_parts_within_wholes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
