"""议题 and 决议: what is talked about, and what comes of it, by whom and until when."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Labelled
from petitions.models.petition import Petition
from petitions.models.session import DeliberationSession

RESOLUTION_MAX = 500


class ResolutionState(models.TextChoices):
    """A draft binds nobody: the meeting was inquorate, or somebody is still to be named."""

    DRAFT = "draft", _("草案")
    OPEN = "open", _("落实中")
    DONE = "done", _("已落实")
    DROPPED = "dropped", _("不再办理")


class Resolution(Labelled):
    """What was decided: never final without a responsible person, a day and a supervisor (P-17)."""

    session = models.ForeignKey(DeliberationSession, on_delete=models.PROTECT, related_name="resolutions")
    petition = models.ForeignKey(
        Petition,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resolutions",
        verbose_name=_("诉求"),
    )
    text = models.CharField(_("决议"), max_length=RESOLUTION_MAX)
    public_text = models.CharField(_("公开的决议"), max_length=RESOLUTION_MAX, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resolutions",
        verbose_name=_("责任人"),
    )
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("监督人"),
    )
    due_on = models.DateField(_("完成期限"), null=True, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=ResolutionState.choices, default=ResolutionState.DRAFT
    )
    settled_at = models.DateTimeField(_("了结时间"), null=True, blank=True)
    settled_note = models.CharField(_("落实情况"), max_length=300, blank=True)
    urge_count = models.PositiveSmallIntegerField(_("催办次数"), default=0)
    urged_at = models.DateTimeField(_("最近催办"), null=True, blank=True)
    sweep_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("记录时间"))

    class Meta:
        verbose_name = _("决议")
        verbose_name_plural = _("决议")
        ordering = ("id",)
        indexes = [
            models.Index(fields=["sweep_at"], name="resolution_sweep", condition=Q(sweep_at__isnull=False)),
            models.Index(fields=["responsible", "due_on"], name="resolution_owed", condition=Q(state="open")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["open", "done"])
                | Q(responsible__isnull=False, supervisor__isnull=False, due_on__isnull=False),
                name="resolution_final_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(supervisor__isnull=True) | ~Q(supervisor=F("responsible")),
                name="resolution_supervised_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "dropped"]) | Q(settled_at__isnull=False),
                name="resolution_settled_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:30]

    @property
    def is_complete(self) -> bool:
        """Whether everything is named that a final resolution needs."""
        return None not in {self.responsible_id, self.supervisor_id, self.due_on}

    @property
    def is_unfinished(self) -> bool:
        return self.state in {ResolutionState.DRAFT, ResolutionState.OPEN}

    def is_overdue(self, today: date) -> bool:
        return self.state == ResolutionState.OPEN and self.due_on is not None and self.due_on < today


class AgendaSource(models.TextChoices):
    """Where a topic comes from."""

    MATTER = "matter", _("在办诉求")
    RESIDENT = "resident", _("居民提出")
    STAFF = "staff", _("社区提出")
    CARRIED = "carried", _("上次未完")
    NOTE = "note", _("现场记录")


class AgendaState(models.TextChoices):
    """Residents propose, staff choose."""

    PROPOSED = "proposed", _("待定")
    CHOSEN = "chosen", _("列入议程")
    DECLINED = "declined", _("未列入")


class AgendaItem(Labelled):
    """One topic of a session. `title` is public once chosen; `text` and who said it never are.

    `petition` is the matter talked about, or the one that a note of a stool council became (P-27); `follows`
    the project after which the topic came up (P-46).
    """

    session = models.ForeignKey(DeliberationSession, on_delete=models.CASCADE, related_name="agenda")
    source = models.CharField(_("来源"), max_length=10, choices=AgendaSource.choices)
    state = models.CharField(
        _("状态"), max_length=10, choices=AgendaState.choices, default=AgendaState.PROPOSED
    )
    title = models.CharField(_("议题"), max_length=60)
    text = models.CharField(_("说明"), max_length=500, blank=True)
    is_public = models.BooleanField(_("公开"), default=True)
    petition = models.ForeignKey(
        Petition,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agenda_items",
        verbose_name=_("诉求"),
    )
    carried_from = models.ForeignKey(
        Resolution, null=True, blank=True, on_delete=models.PROTECT, related_name="carried_to"
    )
    follows = models.ForeignKey(
        "petitions.Project", null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ons"
    )
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposer_name = models.CharField(_("称呼"), max_length=40, blank=True)
    proposer_phone = models.CharField(_("手机号"), max_length=20, blank=True)
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    proposed_at = models.DateTimeField(_("提出时间"))
    settled_at = models.DateTimeField(_("当场办结"), null=True, blank=True)

    class Meta:
        verbose_name = _("议题")
        verbose_name_plural = _("议题")
        ordering = ("id",)
        indexes = [
            models.Index(fields=["proposer_phone"], name="agenda_phone", condition=Q(proposer_phone__gt=""))
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "petition"],
                condition=Q(petition__isnull=False),
                name="agenda_matter_once",
            ),
            models.UniqueConstraint(
                fields=["session", "carried_from"],
                condition=Q(carried_from__isnull=False),
                name="agenda_carried_once",
            ),
            models.UniqueConstraint(
                fields=["petition"], condition=Q(source="note"), name="agenda_note_became_one_matter"
            ),
        ]

    def __str__(self) -> str:
        return self.title
