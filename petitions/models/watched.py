"""What is watched of a matter beside its stages: who supervises it, and whether it looks neglected."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Watched(models.Model):
    """`supervise_at` is when the supervisor is reminded next; `urge_count` counts every urge about it.

    `neglect_at` asks the next sweep to look whether it is neglected; since `neglected_at` it looks so.
    """

    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("督办人"),
        db_index=False,
    )
    is_tracked = models.BooleanField(_("全程跟踪"), default=False, db_default=False)
    supervise_at = models.DateTimeField(null=True, editable=False)
    urge_count = models.PositiveSmallIntegerField(_("催办次数"), default=0, db_default=0)
    neglect_at = models.DateTimeField(null=True, editable=False)
    neglected_at = models.DateTimeField(_("疏忽提示"), null=True, blank=True)

    class Meta:
        abstract = True
