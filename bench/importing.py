"""Ten thousand rows from Excel in a process of its own: `python -m bench.importing [rows] [roll|history]`.

Households with a resident each, or matters of an old register. A database of its own, thrown away afterwards.
Prints the seconds of the check and of the writing, the peak of memory before and after, and the floor in the
same run: the same rows by bulk inserts in one transaction.
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

ROWS = 10_000
SECONDS = 60
BUILDINGS = 40
HEADS = ["小区", "楼栋", "楼栋类型", "单元", "户号", "姓名", "手机号", "租户"]


PAST = [
    *("旧编号", "收到日期", "渠道", "事项", "类别", "地点", "原话", "反映人数", "经办", "办理结果"),
    *("办结日期", "应办结日期", "定级", "规模", "满意", "公开", "公开标题"),
]
WORDS = "三单元楼道灯坏了两周，晚上老人上下楼看不清，孩子放学回来也害怕，请尽快来修。"
RESULT = "物业当天到场查看，更换声控灯两盏，并请楼长每月查看一次，居民表示满意。"


def workbook(many: int, kind: str = "roll") -> bytes:
    """A sheet of this kind, as people keep it."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.append(HEADS if kind == "roll" else PAST)
    line = door if kind == "roll" else matter
    for n in range(many):
        sheet.append(line(n))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def door(n: int) -> list[str]:
    """A roll as an estate office keeps it: twenty-five doors an entrance, one person a door."""
    where = [f"{n // 2500 + 1}号小区", f"{n // 100 % 25 + 1}号楼", "单元楼", f"{n // 25 % 4 + 1}单元"]
    return [*where, str(n % 25 + 101), f"居民{n}", str(13_600_000_000 + n), "否"]


def matter(n: int) -> list[str]:
    """A line of an old register: two years, the buildings of one estate; one in ten is public."""
    from datetime import date, timedelta

    today = date.today()  # noqa: DTZ011 - days alone
    came = today - timedelta(days=20 + n % 700)
    done, due = came + timedelta(days=n % 12), came + timedelta(days=7)
    shown = ["是", "楼道灯修好了"] if n % 10 == 0 else ["否", ""]
    where = f"一号小区 {n % BUILDINGS + 1}号楼"
    said = [f"{came.year}-{n:06d}", str(came), "电话热线", "路灯楼道灯", "", where, WORDS, str(n % 4 + 1)]
    return [*said, "翠微物业", RESULT, str(done), str(due), "蓝色", "1", ("是", "否", "")[n % 3], *shown]


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
    estate = actions.place_create(kind=PlaceKind.ESTATE, name="一号小区", parent=community.place, at=at)
    for number in range(1, BUILDINGS + 1):
        actions.place_create(
            kind=PlaceKind.BUILDING, name=f"{number}号楼", parent=estate, building_kind="apartment", at=at
        )
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


def floor(community: Any, many: int, kind: str) -> None:
    """The same rows by bulk inserts in one transaction, taken back afterwards."""
    (floor_of_doors if kind == "roll" else floor_of_matters)(community, many)


def floor_of_matters(community: Any, many: int) -> None:
    """Petitions with their words and one line of history each."""
    from uuid import uuid4

    from django.db import transaction
    from django.utils import timezone

    from petitions.models import Petition, PetitionEvent

    at = timezone.now()
    given: dict[str, Any] = dict.fromkeys(("filed_at", "fed_back_at", "closed_at", "changed_at"), at)
    given |= {"community": community, "place": community.place, "place_path": community.place.path}
    with transaction.atomic():
        rows = Petition.objects.bulk_create(
            (
                Petition(
                    number=f"F{n}",
                    filing_key=uuid4(),
                    text=WORDS,
                    outcome=RESULT,
                    stage="archived",
                    **given,
                )
                for n in range(many)
            ),
            batch_size=250,
        )
        PetitionEvent.objects.bulk_create(
            (PetitionEvent(petition=row, at=at, event="archived", stage="archived") for row in rows),
            batch_size=250,
        )
        transaction.set_rollback(True)


def floor_of_doors(community: Any, many: int) -> None:
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


def measure(many: int, kind: str) -> dict[str, Any]:
    """Upload, check, yes, writing; and the floor."""
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from bench.sweep import timed
    from community import actions
    from community.models import Resident
    from community.tasks import run_sheet_imports
    from petitions.models import Petition

    community, secretary = town()
    with get_context("spawn").Pool(1) as apart:  # so that building the file does not count as memory
        content = apart.apply(workbook, (many, kind))
    file, at = ContentFile(content, "sheet.xlsx"), timezone.now()
    sheet = actions.sheet_import_start(community=community, kind=kind, file=file, actor=secretary, at=at)
    ready = peak_megabytes()
    checked = timed(run_sheet_imports)
    actions.sheet_import_confirm(import_id=sheet.pk, actor=secretary, at=timezone.now())
    written = timed(run_sheet_imports)
    peak = peak_megabytes()
    assert (Resident if kind == "roll" else Petition).objects.count() == many
    began = time.perf_counter()
    floor(community, many, kind)
    least = time.perf_counter() - began
    whole = float(checked["seconds"]) + float(written["seconds"])  # type: ignore[arg-type]
    return {
        "kind": kind,
        "rows": many,
        "check_seconds": round(float(checked["seconds"]), 1),  # type: ignore[arg-type]
        "write_seconds": round(float(written["seconds"]), 1),  # type: ignore[arg-type]
        "floor_seconds": round(least, 2),
        "times_the_floor": round(whole / least, 1),
        "ready_mb": ready,
        "peak_mb": peak,
    }


def main() -> int:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    kind = sys.argv[2] if len(sys.argv) > 2 else "roll"
    import os

    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        with bench.running():
            os.environ.update(bench.environment("postgres"), MEDIA_ROOT=folder)
            import django

            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            found = measure(many, kind)
    print(json.dumps(found), flush=True)
    whole = found["check_seconds"] + found["write_seconds"]
    print(f"{whole:.1f} s of {SECONDS} s: {'OVER' if whole > SECONDS else 'ok'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
