"""旧档 of the demo: what 叠翠 had kept on paper before the portal, brought in by its clerk. All invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone

from community.models import CategorySetting
from petitions.actions.importing import Past, past_matters_add
from petitions.demo.stage import World
from petitions.demo.town import Town

TOWN: Final = "diecui"
Line = tuple[int, int, str, str, str, str, str, bool | None, str]
"""Days before today, days it took, channel, topic, colour, words, result, satisfaction, public title."""
LINES: Final[tuple[Line, ...]] = (
    (
        *(760, 3, "hotline", "lamp", "blue"),
        *("三单元楼道灯不亮，晚上看不清台阶。", "已更换声控灯。", True, "三单元楼道灯修好了"),
    ),
    (
        *(772, 9, "suggestion_box", "parking", "yellow"),
        *("东门两边停满了车，消防车进不来。", "已划出消防通道并立桩。", True, "东门消防通道划好了"),
    ),
    (
        *(785, 21, "session", "e_bike_charging", "yellow"),
        *(
            "车棚没有充电的地方，都从楼上拉线。",
            "已装充电插座二十个，拉线已清理。",
            True,
            "车棚装了充电插座",
        ),
    ),
    (
        *(791, 2, "chat_group", "waste", "blue"),
        *("西侧垃圾桶两天没有人清。", "已清运，改为每天两次。", True, ""),
    ),
    (
        *(803, 15, "visit", "leak", "yellow"),
        *("顶楼下雨就漏，墙皮掉了一片。", "已补做防水，雨后复查不漏。", True, "顶楼漏雨补好了"),
    ),
    (*(815, 6, "station", "greening", "blue"), *("树枝伸到窗前，挡光。", "已修剪。", None, "")),
    (
        *(828, 30, "hotline", "noise", "blue"),
        *("楼下棋牌室夜里太吵。", "经多次沟通，改为晚十点关门。", False, ""),
    ),
    (
        *(840, 4, "hotline", "road", "blue"),
        *("北门地砖翘起，容易绊倒人。", "已重新铺平。", True, "北门地砖铺平了"),
    ),
    (
        *(861, 12, "party_group", "elder_support", "yellow"),
        *("楼上老人独居，想有人常来看看。", "已安排志愿者每周看望。", True, ""),
    ),
    (
        *(884, 5, "suggestion_box", "clutter", "blue"),
        *("二层楼道堆着旧家具，走不过去。", "已和住户一起清走。", None, "二层楼道清出来了"),
    ),
    (
        *(1210, 8, "hotline", "falling_tiles", "red"),
        *("外墙砖掉下来，砸在花坛边。", "已围挡并加固外墙。", True, "松动的墙砖加固了"),
    ),
    (
        *(1260, 3, "station", "water_bill", "blue"),
        *("水表读数不对。", "已重新抄表，退回多收的水费。", True, ""),
    ),
)


def history_play(world: World) -> None:
    """Twelve matters, the last two longer ago than the community keeps words."""
    town = world.towns[TOWN]
    past_matters_add(
        community=town.community,
        matters=[_past(town, world, number, line) for number, line in enumerate(LINES, 1)],
        actor=town.desk,
        at=world.now - timedelta(hours=1),
    )


def _past(town: Town, world: World, number: int, line: Line) -> Past:
    ago, took, channel, topic, colour, text, outcome, is_satisfied, title = line
    received = timezone.localdate(world.now) - timedelta(days=ago)
    place = town.buildings[number % len(town.buildings)]
    categories: list[CategorySetting | None] = [*town.categories, None]
    return Past(
        old_number=f"{received.year}-{number:03d}",
        place=place,
        channel=channel,
        topic=topic,
        text=text,
        outcome=outcome,
        received_on=received,
        finished_on=received + timedelta(days=took),
        promised_on=received + timedelta(days=7) if number % 3 else None,
        category=categories[number % len(categories)],
        reporters=1 + number % 3,
        handler="物业服务中心" if number % 2 else "社区居委会",
        severity=colour,
        is_satisfied=is_satisfied,
        is_public=bool(title),
        public_title=title,
    )
