"""诉求: one matter on its way round the loop."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community import profiles
from community.duties import Duty
from community.models import CategorySetting, Channel, Community, Place, TalkPoint
from community.permissions import Scope
from community.workflow import Category, Profile, Stage, Topic
from community.workflow import Channel as ChannelKind
from grids.models import Grid
from petitions import workflow
from petitions.models.clock import Clocked
from petitions.models.grade import Graded
from petitions.models.imported import Imported
from petitions.models.petition_table import CONSTRAINTS, INDEXES
from petitions.models.sequel import Sequel
from petitions.models.watched import Watched
from petitions.querysets import PetitionQuerySet

TEXT_MAX = 500
TITLE_MAX = 40


class Petition(Clocked, Graded, Sequel, Watched, Imported):
    """A matter that somebody raised, with its stage, its clock and the person who holds it.

    `filing_digest` is of what a program sent with its key, as it was sent; empty where people filed.
    `place_path` and `grid_path` are copies of the paths of place and grid: posts at any place on either
    path see the matter. `reporters_count` are the people behind it, with those of matters that were merged
    into it; `private_reporters` of them asked in private alone. `merged_into` is never merged itself.
    `service_minutes` is the limit of the item of the service guide that it is about; it takes the place of
    the colour's.
    """

    number = models.CharField(_("编号"), max_length=20, unique=True, editable=False)
    filing_key = models.UUIDField(unique=True, editable=False)
    filing_digest = models.CharField(max_length=64, default="", db_default="", editable=False)
    community = models.ForeignKey(
        Community,
        on_delete=models.PROTECT,
        related_name="petitions",
        verbose_name=_("社区"),
        db_index=False,
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("地点"))
    place_path = models.CharField(max_length=120, editable=False)
    grid = models.ForeignKey(
        Grid,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="petitions",
        verbose_name=_("网格"),
        db_index=False,
    )
    grid_path = models.CharField(max_length=120, blank=True, editable=False)
    spot = models.CharField(_("具体位置"), max_length=100, blank=True)

    channel = models.CharField(_("渠道"), max_length=16, choices=ChannelKind.choices)
    intake = models.ForeignKey(
        Channel,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("来源"),
        db_index=False,
    )
    talk_point = models.ForeignKey(
        TalkPoint,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("说事点"),
        db_index=False,
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("登记人"),
        db_index=False,
    )
    text = models.TextField(_("原话"), max_length=TEXT_MAX)
    mediation = models.CharField(
        _("调解"), max_length=10, choices=workflow.Mediation.choices, blank=True, default="", db_default=""
    )
    is_unverified = models.BooleanField(_("待核实"), default=False, db_default=False, editable=False)
    is_private = models.BooleanField(_("不公开"), default=False)
    topic = models.CharField(_("事项"), max_length=20, choices=Topic.choices, default=Topic.OTHER)
    category = models.ForeignKey(
        CategorySetting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("类别"),
        db_index=False,
    )
    canonical_category = models.CharField(_("统计类别"), max_length=20, choices=Category.choices, blank=True)
    public_title = models.CharField(_("公开标题"), max_length=TITLE_MAX, blank=True)

    stage = models.CharField(_("阶段"), max_length=12, choices=Stage.choices, default=Stage.RECEIVED)

    tier = models.CharField(_("当前层级"), max_length=24, choices=Duty.choices, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="petitions",
        verbose_name=_("经办人"),
    )
    service_minutes = models.PositiveIntegerField(null=True, editable=False)
    promise_at = models.DateTimeField(_("承诺答复时间"), null=True, blank=True)

    reporters_count = models.PositiveIntegerField(_("反映人数"), default=0, editable=False)
    private_reporters = models.PositiveIntegerField(
        _("其中不公开反映"), default=0, db_default=0, editable=False
    )
    round = models.PositiveSmallIntegerField(_("轮次"), default=1, editable=False)
    satisfied_count = models.PositiveIntegerField(_("满意"), default=0, editable=False)
    dissatisfied_count = models.PositiveIntegerField(_("不满意"), default=0, editable=False)
    awaits_decision = models.BooleanField(_("待街道决定"), default=False)
    outcome = models.CharField(_("办理结果"), max_length=1000, blank=True)
    handed_on_to = models.CharField(_("转往"), max_length=80, blank=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_from",
        verbose_name=_("并入"),
        db_index=False,
    )

    filed_at = models.DateTimeField(_("反映时间"))
    triaged_at = models.DateTimeField(_("理事时间"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("认领时间"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("办结人"),
        db_index=False,
    )
    fed_back_at = models.DateTimeField(_("反馈时间"), null=True, blank=True)
    published_at = models.DateTimeField(_("晒事时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    changed_at = models.DateTimeField(_("最近变动"))
    spam_marked_at = models.DateTimeField(_("标记为无效"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("抹去个人信息"), null=True, blank=True, editable=False)

    objects = PetitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("诉求")
        verbose_name_plural = _("诉求")
        indexes = INDEXES
        constraints = CONSTRAINTS

    def __str__(self) -> str:
        return self.number

    @property
    def profile(self) -> Profile:
        """The community's profile as it applies to this matter."""
        return workflow.for_matter(
            profiles.profile_from_row(self.community.profile),
            private=self.is_private,
            assisted=self.service_minutes is not None,
        )

    @property
    def scope(self) -> Scope:
        """Where a post must stand to cover this matter."""
        return Scope(place_path=self.place_path, grid_path=self.grid_path)

    @property
    def is_shown_to_strangers(self) -> bool:
        """Whether strangers may know of it at all: neither private nor spam."""
        return not self.is_private and self.spam_marked_at is None

    @property
    def is_open(self) -> bool:
        return self.stage in workflow.OPEN

    def is_overdue(self, at: datetime) -> bool:
        return self.is_open and not self.is_paused and self.due_at is not None and self.due_at < at

    @property
    def shown_reporters(self) -> int:
        """How many people strangers and neighbours are told of: not those who asked in private."""
        return self.reporters_count - self.private_reporters

    @property
    def stage_label(self) -> str:
        """The community's own word for the present stage."""
        return profiles.label_from_row(self.community.profile, self.stage)

    @property
    def shown_title(self) -> str:
        """What strangers may read: the approved title, or the topic only."""
        return self.public_title or str(self.get_topic_display())
