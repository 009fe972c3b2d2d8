"""Position → grid among a whole county's boundaries, in a process of its own: `python -m bench.position`.

Prints one line of JSON. Each question goes all the way: the mark in the database, then the index.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Final

import django

COLUMNS: Final = 112
GRIDS: Final = 12_406
STEP: Final = 0.004
WEST, SOUTH = 109.8, 34.6
CORNERS: Final = 48
QUESTIONS: Final = 4_000


def fill(at: datetime) -> None:
    """A county's places and grids, each grid with an uneven outline around its own spot."""
    from grids.models import Grid, GridBoundary
    from petitions.demo.county import places
    from petitions.demo.county.scale import county_scale

    places.fill(county_scale(), at)
    random = Random(4)
    keys = Grid.objects.order_by("pk").values_list("pk", flat=True)
    GridBoundary.objects.bulk_create(
        (
            GridBoundary(
                grid_id=pk,
                shape={"type": "Polygon", "coordinates": [list(_ring(number, random))]},
                square_metres=120_000.0,
                changed_at=at,
            )
            for number, pk in enumerate(keys)
        ),
        batch_size=1_000,
    )


def _spot(number: int) -> tuple[float, float]:
    return WEST + (number % COLUMNS) * STEP, SOUTH + (number // COLUMNS) * STEP


def _ring(number: int, random: Random) -> Iterator[list[float]]:
    x, y = _spot(number)
    reach = [STEP * random.uniform(0.38, 0.6) for _corner in range(CORNERS)]
    for corner in range(CORNERS + 1):
        angle, far = 2 * math.pi * corner / CORNERS, reach[corner % CORNERS]
        yield [round(x + far * math.cos(angle), 7), round(y + far * math.sin(angle), 7)]


def megabytes() -> float:
    """The memory that this process holds now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def measured() -> dict[str, float]:
    """Milliseconds of a question, and what the index takes."""
    from grids.models import GridBoundary
    from grids.selectors.position import grounds_at

    grids = GridBoundary.objects.count()
    before = megabytes()
    started = time.perf_counter()
    grounds_at(longitude=WEST, latitude=SOUTH)
    read_seconds = time.perf_counter() - started
    grown = megabytes() - before
    random, times, found = Random(8), [], 0
    for _question in range(QUESTIONS):
        x, y = _spot(random.randrange(grids))
        started = time.perf_counter()
        found += bool(grounds_at(longitude=x, latitude=y))
        times.append((time.perf_counter() - started) * 1000)
    assert found == QUESTIONS, "a position inside a boundary was not found"
    return {
        "grids": grids,
        "milliseconds": median(times),
        "slow_milliseconds": quantiles(times, n=20)[-1],
        "read_seconds": read_seconds,
        "grown_mb": grown,
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measured()))
