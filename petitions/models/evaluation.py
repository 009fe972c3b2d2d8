"""评事 and 回访: the people who asked judge the result; somebody else looks again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition
from petitions.models.reporter import PetitionReporter
from petitions.models.session import Participant


class Evaluation(models.Model):
    """One judgement in one round, by somebody who asked or who sat at the table: once, or silent (P-47).

    `sweep_at` is the next moment at which a sweep reminds or closes; None once answered or closed. Of
    somebody who died or moved away it is closed at once (`is_unreachable`), and open again after an error.
    """

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="evaluations")
    reporter = models.ForeignKey(
        PetitionReporter, null=True, on_delete=models.PROTECT, related_name="evaluations"
    )
    participant = models.ForeignKey(
        Participant, null=True, on_delete=models.PROTECT, related_name="evaluations"
    )
    round = models.PositiveSmallIntegerField()
    invited_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    sweep_at = models.DateTimeField(null=True, blank=True)
    is_satisfied = models.BooleanField(_("满意"), null=True, blank=True)
    comment = models.CharField(_("评价"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    is_unreachable = models.BooleanField(_("已故或已搬离"), default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("代为记录"),
    )

    class Meta:
        verbose_name = _("评价")
        verbose_name_plural = _("评价")
        indexes = [
            models.Index(fields=["sweep_at"], name="evaluation_sweep", condition=Q(sweep_at__isnull=False)),
            models.Index(fields=["petition", "round"], name="evaluation_petition_round"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "reporter", "round"], name="evaluation_once_per_round"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, is_satisfied__isnull=True)
                | Q(answered_at__isnull=False, is_satisfied__isnull=False),
                name="evaluation_answered_with_judgement",
            ),
            models.UniqueConstraint(
                fields=["petition", "participant", "round"], name="evaluation_once_per_participant"
            ),
            models.CheckConstraint(
                condition=Q(reporter__isnull=False, participant__isnull=True)
                | Q(reporter__isnull=True, participant__isnull=False),
                name="evaluation_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(is_unreachable=False) | Q(answered_at=None, closed_at__isnull=False),
                name="evaluation_unreachable_is_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id}/{self.round}"

    @property
    def person(self) -> PetitionReporter | Participant:
        """Who is asked: somebody who asked for it, or somebody who sat at the table."""
        found = self.reporter or self.participant
        assert found is not None
        return found

    @property
    def is_settled(self) -> bool:
        return self.answered_at is not None or self.closed_at is not None


class VisitWay(models.TextChoices):
    """How the return visit was made."""

    AT_HOME = "at_home", _("上门")
    PHONE = "phone", _("电话")


class ReturnVisit(models.Model):
    """回访: somebody other than the handler asks whether it holds (P-21)."""

    petition = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="return_visits")
    round = models.PositiveSmallIntegerField()
    visited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    visited_at = models.DateTimeField()
    way = models.CharField(_("方式"), max_length=10, choices=VisitWay.choices)
    holds = models.BooleanField(_("问题已解决"))
    words = models.CharField(_("回访情况"), max_length=500)

    class Meta:
        verbose_name = _("回访")
        verbose_name_plural = _("回访")
        constraints = [
            models.UniqueConstraint(fields=["petition", "round"], name="return_visit_once_per_round")
        ]

    def __str__(self) -> str:
        return self.words[:20]
