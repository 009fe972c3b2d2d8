"""Files that a crash or a refused form left without a row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import default_storage
from django.utils import timezone

from core.models import StoredImage

SAFE_AGE: Final = timedelta(days=1)
LOOK_BACK: Final = timedelta(days=62)
FIELDS: Final = {"images": "file", "thumbs": "thumbnail"}


def image_orphans_delete(*, at: datetime) -> int:
    """Delete photo files older than a day that no row names; the number deleted.

    Looks at the folders of the last two months, one statement a folder.
    """
    deleted = 0
    for root, folder in _folders(at):
        names = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
        known = StoredImage.objects.filter(**{f"{FIELDS[root]}__startswith": f"{folder}/"})
        for name in sorted(names - set(known.values_list(FIELDS[root], flat=True))):
            if default_storage.get_modified_time(name) < at - SAFE_AGE:
                default_storage.delete(name)
                deleted += 1
    return deleted


def _folders(at: datetime) -> Iterator[tuple[str, str]]:
    days = (timezone.localtime(at - LOOK_BACK + timedelta(days=n)) for n in range(LOOK_BACK.days + 2))
    for month in sorted({f"{day:%Y/%m}" for day in days}):
        for root in FIELDS:
            if default_storage.exists(f"{root}/{month}"):
                yield root, f"{root}/{month}"
