"""A morning's sweeps over a county's grids, and a phone with a hundred photos: `python -m bench.morning`.

Prints one line of JSON for each. Everything is taken back, so that the next run finds the same.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import uuid4

import django
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from PIL import Image

from bench.position import megabytes
from bench.sweep import timed

VACANT_ONE_IN: Final = 100
ENTRIES: Final = 100
WARM: Final = 10


def main() -> None:
    django.setup()
    day = timezone.localtime() + timedelta(days=1)
    for kind, (hour, minute, work) in _jobs().items():
        at = day.replace(hour=hour, minute=minute)
        print(json.dumps({"kind": kind, **timed(lambda at=at, work=work: _taken_back(work, at))}), flush=True)  # type: ignore[misc]
    print(json.dumps({"kind": "entries", **timed(_entries)}), flush=True)


def _jobs() -> dict[str, tuple[int, int, Callable[[datetime], object]]]:
    """What beat starts of a morning for grids: the hour, the minute, the work."""
    from grids.actions.festivals import festival_visits_plan
    from grids.actions.hazards.leaving import departed_replaced
    from grids.actions.hazards.sweeping import hazards_sweep
    from grids.actions.patrol_sweeping import missed_count, patrols_remind
    from grids.actions.registers.months import care_sweep
    from grids.actions.sweeping import grids_check

    return {
        "care": (7, 40, lambda at: care_sweep(at=at)),
        "festivals": (7, 40, lambda at: festival_visits_plan(at=at)),
        "hazards": (8, 5, lambda at: departed_replaced(at=at) + hazards_sweep(at=at)),
        "who is missing": (8, 20, lambda at: grids_check(at=at)),
        "walks that are due": (9, 40, patrols_remind),
        "walks that were missed": (10, 1, missed_count),
    }


def _taken_back(work: Callable[[datetime], object], at: datetime) -> object:
    """One grid in a hundred has lost its worker since; the rest is as it is."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE community_post SET ends_on = %s WHERE duty = 'grid_worker' AND place_id %% %s = 0",
                [at.date() - timedelta(days=1), VACANT_ONE_IN],
            )
        done = work(at)
        transaction.set_rollback(True)
    return done


def _entries() -> dict[str, float]:
    """A hundred hazards with a photo each from a phone; by how many MB the process grew after the tenth."""
    from community.models import Place
    from core.models import User
    from grids.models import Grid, HazardType

    worker = User.objects.get(username="worker")
    client = Client(headers={"host": "127.0.0.1", "accept": "application/json"})
    client.force_login(worker)
    grid = Grid.objects.select_related("community").get(place__posts__user=worker)
    place = Place.objects.filter(path__startswith=grid.community.place.path, kind="building").earliest("pk")
    fields = {
        "community": grid.community.slug,
        "type": str(HazardType.objects.filter(community=None).earliest("pk").pk),
        "place": str(place.pk),
        "text": "三楼转角堆着旧家具。",
        "rectify_by": f"{timezone.localdate() + timedelta(days=5)}",
        "name": "住户",
    }
    photos = [_photo(seed) for seed in range(ENTRIES)]
    before, landed = 0.0, 0
    with tempfile.TemporaryDirectory() as media, override_settings(MEDIA_ROOT=media), transaction.atomic():
        for number, photo in enumerate(photos):
            if number == WARM:
                before = megabytes()
            landed += _bring(client, fields, photo) == 201
        grown = megabytes() - before
        transaction.set_rollback(True)
    return {"landed": landed, "grown": grown, "photo_kb": sum(map(len, photos)) / len(photos) / 1000}


def _bring(client: Client, fields: dict[str, str], photo: bytes) -> int:
    now = timezone.now().isoformat()
    about = {"id": str(uuid4()), "kind": "grids.hazard", "captured_at": now, "sent_at": now}
    sent = io.BytesIO(photo)
    sent.name = "photo.jpg"
    given = {**{f"entry.{name}": value for name, value in about.items()}, **fields, "photos": sent}
    return client.post("/work/entries/", given).status_code


def _photo(seed: int) -> bytes:
    """Some two hundred kB, as a phone that makes its photos smaller sends them."""
    random = Random(seed)
    noise = Image.effect_noise((160, 120), 40 + random.random() * 30).convert("RGB")
    out = io.BytesIO()
    noise.resize((1600, 1200), Image.Resampling.BICUBIC).save(out, "JPEG", quality=87)
    return out.getvalue()


if __name__ == "__main__":
    main()
