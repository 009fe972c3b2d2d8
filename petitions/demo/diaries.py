"""民情日记 of the demo: wishes heard on benches, one made a matter of, one left with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from community.duties import Duty
from community.models import Community, Place, Post
from community.models.place import PlaceKind
from core.models import User
from core.workdays import ZONE
from grids.actions.diary import Heard, diary_note, diary_review, diary_write
from grids.models import Grid
from grids.selectors.hazards import places_for
from petitions.actions.neglect import neglect_sweep
from petitions.actions.promoting import petition_file_from_diary

DAY: Final = timedelta(days=1)
HEARD: Final = (
    (16, "老人们说小广场缺一张乒乓球桌，想活动活动。", 6, "promote"),
    (9, "想把快递柜搬到离楼近一点的地方。", 2, "note"),
    (4, "凉亭的凳子冬天太凉，想加几个坐垫。", 4, ""),
    (1, "盼着社区食堂周末也开。", 9, ""),
)
REASON: Final = "物业已和快递公司谈好，下月搬。"


def diaries_play(community: Community, *, at: datetime) -> None:
    """The last weeks of the first grid that has a worker and a leader."""
    for grid in Grid.objects.active().filter(community=community).select_related("place").order_by("pk"):
        worker, leader = _holder(grid, Duty.GRID_WORKER), _holder(grid, Duty.GRID_LEADER)
        places = places_for(worker, community, at=at) if worker else []
        place = next((one for one in places if one.kind == PlaceKind.BUILDING), None)
        if worker is not None and leader is not None and place is not None:
            _play(place, worker, leader, at)
            break
    diary_review(at=at)
    neglect_sweep(at=at)


def _holder(grid: Grid, duty: Duty) -> User | None:
    post = Post.objects.filter(place=grid.pk, duty=duty, ends_on=None).select_related("user").first()
    return post.user if post else None


def _play(place: Place, worker: User, leader: User, at: datetime) -> None:
    for ago, text, count, fate in HEARD:
        then = (at - ago * DAY).astimezone(ZONE).replace(hour=16, minute=40)
        key = uuid5(NAMESPACE_URL, f"diary-{place.pk}-{ago}")
        entry = diary_write(heard=Heard(text, place, count, "槐树下"), key=key, actor=worker, at=then)
        if fate == "promote":
            petition_file_from_diary(
                entry_id=entry.pk, text=text, topic="other", actor=worker, at=at - 3 * timedelta(hours=1)
            )
        elif fate == "note":
            diary_note(entry_id=entry.pk, reason=REASON, actor=leader, at=then + 3 * DAY)
