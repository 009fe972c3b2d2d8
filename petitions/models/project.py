"""工程: a work that many meetings and polls lead to, with phases in time and parts that are counted.

The database holds what must not happen: works begun before budget and prices are published where they are
needed, a part with more done than there is, a delay without a reason, an end without photos.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Organisation, Place
from community.permissions import Scope
from community.workflow import Topic
from core.models import Labelled, StoredImage
from petitions.models.petition import Petition
from petitions.models.poll import Poll
from petitions.models.session import DeliberationSession
from petitions.querysets import ProjectQuerySet

TITLE_MAX: Final = 60
SUMMARY_MAX: Final = 1000
RESULT_MAX: Final = 1000
REASON_MAX: Final = 200
NAME_MAX: Final = 30
PART_MAX: Final = 9999


class ProjectState(models.TextChoices):
    """A draft is seen by the desk alone; works run between start and end."""

    DRAFT = "draft", _("筹划中（未公开）")
    PLANNED = "planned", _("筹备中")
    RUNNING = "running", _("施工中")
    DONE = "done", _("已完工")
    STOPPED = "stopped", _("已终止")


class Mechanism(models.TextChoices):
    """By which way it came about; one project may stand under several and counts once in all (P-11)."""

    COUNCIL = "council", _("小微说事")
    RED_PROPERTY = "red_property", _("红色物业")
    JOINT_ACTION = "joint_action", _("难事联动")


class Project(Labelled):
    """One work of a community: its estates, partners, money, meetings and what came of it (P-09)."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="projects", verbose_name=_("社区")
    )
    title = models.CharField(_("名称"), max_length=TITLE_MAX)
    summary = models.TextField(_("做什么，为什么"), max_length=SUMMARY_MAX)
    topic = models.CharField(_("事项"), max_length=20, choices=Topic.choices, default=Topic.OTHER)
    mechanisms = ArrayField(
        models.CharField(max_length=16, choices=Mechanism.choices), default=list, verbose_name=_("推动方式")
    )
    places = models.ManyToManyField(Place, related_name="+", blank=True, verbose_name=_("小区和楼栋"))
    partners = models.ManyToManyField(
        Organisation, related_name="projects", blank=True, verbose_name=_("参与单位")
    )
    sessions = models.ManyToManyField(DeliberationSession, related_name="projects", blank=True)
    polls = models.ManyToManyField(Poll, related_name="projects", blank=True)
    needs_budget = models.BooleanField(_("开工前须公布预算"), default=True)
    needs_price = models.BooleanField(_("开工前须公布收费标准"), default=False)
    state = models.CharField(
        _("状态"), max_length=8, choices=ProjectState.choices, default=ProjectState.DRAFT
    )
    state_at = models.DateTimeField(_("状态更新"))
    published_at = models.DateTimeField(_("公布"), null=True, blank=True)
    budget_published_at = models.DateTimeField(_("预算公布"), null=True, blank=True)
    price_published_at = models.DateTimeField(_("收费标准公布"), null=True, blank=True)
    started_at = models.DateTimeField(_("开工"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束"), null=True, blank=True)
    result = models.TextField(_("做成了什么"), max_length=RESULT_MAX, blank=True)
    stopped_reason = models.CharField(_("终止原因"), max_length=REASON_MAX, blank=True)
    before = models.OneToOneField(
        StoredImage, null=True, blank=True, on_delete=models.PROTECT, related_name="project_before"
    )
    after = models.OneToOneField(
        StoredImage, null=True, blank=True, on_delete=models.PROTECT, related_name="project_after"
    )
    anonymised_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("建立人")
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("工程")
        verbose_name_plural = _("工程")
        indexes = [
            models.Index(fields=["community", "state", "-state_at", "-id"], name="project_by_state"),
            models.Index(fields=["-state_at", "-id"], name="project_state_at"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["community", "title"], name="project_title_once"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="stopped")
                | Q(published_at__isnull=False),
                name="project_public_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True)
                | Q(needs_budget=False)
                | Q(budget_published_at__isnull=False, budget_published_at__lte=F("started_at")),
                name="project_budget_before_start",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True)
                | Q(needs_price=False)
                | Q(price_published_at__isnull=False, price_published_at__lte=F("started_at")),
                name="project_price_before_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "done"]) | Q(started_at__isnull=False),
                name="project_started_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(before__isnull=False, after__isnull=False, closed_at__isnull=False, result__gt=""),
                name="project_done_with_photos",
            ),
            models.CheckConstraint(
                condition=~Q(state="stopped") | Q(stopped_reason__gt="", closed_at__isnull=False),
                name="project_stopped_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def scope(self) -> Scope:
        """Where a post must stand to run it: the community. Reads `community__place`."""
        return Scope(self.community.place.path)

    @property
    def is_draft(self) -> bool:
        return self.state == ProjectState.DRAFT

    @property
    def is_planned(self) -> bool:
        return self.state == ProjectState.PLANNED

    @property
    def is_running(self) -> bool:
        return self.state == ProjectState.RUNNING

    @property
    def is_done(self) -> bool:
        return self.state == ProjectState.DONE

    @property
    def is_stopped(self) -> bool:
        return self.state == ProjectState.STOPPED

    @property
    def is_over(self) -> bool:
        return self.state in {ProjectState.DONE, ProjectState.STOPPED}


class ProjectPart(models.Model):
    """What is counted: four lifts, nine lanes each with its theme, forty piles (P-09, P-23, P-30)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="parts")
    name = models.CharField(_("做什么"), max_length=NAME_MAX)
    unit = models.CharField(_("单位"), max_length=4)
    total = models.PositiveSmallIntegerField(_("一共"))
    done = models.PositiveSmallIntegerField(_("已完成"), default=0)
    themes = ArrayField(models.CharField(max_length=NAME_MAX), default=list, verbose_name=_("各自的主题"))
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("进度")
        verbose_name_plural = _("进度")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="project_part_once"),
            models.CheckConstraint(
                condition=Q(total__gte=1, total__lte=PART_MAX), name="project_part_has_some"
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="project_part_no_more_than_all"),
            models.CheckConstraint(
                condition=Q(themes__len__lte=F("total")), name="project_part_a_theme_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.done}/{self.total}{self.unit}"

    @property
    def is_done(self) -> bool:
        return self.done == self.total


class MatterKind(models.TextChoices):
    """What a matter has to do with a project: it led to it, complained about it, or followed from it."""

    CAUSE = "cause", _("由它而来")
    COMPLAINT = "complaint", _("对它的投诉")
    FOLLOW_ON = "follow_on", _("后续的事")


class ProjectMatter(Labelled):
    """A matter that belongs to a project (P-46: topics return, and both pages show the chain)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="matters")
    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="projects")
    kind = models.CharField(_("关系"), max_length=10, choices=MatterKind.choices)
    linked_at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("相关诉求")
        verbose_name_plural = _("相关诉求")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["project", "petition"], name="project_matter_once")]

    def __str__(self) -> str:
        return str(self.petition_id)
