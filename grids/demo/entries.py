"""外勤记录 of the demo: what came up from the phones, and what waits for the leader of each grid."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from community.duties import Duty
from community.models import Community, Post
from core.language import in_house
from core.models import User
from core.workdays import ZONE
from grids.actions.entries import Brought, entry_bring
from grids.actions.held_entries import entry_accept, entry_drop
from grids.actions.needs import need_close
from grids.models import FieldEntry, Grid, Need, NeedResult

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
ENTRIES: Final = (
    (4, "东门口路砖松了两块，老人绊了一下。", "小区东门", ""),
    (1, "充电桩有一个不通电，已贴了提示。", "充电车棚", ""),
    (1, "三楼平台堆了两个旧柜子，没找到是谁家的。", "2 单元三层", "敲了几家门没有人应，不知道记在哪一户。"),
)
"""How many days ago, what was seen, where, and why it is left to the leader, if it is."""
SEEN_TO: Final = 2
"""What is longer ago than so many days has been seen to."""


@in_house
def entries_play(community: Community, *, at: datetime) -> None:
    """A few days of each grid that has a worker and a leader: two entries landed, one was left to the leader.

    What a phone is told is in its own language; these phones are in Chinese.
    """
    for number, grid in enumerate(Grid.objects.active().filter(community=community).order_by("pk")):
        held = Post.objects.filter(place=grid.pk, ends_on=None).select_related("user")
        workers = {post.duty: post.user for post in held.order_by("-pk")}
        if {Duty.GRID_WORKER, Duty.GRID_LEADER} <= set(workers):
            for ago, text, spot, objection in ENTRIES:
                then = (at - ago * DAY).astimezone(ZONE).replace(hour=15, minute=20)
                entry = _bring(grid, workers[Duty.GRID_WORKER], text, spot, objection, then)
                if ago > SEEN_TO:
                    _see_to(entry, then + HOUR)
            _decide(entry, number, workers[Duty.GRID_LEADER], at)


def _see_to(entry: FieldEntry, at: datetime) -> None:
    need_close(
        need_id=Need.objects.get(key=entry.pk).pk,
        result=NeedResult.DELIVERED,
        solution="垫了细沙重新铺平，踩上去不晃了。",
        feedback="告诉了门口歇脚的老人，他们来走过一遍。",
        actor=entry.worker,
        at=at,
    )


def _decide(entry: FieldEntry, number: int, leader: User, at: datetime) -> None:
    """What was left waits in the first grid, is booked in the second, and is not in the third."""
    if number == 1:
        entry_accept(entry_id=entry.pk, actor=leader, at=at - HOUR)
    elif number > 1:
        reason = "上周已按隐患登记，柜子当天搬走了。"
        entry_drop(entry_id=entry.pk, actor=leader, reason=reason, at=at - HOUR)


def _bring(grid: Grid, worker: User, text: str, spot: str, objection: str, then: datetime) -> FieldEntry:
    """Entered where there was no signal, sent an hour later."""
    fields = {"grid": [str(grid.pk)], "kind": ["incident"], "text": [text], "spot": [spot]}
    brought = Brought(
        id=uuid5(NAMESPACE_URL, f"entry-{grid.pk}-{text}"),
        kind="grids.need",
        title=text,
        fields={**fields, "keeps_it": ["on"]},
        files={},
        captured_at=then - HOUR,
        sent_at=then,
        to_leader=bool(objection),
        objection=objection,
    )
    return entry_bring(brought=brought, actor=worker, at=then)
