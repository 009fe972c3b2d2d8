"""What staff keep of a list at the desk: its filters under a name of their own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A list of one table (`page`, such as `grids.hazard`) under a name: what stands behind its `?`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=60)
    name = models.CharField(_("名称"), max_length=20)
    querystring = models.CharField(max_length=400)

    class Meta:
        verbose_name = _("常用筛选")
        verbose_name_plural = _("常用筛选")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_once_per_list")
        ]

    def __str__(self) -> str:
        return self.name
