"""Photos after cleaning."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models.account import User
from core.querysets import ImageQuerySet


class StoredImage(models.Model):
    """A photo after cleaning: re-encoded, without metadata, within the size limits."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(_("原图"), upload_to="images/%Y/%m/", max_length=200)
    thumbnail = models.FileField(_("缩略图"), upload_to="thumbs/%Y/%m/", max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    discarded_at = models.DateTimeField(null=True, editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        indexes = [
            models.Index(
                fields=["discarded_at"],
                name="image_discarded",
                condition=models.Q(discarded_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
