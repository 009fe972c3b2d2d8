"""Petitions with everything that hangs on them, filed evenly over four years; three in a hundred are open.

Drawn from one seeded source, written in chunks, so that memory stays flat and a run can be repeated.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import connection

from core.models import StoredImage
from petitions.demo.county.history import History
from petitions.demo.county.places import County
from petitions.demo.county.rows import Writer
from petitions.models import Evaluation, Petition, PetitionEvent, PetitionPhoto, PetitionReporter, WallPost

MODELS: Final = (Petition, PetitionReporter, PetitionEvent, PetitionPhoto, Evaluation, WallPost, StoredImage)
CHUNK: Final = 10_000


def fill(county: County, count: int, at: datetime) -> None:
    """`count` petitions, most of them archived, with history, reporters, judgements and wall posts."""
    history = History(county, count, at)
    _write_chunks(history.draw, count, Writer(at))


def fill_open(county: County, count: int, at: datetime) -> None:
    """`count` petitions, all open: nine in ten in 办事 with a running clock, the rest wait to be judged."""
    history = History(county, count, at)
    _write_chunks(history.draw_open, count, Writer(at, brief=True))


def _write_chunks(draw: Any, count: int, writer: Writer) -> None:
    for start in range(1, count + 1, CHUNK):
        writer.write([draw(n) for n in range(start, min(start + CHUNK, count + 1))])
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('petitions_number', %s)", [count])
