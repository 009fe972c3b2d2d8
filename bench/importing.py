"""Ten thousand households from Excel in a process of its own: `python -m bench.importing [households]`.

A database of its own, thrown away afterwards. Prints the seconds of the check and of the writing, the peak of
memory before and after, and the floor in the same run: the same rows by bulk inserts in one transaction.
"""

from __future__ import annotations

import json
import sys
import time
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import Any

from bench.servers import Bench

HOUSEHOLDS = 10_000
SECONDS = 60
HEADS = ["小区", "楼栋", "楼栋类型", "单元", "户号", "姓名", "手机号", "租户"]


def workbook(many: int) -> bytes:
    """A roll as an estate office keeps it: twenty-five doors an entrance, one person a door."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.append(HEADS)
    for n in range(many):
        doors = [f"{n // 2500 + 1}号小区", f"{n // 100 % 25 + 1}号楼", "单元楼", f"{n // 25 % 4 + 1}单元"]
        sheet.append([*doors, str(n % 25 + 101), f"居民{n}", str(13_600_000_000 + n), "否"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def town() -> tuple[Any, Any]:
    """A community with a secretary."""
    from datetime import date

    from django.utils import timezone

    from community import actions
    from community.duties import Duty
    from community.models.place import PlaceKind

    at = timezone.now()
    county = actions.place_create(kind=PlaceKind.COUNTY, name="县", parent=None, at=at)
    street = actions.place_create(kind=PlaceKind.SUBDISTRICT, name="街道", parent=county, at=at)
    community = actions.community_create(name="社区", slug="bench", parent=street, shipped="diecui", at=at)
    secretary = actions.account_invite(
        username="bench",
        display_name="书记",
        phone="",
        duty=Duty.SECRETARY,
        place=community.place,
        starts_on=date(2026, 1, 1),
        actor=None,
        at=at,
    )
    return community, secretary


def floor(community: Any, many: int) -> None:
    """The same rows by bulk inserts in one transaction, taken back afterwards."""
    from django.db import transaction

    from community.models import Household, Place, Resident

    with transaction.atomic():
        count = many // 25
        places = Place.objects.bulk_create(
            Place(kind="entrance", name=f"e{n}", parent=community.place, path=f"/x/{n}/")
            for n in range(count)
        )
        doors = Household.objects.bulk_create(
            (Household(place=places[n // 25], room=str(n % 25)) for n in range(many)), batch_size=500
        )
        Resident.objects.bulk_create(
            (Resident(household=door, name="居民", phone="13600000000") for door in doors), batch_size=500
        )
        transaction.set_rollback(True)


def peak_megabytes() -> float:
    return round(getrusage(RUSAGE_SELF).ru_maxrss / 1024, 1)


def measure(many: int) -> dict[str, float]:
    """Upload, check, yes, writing; and the floor."""
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from bench.sweep import timed
    from community import actions
    from community.models import Resident
    from community.tasks import run_sheet_imports

    community, secretary = town()
    with get_context("spawn").Pool(1) as apart:  # so that building the file does not count as memory
        content = apart.apply(workbook, (many,))
    file, at = ContentFile(content, "roll.xlsx"), timezone.now()
    sheet = actions.sheet_import_start(community=community, kind="roll", file=file, actor=secretary, at=at)
    ready = peak_megabytes()
    checked = timed(run_sheet_imports)
    actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=timezone.now())
    written = timed(run_sheet_imports)
    peak = peak_megabytes()
    assert Resident.objects.count() == many
    began = time.perf_counter()
    floor(community, many)
    least = time.perf_counter() - began
    whole = float(checked["seconds"]) + float(written["seconds"])  # type: ignore[arg-type]
    return {
        "households": many,
        "check_seconds": round(float(checked["seconds"]), 1),  # type: ignore[arg-type]
        "write_seconds": round(float(written["seconds"]), 1),  # type: ignore[arg-type]
        "floor_seconds": round(least, 2),
        "times_the_floor": round(whole / least, 1),
        "ready_mb": ready,
        "peak_mb": peak,
    }


def main() -> int:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else HOUSEHOLDS
    import os

    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        with bench.running():
            os.environ.update(bench.environment("postgres"), MEDIA_ROOT=folder)
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            found = measure(many)
    print(json.dumps(found), flush=True)
    whole = found["check_seconds"] + found["write_seconds"]
    print(f"{whole:.1f} s of {SECONDS} s: {'OVER' if whole > SECONDS else 'ok'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
