"""What is built in the county: the same few works, in ever other places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from community.workflow import Topic


@dataclass(frozen=True, slots=True)
class Idea:
    """What is built somewhere."""

    title: str
    summary: str
    topic: str
    part: tuple[str, str, int]
    days: tuple[int, int]
    yuan: tuple[int, int]
    result: str
    price: tuple[str, str, str, str] | None = None


IDEAS: Final = (
    Idea(
        "电梯更换",
        "电梯用了十七年，经常停运；选型、维修资金和施工安排都经联席会议商量。",
        Topic.LIFT,
        ("电梯", "部", 4),
        (30, 60),
        (920_000, 180_000),
        "电梯全部换好，通过检验。",
    ),
    Idea(
        "车棚和充电桩",
        "楼道里不再充电：车棚加盖、装充电桩，夜间断电时间由住户表决。",
        Topic.E_BIKE_CHARGING,
        ("充电桩", "个", 40),
        (25, 40),
        (60_000, 45_000),
        "车棚加了顶，充电桩全部通电。",
        ("电动车充电", "度", "0.4995", "0.2"),
    ),
    Idea(
        "道路铺平",
        "路面坑洼积水，老人孩子常滑倒；重做路基，雨污分开。",
        Topic.ROAD,
        ("巷道", "条", 9),
        (28, 50),
        (310_000, 90_000),
        "巷道全部铺平，下雨不再积水。",
    ),
    Idea(
        "绿地和活动场地",
        "荒地改成小花园，留出晾晒和下棋的地方。",
        Topic.GREENING,
        ("花池", "处", 6),
        (21, 35),
        (80_000, 20_000),
        "花池和座椅都已装好，居民认领了养护。",
    ),
    Idea(
        "路灯改造",
        "北侧和车棚一带夜里太暗，换成感应灯。",
        Topic.LAMP,
        ("路灯", "盏", 36),
        (14, 21),
        (48_000, 12_000),
        "路灯全部换成感应灯，亮灯率百分之百。",
    ),
    Idea(
        "屋顶防水",
        "顶楼连年漏水，分楼栋重做防水层。",
        Topic.LEAK,
        ("楼栋", "栋", 5),
        (30, 45),
        (260_000, 60_000),
        "几栋楼的防水全部做完，闭水试验合格。",
    ),
    Idea(
        "停车位划线",
        "重新划线，留出消防通道，增设临时车位。",
        Topic.PARKING,
        ("车位", "个", 58),
        (14, 14),
        (26_000, 6_000),
        "车位和消防通道已重新划线。",
    ),
)
TOPICS: Final = frozenset(idea.topic for idea in IDEAS)
