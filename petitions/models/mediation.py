"""调解: the sides and a team, visits, an agreement or the reason for none, and two looks afterwards."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import Community, Organisation
from core.models import Labelled
from petitions.models.petition import Petition

TERMS_MAX: Final = 1000
NOTE_MAX: Final = 1000
FOLLOW_UP_DAYS: Final = (7, 30)
"""So many days after an agreement somebody looks whether it holds (P-12)."""


class TeamKind(models.TextChoices):
    """小微矛盾调解队 and 巾帼调解队 (P-12, P-18)."""

    GENERAL = "general", _("矛盾调解队")
    WOMEN = "women", _("巾帼调解队")


class MediationTeam(Labelled):
    """Who mediates in a community, as data."""

    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="mediation_teams", verbose_name=_("社区")
    )
    name = models.CharField(_("名称"), max_length=40)
    kind = models.CharField(_("类型"), max_length=10, choices=TeamKind.choices, default=TeamKind.GENERAL)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="mediation_teams", verbose_name=_("成员")
    )
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("调解队")
        verbose_name_plural = _("调解队")
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="mediation_team_name_once",
                violation_error_message=_("本社区已有同名的调解队。"),
            )
        ]

    def __str__(self) -> str:
        return self.name


class MediationOutcome(models.TextChoices):
    """How a mediation ended."""

    AGREED = "agreed", _("达成协议")
    FAILED = "failed", _("没有谈成")


class MediationCase(Labelled):
    """The mediation of one matter. `round` counts anew when an agreement did not hold."""

    petition = models.OneToOneField(
        Petition, on_delete=models.CASCADE, primary_key=True, related_name="mediation_case"
    )
    team = models.ForeignKey(MediationTeam, on_delete=models.PROTECT, related_name="cases")
    round = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("结果"), max_length=8, choices=MediationOutcome.choices, blank=True)
    terms = models.TextField(_("协议内容或没有谈成的原因"), max_length=TERMS_MAX, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("调解")
        verbose_name_plural = _("调解")
        indexes = [models.Index(fields=["team", "outcome"], name="mediation_team_outcome")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True, ended_by__isnull=True)
                | Q(outcome__gt="", ended_at__isnull=False, ended_by__isnull=False),
                name="mediation_ended_with_outcome",
            )
        ]

    def __str__(self) -> str:
        return str(self.team)


class MediationParty(models.Model):
    """One side: a person or a household by name, or a body such as the judicial office."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="mediation_parties")
    name = models.CharField(_("当事人"), max_length=40, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("调解当事方")
        verbose_name_plural = _("调解当事方")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "name"], condition=Q(name__gt=""), name="mediation_party_once"
            ),
            models.UniqueConstraint(
                fields=["petition", "organisation"],
                condition=Q(organisation__isnull=False),
                name="mediation_body_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MediationVisit(models.Model):
    """Two people go to see the sides, in the evening where the day is for work (P-18)."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="mediation_visits")
    starts_at = models.DateTimeField(_("时间"))
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("上门人")
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("同行人")
    )

    class Meta:
        verbose_name = _("调解上门")
        verbose_name_plural = _("调解上门")
        ordering = ("starts_at", "pk")
        indexes = [models.Index(fields=["starts_at"], name="mediation_visit_starts")]
        constraints = [
            models.CheckConstraint(condition=~Q(first=F("second")), name="mediation_visit_by_two"),
            models.UniqueConstraint(fields=["petition", "starts_at"], name="mediation_visit_once"),
        ]

    def __str__(self) -> str:
        return str(self.starts_at)


class MediationNote(models.Model):
    """What is said in confidence: for the team and the secretary alone, and each reading leaves a trace."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="mediation_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    text = models.TextField(_("内容"), max_length=NOTE_MAX)

    class Meta:
        verbose_name = _("调解笔记")
        verbose_name_plural = _("调解笔记")
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return str(self.written_at)


class MediationFollowUp(models.Model):
    """A look, some days after an agreement, whether it holds. `sweep_at` is when somebody is reminded."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="mediation_follow_ups")
    round = models.PositiveSmallIntegerField(default=1)
    days = models.PositiveSmallIntegerField(_("天数"))
    due_at = models.DateTimeField(_("应回访"))
    sweep_at = models.DateTimeField(null=True, editable=False)
    done_at = models.DateTimeField(_("回访时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    holds = models.BooleanField(_("协议履行"), null=True, blank=True)
    words = models.CharField(_("回访情况"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("调解回访")
        verbose_name_plural = _("调解回访")
        ordering = ("due_at", "pk")
        indexes = [
            models.Index(fields=["sweep_at"], name="mediation_follow_up", condition=Q(sweep_at__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(fields=["petition", "round", "days"], name="mediation_follow_up_once"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, holds__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False, holds__isnull=False),
                name="mediation_followed_up_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.days)
