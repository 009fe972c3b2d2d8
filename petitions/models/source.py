"""Where a matter came from, and what it became: the links are kept on this side (P-43, G-18)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grids.models import Hazard
from petitions.models.petition import Petition


class PetitionSource(models.Model):
    """One matter and the hazard that belongs to it, each once; which of them was first."""

    petition = models.OneToOneField(
        Petition, on_delete=models.PROTECT, related_name="source", verbose_name=_("诉求")
    )
    hazard = models.OneToOneField(
        Hazard, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("隐患")
    )
    is_hazard_first = models.BooleanField(_("先登记为隐患"), default=True)
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("诉求来源")
        verbose_name_plural = _("诉求来源")

    def __str__(self) -> str:
        return str(self.petition_id)
