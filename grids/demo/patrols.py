"""Some days of patrols up to now: most windows met, some missed, check-ins with and without a position."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from django.utils import timezone

from community.duties import Duty
from community.models import Post
from core.models import User
from grids import actions
from grids.actions.check_in import Fix
from grids.actions.patrol import Done
from grids.actions.patrol_notes import Noted
from grids.actions.patrol_plan import Hours, Spot
from grids.actions.patrol_sweeping import missed_count
from grids.models import Checkpoint, Grid, GridBoundary, NoteKind, Window

DAYS: Final = 3
POINTS: Final = ("东门岗亭", "中心凉亭", "充电车棚")
NOTED: Final = (
    (NoteKind.ANSWER, "问医保怎么续缴，告诉了要带什么、去哪里办。"),
    (NoteKind.OPINION, "几位居民希望凉亭旁装一盏灯。"),
    (NoteKind.MEDIATION, "两家为楼道放鞋柜争了几句，当面说开了。"),
    (NoteKind.HELP, "帮一位老人把米提上三楼。"),
    (NoteKind.OTHER, "单元门关不严，先用纸板垫住了。"),
)
NOTES: Final = ("楼道通畅，无异常。", "充电车棚有一处飞线，已当场劝拆。", "和几位老人聊了聊，一切都好。")


def patrols_walk(grids: Sequence[Grid], *, now: datetime) -> None:
    """Plans, checkpoints and the walks of three days and today, in the order of time."""
    since = now - timedelta(days=DAYS)
    begun = timezone.localtime(since).replace(hour=0, minute=0, second=0, microsecond=0)
    posts = Post.objects.filter(place__in=[grid.pk for grid in grids], duty=Duty.GRID_WORKER, ends_on=None)
    workers = {post.place_id: post.user for post in posts.select_related("user").order_by("-pk")}
    own_grid = {user.pk: grid_id for grid_id, user in workers.items()}  # whoever serves two walks one
    ready = [
        (
            grid,
            workers.get(grid.pk),
            _points(grid, begun),
            actions.patrol_plan_set(grid=grid, hours=Hours(), actor=None, at=begun),
        )
        for grid in grids
    ]
    for day in range(DAYS + 1):
        date = begun.date() + timedelta(days=day)
        for number, (grid, worker, points, plan) in enumerate(ready):
            for turn, window in enumerate(plan.windows_on(date)):
                if worker is not None and own_grid[worker.pk] == grid.pk and (number + day * 2 + turn) % 5:
                    _walk(grid, worker, points, window, now)
        missed_count(min(now, begun + timedelta(days=day, hours=23)))


def _points(grid: Grid, at: datetime) -> list[Checkpoint]:
    """Three to a grid; where it has an outline, the first two with a position."""
    boundary = GridBoundary.objects.filter(grid=grid).first()
    corner = boundary.shape["coordinates"][0][0] if boundary else None
    places = [(corner[0] + 0.001 * n, corner[1] + 0.001 * n) if corner and n < 3 else None for n in (1, 2, 3)]
    return [
        actions.checkpoint_create(grid=grid, spot=Spot(name, where, order), actor=None, at=at)
        for order, (name, where) in enumerate(zip(POINTS, places, strict=True), 1)
    ]


def _walk(grid: Grid, worker: User, points: Sequence[Checkpoint], window: Window, now: datetime) -> None:
    """From ten past the opening, as far as it has come by now."""
    begin = window.opens + timedelta(minutes=10)
    if begin > now:
        return
    key = uuid5(NAMESPACE_OID, f"{grid.pk} {begin}")
    actions.patrol_start(grid_id=grid.pk, key=key, done=_done(worker, begin))
    for number, point in enumerate(points, 1):
        moment = begin + timedelta(minutes=12 * number)
        if moment <= now:
            fix = Fix(point.longitude, point.latitude, 12.0) if point.longitude and point.latitude else None
            actions.check_in(code=point.code, fix=fix, done=_done(worker, moment))
    _note(worker, begin, window, now)
    end = begin + timedelta(minutes=45)
    if end <= now:
        actions.patrol_end(done=_done(worker, end), note=NOTES[(grid.pk + window.day.day) % len(NOTES)])


def _note(worker: User, begin: datetime, window: Window, now: datetime) -> None:
    """A greeting, and something to each of a few walks."""
    kind, text = NOTED[(worker.pk + window.day.day + begin.hour) % len(NOTED)]
    for minutes, noted in ((5, Noted(NoteKind.GREETING)), (20, Noted(kind, text))):
        moment = begin + timedelta(minutes=minutes)
        if moment <= now:
            key = uuid5(NAMESPACE_OID, f"{worker.pk} {moment}")
            actions.patrol_note(noted=noted, key=key, done=_done(worker, moment))


def _done(worker: User, moment: datetime) -> Done:
    return Done(worker=worker, actor=worker, happened_at=moment, at=moment)
