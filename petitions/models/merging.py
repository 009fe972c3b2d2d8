"""并案: which matter went into which, and out again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.workflow import Stage
from petitions.models.petition import Petition


class PetitionMerger(models.Model):
    """One matter was merged into another, as it was decided then; kept when it is taken out again.

    `into` is the matter that somebody chose; `Petition.merged_into` is the one in which both run by now, if
    that one was merged further. `stage` is where the matter stood, and goes on from, should it come out.
    """

    petition = models.ForeignKey(
        Petition, on_delete=models.PROTECT, related_name="mergers", verbose_name=_("并案的诉求")
    )
    into = models.ForeignKey(Petition, on_delete=models.PROTECT, related_name="+", verbose_name=_("并入"))
    stage = models.CharField(_("并案前的阶段"), max_length=12, choices=Stage.choices)
    merged_at = models.DateTimeField(_("并案时间"))
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("拆出时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("并案")
        verbose_name_plural = _("并案")
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(undone_at__isnull=True), name="merger_one_open_per_petition"
            ),
            models.CheckConstraint(condition=~Q(petition=F("into")), name="merger_into_another"),
        ]

    def __str__(self) -> str:
        return f"{self.petition_id}→{self.into_id}"
