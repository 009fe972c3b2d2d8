"""议事: a plain record of when, who and what was decided; the parties; questions to the reporter."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models import Organisation
from petitions.models.petition import Petition
from petitions.models.session import DeliberationSession


class Deliberation(models.Model):
    """One sitting about a matter: its minutes."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="deliberations")
    session = models.ForeignKey(
        DeliberationSession,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deliberations",
        verbose_name=_("议事会"),
    )
    held_on = models.DateField(_("议事日期"))
    venue = models.CharField(_("地点"), max_length=80)
    participants = models.CharField(_("参加人"), max_length=200)
    headcount = models.PositiveSmallIntegerField(_("人数"))
    decision = models.TextField(_("议定事项"), max_length=1000)
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("监督人"),
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("议事记录")
        verbose_name_plural = _("议事记录")
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.held_on:%Y-%m-%d} {self.venue}"


class PetitionParty(models.Model):
    """A body that takes part in a hard matter (难事), or in its mediation."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位")
    )

    class Meta:
        verbose_name = _("联动单位")
        verbose_name_plural = _("联动单位")
        constraints = [
            models.UniqueConstraint(fields=["petition", "organisation"], name="party_once_per_petition")
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class Question(models.Model):
    """A question to the person who asked; the clock stands still until the answer."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="questions")
    text = models.CharField(_("问题"), max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("询问")
        verbose_name_plural = _("询问")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["petition"],
                condition=models.Q(answered_at__isnull=True, lapsed_at__isnull=True),
                name="question_one_open_per_petition",
            )
        ]

    def __str__(self) -> str:
        return self.text
