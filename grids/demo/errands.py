"""代办 of the demo: one in hand, one that waits for a word to the household, two that are over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from community.duties import Duty
from community.models import Community, Household, Post
from core.models import User
from core.workdays import ZONE
from grids.actions.errands import Asked, Word, errand_finish, errand_take, errand_tell
from grids.actions.errands_sweeping import errands_sweep
from grids.actions.moving import errand_move
from grids.demo.people import lived_in
from grids.models import Errand, ErrandKind, Grid, ToldHow

DAY: Final = timedelta(days=1)
ERRANDS: Final = (
    (
        9,
        ErrandKind.PAPERS,
        "孩子的身份证到期了，问清要带什么",
        "派出所说带户口本，孩子本人去一趟。",
        8,
        "下周一就去。",
    ),
    (
        6,
        ErrandKind.SHOPPING,
        "腿疼下不了楼，帮买一袋面和降压药",
        "买好送到家了。",
        6,
        "谢谢，药还能吃一个月。",
    ),
    (3, ErrandKind.REPAIR, "卫生间水管漏水，找人来修", "物业师傅换了软管，没有收费。", None, ""),
    (1, ErrandKind.PAYMENT, "不会用手机，代交电费 60 元", "", None, ""),
)
"""How many days ago, what kind, what was asked, how it went, when the household heard, what they said."""


def errands_play(community: Community, *, at: datetime) -> None:
    """The last days of each grid that has a worker and people behind its doors."""
    for grid in Grid.objects.active().filter(community=community).order_by("pk"):
        post = Post.objects.filter(place=grid.pk, duty=Duty.GRID_WORKER, ends_on=None).select_related("user")
        doors = lived_in(grid)[: len(ERRANDS)]
        worker = post.first()
        if worker is not None:
            for (ago, kind, text, result, told, reply), door in zip(ERRANDS, doors, strict=False):
                _play(door, worker.user, (ago, kind, text, result, told, reply), at)
            _move(grid, at)
    errands_sweep(at=at)


def _move(grid: Grid, at: datetime) -> None:
    """What is in hand goes to the auxiliary where there is one, since its worker is away."""
    helper = Post.objects.filter(place=grid.pk, duty=Duty.GRID_AUXILIARY, ends_on=None).first()
    leader = Post.objects.filter(place=grid.pk, duty=Duty.GRID_LEADER, ends_on=None).first()
    errand = Errand.objects.open().filter(place=grid.pk, done_at=None).order_by("-pk").first()
    if helper and leader and errand:
        errand_move(
            errand_id=errand.pk,
            worker_id=helper.user_id,
            reason="网格员这两天参加培训。",
            actor=leader.user,
            at=at - timedelta(hours=2),
        )


def _play(
    door: Household, worker: User, story: tuple[int, ErrandKind, str, str, int | None, str], at: datetime
) -> None:
    ago, kind, text, result, told, reply = story
    then = (at - ago * DAY).astimezone(ZONE).replace(hour=9, minute=30)
    person = door.residents.all().present().order_by("pk").first()
    key = uuid5(NAMESPACE_URL, f"errand-{door.pk}-{ago}")
    errand = errand_take(
        household_id=door.pk, asked=Asked(text, kind, person), key=key, actor=worker, at=then
    )
    if result:
        done_at = then + timedelta(hours=3)
        errand_finish(errand_id=errand.pk, result=result, is_in_vain=False, actor=worker, at=done_at)
        if told is not None:
            errand_tell(
                errand_id=errand.pk,
                word=Word(ToldHow.IN_PERSON, reply),
                actor=worker,
                at=(then if told == ago else at - told * DAY) + timedelta(hours=5),
            )
