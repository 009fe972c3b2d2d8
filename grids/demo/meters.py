"""抄表 of the demo: half a year's water, shared, and a round that goes on with doors unread."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from community.duties import Duty
from community.models import Community, Place, Post
from core.models import User
from core.workdays import ZONE
from grids.actions.meters import Read, Round, meter_cycle_open, meter_read, meter_share
from grids.actions.meters_sweeping import meters_sweep
from grids.models import Grid, MeterKind
from grids.selectors.homes_page import doors_in

DAY: Final = timedelta(days=1)
MOST: Final = 40


def meters_play(community: Community, *, at: datetime) -> None:
    """The first building of the first grid with a worker and a leader: last half-year, and this one begun."""
    for grid in Grid.objects.active().filter(community=community).order_by("pk"):
        worker, leader = _holder(grid, Duty.GRID_WORKER), _holder(grid, Duty.GRID_LEADER)
        door = doors_in(grid).first()
        if worker and leader and door is not None:
            _play(door.place, worker, leader, at)
            break
    meters_sweep(at=at)


def _holder(grid: Grid, duty: Duty) -> User | None:
    post = Post.objects.filter(place=grid.pk, duty=duty, ends_on=None).select_related("user").first()
    return post.user if post else None


def _play(place: Place, worker: User, leader: User, at: datetime) -> None:
    for ago, name, left_out in ((190, "上半年水费", 0), (5, "下半年水费", 2)):
        then = (at - ago * DAY).astimezone(ZONE).replace(hour=9, minute=0)
        day = timezone.localdate(then)
        plan = Round(name, MeterKind.WATER, place, 132_847, day, day + 14 * DAY, day + 183 * DAY)
        key = uuid5(NAMESPACE_URL, f"meter-{place.pk}-{ago}")
        cycle = meter_cycle_open(plan=plan, key=key, actor=leader, at=then)
        readings = list(cycle.readings.order_by("pk")[:MOST])
        for number, one in enumerate(readings[: len(readings) - left_out]):
            value = one.previous + Decimal(31 + 7 * (number % 5))
            meter = one.meter or f"W{one.household_id:05d}"
            read = Read(value, meter, reader="老党员陈师傅" if number % 3 == 0 else "")
            meter_read(
                reading_id=one.pk, read=read, actor=worker, at=then + DAY + number * timedelta(minutes=4)
            )
        if not left_out and not cycle.readings.filter(value=None).exists():
            meter_share(cycle_id=cycle.pk, actor=leader, at=then + 3 * DAY)
