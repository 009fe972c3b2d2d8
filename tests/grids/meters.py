"""Rounds of meter readings for tests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from community.models import Place
from core.models import User
from grids.actions.meters import Read, Round, meter_cycle_open, meter_read
from grids.models import MeterCycle, MeterKind, MeterReading
from tests.cast import NOW

DAY = timedelta(days=1)


def begin(place: Place, actor: User, **given: object) -> MeterCycle:
    """A round of today."""
    at, key = given.pop("at", NOW), given.pop("key", uuid4())
    plan = {
        "name": "下半年水费",
        "kind": MeterKind.WATER,
        "place": place,
        "bill_fen": 10000,
        "opens_on": at.date(),
        "due_on": at.date() + 7 * DAY,
        **given,
    }
    return meter_cycle_open(plan=Round(**plan), key=key, actor=actor, at=at)


def read(
    reading: MeterReading, actor: User, value: object = 10, at: object = NOW, **given: object
) -> MeterReading:
    told = Read(Decimal(str(value)), **given)
    return meter_read(reading_id=reading.pk, read=told, actor=actor, at=at)
