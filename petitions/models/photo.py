"""Photos of a matter: before, on the way, after."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Labelled, StoredImage
from petitions.models.petition import Petition
from petitions.models.reporter import PetitionReporter


class PhotoKind(models.TextChoices):
    """When a photo was taken."""

    BEFORE = "before", _("办理前")
    PROGRESS = "progress", _("办理中")
    AFTER = "after", _("办理后")


class PetitionPhoto(Labelled):
    """A cleaned photo that belongs to one matter; public only once staff have chosen it for the wall.

    `reporter` is the person who sent it, if it came from one: other people behind the same matter do not
    see it before it is public.
    """

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="photos")
    image = models.OneToOneField(StoredImage, on_delete=models.PROTECT, related_name="petition_photo")
    kind = models.CharField(_("类型"), max_length=10, choices=PhotoKind.choices)
    reporter = models.ForeignKey(
        PetitionReporter,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="photos",
        verbose_name=_("提供者"),
    )
    is_public = models.BooleanField(_("公开"), default=False)
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = _("照片")
        ordering = ("id",)
        indexes = [models.Index(fields=["petition", "kind"], name="photo_petition_kind")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
