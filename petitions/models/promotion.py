"""Which diary entry a matter was made of: the link is kept on this side (G-32)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from grids.models import OpinionDiaryEntry
from petitions.models.petition import Petition


class DiaryPromotion(models.Model):
    """One entry and the matter made of it, each once: its key is the entry's."""

    entry = models.OneToOneField(
        OpinionDiaryEntry,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("民情日记"),
    )
    petition = models.OneToOneField(
        Petition, on_delete=models.PROTECT, related_name="promotion", verbose_name=_("诉求")
    )

    class Meta:
        verbose_name = _("日记转诉求")
        verbose_name_plural = _("日记转诉求")

    def __str__(self) -> str:
        return str(self.petition_id)
