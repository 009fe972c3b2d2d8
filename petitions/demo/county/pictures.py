"""A few drawn pictures on disk, which all photos of the county share."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile

from core import uploads
from core.models import StoredImage
from petitions.demo.county.records import Picture
from petitions.demo.scenes import SCENES, picture
from petitions.demo.texts import cases


def draw(at: datetime, variants: int) -> dict[tuple[str, bool], list[Picture]]:
    """Each scene before and after, through the same door as a resident's photo; by scene and "after".

    `at` names their folder, which is years old: the nightly look for files without a row does not go there.
    """
    found: dict[tuple[str, bool], list[Picture]] = {}
    for scene in sorted({case.picture for case in cases()} & SCENES.keys()):
        for after in (False, True):
            for variant in range(variants):
                drawn = picture(scene, after=after, variant=variant)
                stored = uploads.image_store(file=ContentFile(drawn, name="scene.jpg"), by=None, at=at)
                found.setdefault((scene, after), []).append(_kept(stored))
                StoredImage.objects.filter(pk=stored.pk).delete()
    return found


def _kept(image: StoredImage) -> Picture:
    size = (image.width, image.height, image.size_bytes)
    return Picture(str(image.file.name), str(image.thumbnail.name), image.sha256, *size)
