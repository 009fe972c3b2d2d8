"""What the morning finds missing in grids: each thing is told of once (G-03, G-04, G-17)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from community.duties import Duty
from community.models import Community, Post
from core import outbox, reminders
from core.outbox import Message
from grids import notices
from grids.models import Grid
from grids.selectors.holders import KEPT_BY, first_held, held_above
from grids.selectors.homes import uncharged_since
from grids.selectors.staffing import crews_of

LED_BY = (Duty.GRID_LEADER, Duty.SECRETARY, Duty.SUPERVISOR)


def grids_check(*, at: datetime) -> int:
    """Tell of vacancies, of households in nobody's hands, and once a week of grids short of people."""
    day = timezone.localdate(at)
    return vacancies_tell(day, at) + uncharged_tell(day, at) + shortages_tell(day, at)


@transaction.atomic
def vacancies_tell(day: date, at: datetime) -> int:
    """Tell leader and secretary of each grid without a worker, once for each time that it fell vacant."""
    grids = list(
        Grid.objects.vacant(day).filter(community__is_active=True).select_related("place", "community")
    )
    ended = Post.objects.filter(place__in=grids_ids(grids), duty=Duty.GRID_WORKER, ends_on__lt=day)
    since = dict(ended.values_list("place_id").annotate(Max("ends_on")).order_by())
    by_stage: dict[str, list[int]] = defaultdict(list)
    for grid in grids:
        by_stage[str(since.get(grid.pk, "never"))].append(grid.pk)
    new = {
        pk for stage in sorted(by_stage) for pk in reminders.claim("grid.vacant", stage, by_stage[stage], at)
    }
    told = [grid for grid in grids if grid.pk in new]
    posts = held_above(told, (*LED_BY,), day)
    named: dict[int, list[str]] = defaultdict(list)
    for grid in told:
        leader = first_held(posts, grid, LED_BY)
        secretary = first_held(posts, grid, LED_BY[1:])
        for user_id in dict.fromkeys((leader, secretary)):
            if user_id is not None:
                named[user_id].append(_name(grid))
    outbox.send([notices.vacant(pk, names, day=day, at=at) for pk, names in named.items()])
    return len(told)


@transaction.atomic
def shortages_tell(day: date, at: datetime) -> int:
    """Once a week, tell each secretary which grids have fewer people than the norm asks for."""
    year, week, _weekday = day.isocalendar()
    open_ids = Community.objects.active().order_by("pk").values_list("pk", flat=True)
    new = reminders.claim("grid.short", f"{year}-{week}", list(open_ids), at)
    rows = Grid.objects.active().filter(community__in=new).select_related("place", "community")
    short = [crew.grid for crew in crews_of(list(rows.order_by("pk")), day) if crew.is_short]
    return _tell(
        short,
        (Duty.SECRETARY, Duty.SUPERVISOR),
        day,
        lambda pk, names: notices.short(pk, names, day=day, at=at),
    )


@transaction.atomic
def uncharged_tell(day: date, at: datetime) -> int:
    """Tell the cadre of each household that is in nobody's hands, once each time; one message a person."""
    found = [(pk, grid_id, last) for pk, grid_id, last in uncharged_since("/", day) if grid_id is not None]
    grid_of = {pk: grid_id for pk, grid_id, _last in found}
    stages = {pk: str(last or "first") for pk, _grid_id, last in found}
    new = reminders.claim_each("household.uncharged", stages, at)
    counts: dict[int, int] = defaultdict(int)
    for pk in new:
        counts[grid_of[pk]] += 1
    grids = list(Grid.objects.filter(pk__in=counts).select_related("place", "community").order_by("pk"))
    posts = held_above(grids, KEPT_BY, day)
    named: dict[int, list[Grid]] = defaultdict(list)
    for grid in grids:
        user_id = first_held(posts, grid, KEPT_BY)
        if user_id is not None:
            named[user_id].append(grid)
    outbox.send(
        [
            notices.uncharged(pk, sum(counts[grid.pk] for grid in own), [*map(_name, own)], day=day, at=at)
            for pk, own in named.items()
        ]
    )
    return len(new)


def grids_ids(grids: Iterable[Grid]) -> list[int]:
    return [grid.pk for grid in grids]


def _name(grid: Grid) -> str:
    return f"{grid.community}{grid.name}"


def _tell(
    grids: Sequence[Grid], duties: Sequence[Duty], day: date, say: Callable[[int, list[str]], Message]
) -> int:
    posts = held_above(grids, duties, day)
    named: dict[int, list[str]] = defaultdict(list)
    for grid in grids:
        user_id = first_held(posts, grid, duties)
        if user_id is not None:
            named[user_id].append(_name(grid))
    outbox.send([say(pk, names) for pk, names in named.items()])
    return len(grids)
