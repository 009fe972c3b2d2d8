"""Photos on their way into a matter: kept while a form is filled in, thrown away when it never comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.core.files.base import File
from django.db import transaction

from core import ratelimits
from core.models import StoredImage, User
from core.uploads import image_store

KEEP: Final = timedelta(days=1)
SALT: Final = "petitions.photos"
PHOTOS_PER_ADDRESS_PER_HOUR: Final = 240


def photo_keep(*, file: File[Any], by: User | None, address: str, at: datetime) -> StoredImage:
    """Clean and keep a photo for the form it came with.

    Raises:
        UploadRefusedError: not a photo that can be cleaned.
        TooManyRequestsError: too many from one address.
    """
    if address:
        ratelimits.hit("petition.photos", address, limit=PHOTOS_PER_ADDRESS_PER_HOUR, seconds=3600)
    return image_store(file=file, by=by, at=at)


def photos_sealed(photos: Iterable[StoredImage]) -> str:
    """The kept photos as a signed value for a hidden field; empty for none."""
    ids = [str(photo.pk) for photo in photos]
    return signing.dumps(ids, salt=SALT) if ids else ""


def photos_unsealed(value: str) -> list[StoredImage]:
    """The photos of a signed value that nothing has taken yet; nothing for a forged or stale one."""
    if not value:
        return []
    try:
        ids = [UUID(pk) for pk in signing.loads(value, salt=SALT, max_age=KEEP)]
    except (signing.BadSignature, ValueError, TypeError):
        return []
    found = StoredImage.objects.free().in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def photos_abandoned_delete(*, at: datetime, limit: int = 500) -> int:
    """Delete photos whose form never came, two days after they were kept; how many were.

    The rows go first: a crash leaves files without a row, which the nightly tidying removes.
    """
    with transaction.atomic():
        stale: Sequence[StoredImage] = list(
            StoredImage.objects.free()
            .filter(created_at__lt=at - 2 * KEEP)
            .order_by("created_at")
            .select_for_update(of=("self",), skip_locked=True)[:limit]
        )
        StoredImage.objects.filter(pk__in=[image.pk for image in stale]).delete()
    for image in stale:
        image.file.storage.delete(str(image.file.name))
        image.thumbnail.storage.delete(str(image.thumbnail.name))
    return len(stale)
