"""一社区一品牌: a community's brand and its choices about the loop, as data that staff edit (C-08)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.community import Community
from community.workflow import Category, Gate


class WorkflowProfile(models.Model):
    """The brand and the workflow profile of one community.

    `stage_labels` {stage: label}; `stage_modes` {stage: mode}; `limits` {limit: [minutes, clock]};
    `channels` [channel]. What a key leaves out takes the canonical default. `version` rises with every
    change, so that cached copies and the brand's style sheet are never stale.
    """

    community = models.OneToOneField(
        Community, on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    brand_name = models.CharField(_("品牌名"), max_length=30)
    brand_name_en = models.CharField(_("英文名"), max_length=60, blank=True)
    slogan = models.CharField(_("口号"), max_length=60, blank=True)
    accent = models.CharField(_("主色"), max_length=7, default="#9a3412")
    stage_labels = models.JSONField(_("阶段名称"), default=dict, blank=True)
    stage_modes = models.JSONField(_("阶段设置"), default=dict, blank=True)
    limits = models.JSONField(_("时限"), default=dict, blank=True)
    gates = ArrayField(
        models.CharField(max_length=32, choices=Gate.choices),
        verbose_name=_("必备条件"),
        default=list,
        blank=True,
    )
    channels = ArrayField(
        models.CharField(max_length=16), verbose_name=_("开放渠道"), default=list, blank=True
    )
    schedule_note = models.CharField(_("议事安排"), max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("品牌与流程")
        verbose_name_plural = _("品牌与流程")

    def __str__(self) -> str:
        return self.brand_name


class CategorySetting(models.Model):
    """A community's own category, mapped onto the county-wide one so that totals add up (P-22)."""

    profile = models.ForeignKey(WorkflowProfile, on_delete=models.CASCADE, related_name="categories")
    code = models.SlugField(_("代码"), max_length=40)
    label = models.CharField(_("名称"), max_length=30)
    canonical = models.CharField(_("对应统计口径"), max_length=20, choices=Category.choices)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("诉求类别")
        verbose_name_plural = _("诉求类别")
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["profile", "code"], name="category_code_once_per_profile")
        ]

    def __str__(self) -> str:
        return self.label
