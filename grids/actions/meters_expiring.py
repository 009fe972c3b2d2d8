"""How long photos of meters are kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from core.models import StoredImage
from grids.models import MeterReading

KEPT: Final = timedelta(days=365)
ROWS: Final = 1000


@transaction.atomic
def meter_photos_expire(at: datetime) -> int:
    """Give photos of long ago to be thrown away; the numbers stay. How many."""
    old = MeterReading.objects.filter(read_at__lt=at - KEPT, photo__isnull=False).order_by("pk")
    rows = list(old.select_for_update(skip_locked=True).values_list("pk", "photo")[:ROWS])
    MeterReading.objects.filter(pk__in=[pk for pk, _photo in rows]).update(photo=None)
    StoredImage.objects.filter(pk__in=[photo for _pk, photo in rows]).update(discarded_at=at, created_by=None)
    return len(rows)
