"""What comes of a matter beyond its answer: what prevents it, what follows it, what it gave rise to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.models.service import ServiceBorn


class Sequel(models.Model):
    """`follow_on_of` is the matter that this one goes on from; `service` was born of it."""

    follow_on_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_ons",
        verbose_name=_("接着"),
        db_index=False,
    )
    service = models.ForeignKey(
        ServiceBorn,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="petitions",
        verbose_name=_("促成的服务"),
        db_index=False,
    )
    needs_prevention = models.BooleanField(_("需要长效机制"), default=False, db_default=False)
    prevented_at = models.DateTimeField(_("长效机制记录于"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def lacks_prevention(self) -> bool:
        """Whether what keeps it from coming back was asked for and is not recorded (P-20)."""
        return self.needs_prevention and self.prevented_at is None
