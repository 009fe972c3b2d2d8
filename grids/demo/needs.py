"""需求和事件 of the demo: answered the same day, solved in the grid, without feedback, late, an incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from community.duties import Duty
from community.models import Community, Household, Post
from core.models import User
from core.workdays import ZONE
from grids.actions.moving import need_move
from grids.actions.needs import Report, need_close, need_report, need_respond, need_solve
from grids.actions.needs_sweeping import needs_sweep
from grids.demo.people import lived_in
from grids.models import Grid, Need, NeedKind, NeedResult

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Story:
    """What came up so many days ago, and how far it is."""

    ago: int
    text: str
    response: str = ""
    solution: str = ""
    feedback: str = ""
    is_urgent: bool = False
    keeps_it: bool = False
    spot: str = ""
    result: NeedResult = NeedResult.DELIVERED


STORIES: Final = (
    Story(
        12,
        "老两口药费太高，这个月低保还没有着落。",
        "下午带着低保申请表上门。",
        "当场填好申请，材料已交街道民政。",
        "告诉老人 15 天内有答复，药费先走医疗救助。",
        is_urgent=True,
    ),
    Story(
        8,
        "楼道灯不亮，老人夜里不敢出门。",
        solution="当场换了灯泡。",
        feedback="老人试过，亮了。",
        keeps_it=True,
    ),
    Story(
        5,
        "想让小区东门晚上开到十一点。",
        "问了物业。",
        "物业人手不够，十点后走南门。",
        "当面说明了原因，她能接受。",
        result=NeedResult.EXPLAINED,
    ),
    Story(3, "孩子转学，不知道要哪些材料。", "打电话问了教育局。", "材料清单已写好。"),
    Story(2, "电梯口两家为停放婴儿车吵了起来。", spot="2 单元一层"),
)


def needs_play(community: Community, *, at: datetime) -> None:
    """The last days of each grid that has a worker and people behind its doors."""
    for grid in Grid.objects.active().filter(community=community).select_related("place").order_by("pk"):
        worker = _holder(grid, Duty.GRID_WORKER)
        helper = _holder(grid, Duty.GRID_LEADER) or _secretary(community)
        doors = lived_in(grid)[: len(STORIES)]
        if worker is not None and helper is not None:
            for story, door in zip(STORIES, doors, strict=False):
                _play(grid, door, story, worker, helper, at)
            _give(grid, worker, helper, at)
    needs_sweep(at=at)


def _give(grid: Grid, worker: User, leader: User, at: datetime) -> None:
    """The leader gives the incident that nobody has seen to yet to the worker."""
    waiting = Need.objects.open().filter(place=grid.pk, solved_at=None, handler=None).order_by("-pk").first()
    if waiting is not None and leader != worker:
        need_move(
            need_id=waiting.pk,
            worker_id=worker.pk,
            reason="两家都认识你，你去劝。",
            actor=leader,
            at=at - HOUR,
        )


def _holder(grid: Grid, duty: Duty) -> User | None:
    post = Post.objects.filter(place=grid.pk, duty=duty, ends_on=None).select_related("user").first()
    return post.user if post else None


def _secretary(community: Community) -> User | None:
    """Who answers where a grid has no leader: whoever reports a need does not."""
    posts = Post.objects.filter(place=community.place_id, duty=Duty.SECRETARY, ends_on=None)
    post = posts.select_related("user").first()
    return post.user if post else None


def _play(grid: Grid, door: Household, story: Story, worker: User, helper: User, at: datetime) -> None:
    then = (at - story.ago * DAY).astimezone(ZONE).replace(hour=10, minute=5)
    need = _report(grid, door, story, worker, then)
    if story.response:
        need_respond(need_id=need.pk, words=story.response, actor=helper, at=then + HOUR / 2)
    by = worker if story.keeps_it else helper
    if story.solution:
        need_solve(need_id=need.pk, solution=story.solution, actor=by, at=then + 5 * HOUR)
    if story.feedback:
        need_close(
            need_id=need.pk, result=story.result, feedback=story.feedback, actor=by, at=then + 6 * HOUR
        )


def _report(grid: Grid, door: Household, story: Story, worker: User, at: datetime) -> Need:
    report = Report(
        story.text,
        NeedKind.INCIDENT if story.spot else NeedKind.NEED,
        is_urgent=story.is_urgent,
        keeps_it=story.keeps_it,
        spot=story.spot,
    )
    return need_report(
        household_id=None if story.spot else door.pk,
        grid_place=grid.place,
        report=report,
        key=uuid5(NAMESPACE_URL, f"need-{grid.pk}-{timezone.localdate(at)}-{story.ago}"),
        actor=worker,
        at=at,
    )
