"""What stands where today: every stage, every colour, and everything that asks somebody to act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from petitions.demo import fates
from petitions.demo.matter import Matter, Options
from petitions.demo.stage import Story

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Now:
    """One matter of today: its last step was `ago`, or `minutes` of office time ago."""

    town: str
    stop: str
    minutes: int = 60
    ago: timedelta | None = None
    colour: str = ""
    title: str = ""
    aside: str = ""
    mine: bool = False
    options: Options = field(default_factory=Options)
    fate: Callable[[Matter], Story] = fates.onward


def _group(number: int) -> Options:
    return Options(channel="chat_group", joiners=number)


def _echoed(joiners: int, echoes: int) -> Options:
    return Options(joiners=joiners, echoes=echoes)


CURRENT: Final = (
    # 叠翠: fresh, due within minutes, overdue
    Now("diecui", "received", ago=20 * MINUTE, title="楼道感应灯不亮", mine=True),
    Now("diecui", "received", ago=414 * MINUTE, options=_group(0)),
    Now("diecui", "received", ago=90 * MINUTE, options=_group(1)),
    Now("diecui", "received", minutes=200, colour="yellow", options=Options(joiners=2)),
    Now("diecui", "received", minutes=380, colour="blue"),
    Now("diecui", "received", minutes=700, colour="blue", options=Options(channel="suggestion_box")),
    Now("diecui", "received", minutes=120, title="楼上拖桌椅声音"),
    Now("diecui", "triaged", minutes=100, colour="blue"),
    Now("diecui", "triaged", minutes=60, title="电表箱前堆废品", options=_echoed(1, 4)),
    Now("diecui", "triaged", minutes=300, title="电动车飞线充电"),
    Now("diecui", "triaged", minutes=900, title="晚高峰门口堵车"),
    Now("diecui", "deliberating", minutes=200, title="小区主路坑洼积水", options=Options(joiners=4)),
    Now("diecui", "deliberating", minutes=500, title="盼望建一个电动车棚", options=_echoed(6, 2)),
    Now("diecui", "deliberating", minutes=90, title="公共水费分摊不清楚"),
    Now("diecui", "in_progress", minutes=90, title="供水立管滴漏", mine=True),
    Now("diecui", "in_progress", minutes=500, colour="yellow"),
    Now("diecui", "in_progress", minutes=2300, colour="blue"),
    Now("diecui", "in_progress", minutes=1500, colour="yellow", options=Options(joiners=1)),
    Now("diecui", "in_progress", minutes=330, title="电动车推进电梯上楼"),
    Now(
        "diecui", "in_progress", minutes=600, title="电梯频繁停运", options=Options(detour="pause", joiners=5)
    ),
    Now("diecui", "in_progress", minutes=400, title="大树枝叶挡住窗户", options=Options(detour="ask")),
    Now(
        "diecui",
        "in_progress",
        minutes=300,
        title="充电桩坏了好几个口",
        mine=True,
        options=Options(detour="ask"),
    ),
    Now("diecui", "in_progress", minutes=700, title="楼道堆放纸箱旧家具", options=Options(detour="escalate")),
    Now("diecui", "in_progress", minutes=450, colour="blue", options=Options(detour="hand_over")),
    Now("diecui", "in_progress", minutes=800, title="独居老人希望有人照看"),
    Now("diecui", "resolved", minutes=60, colour="blue"),
    Now("diecui", "resolved", minutes=350, colour="yellow", options=Options(joiners=1)),
    Now("diecui", "resolved", minutes=520, colour="blue"),
    Now("diecui", "fed_back", minutes=100, colour="blue"),
    Now("diecui", "fed_back", minutes=790, colour="yellow"),
    Now("diecui", "fed_back", minutes=300, title="水费忽然多出一倍"),
    Now("diecui", "published", ago=DAY, title="楼前草坪灯白天不灭", mine=True),
    Now("diecui", "published", ago=7 * DAY - 8 * MINUTE, colour="blue", options=Options(joiners=2)),
    Now("diecui", "published", ago=14 * DAY - 25 * MINUTE, colour="blue", options=Options(channel="qr_code")),
    Now("diecui", "published", ago=3 * DAY, colour="yellow", options=Options(joiners=3)),
    Now("diecui", "published", ago=5 * DAY, colour="red"),
    Now("diecui", "published", ago=4 * DAY, colour="yellow", fate=fates.refused_twice),
    Now("diecui", "published", ago=6 * DAY, colour="blue", fate=fates.reopened),
    Now("diecui", "published", ago=2 * DAY, colour="yellow", fate=fates.reopened),
    Now("diecui", "", minutes=300, aside="returned"),
    Now("diecui", "", minutes=500, aside="handed_on"),
    Now("diecui", "", minutes=800, aside="withdrawn"),
    Now("diecui", "", minutes=200, aside="spam"),
    # 西郊: 回访 and Tuesdays
    Now("xijiao", "triaged", minutes=60, colour="blue"),
    Now("xijiao", "triaged", minutes=300, colour="yellow"),
    Now("xijiao", "deliberating", colour="blue"),
    Now("xijiao", "in_progress", minutes=200, colour="blue", options=Options(joiners=2)),
    Now("xijiao", "in_progress", minutes=400, colour="yellow"),
    Now("xijiao", "resolved", minutes=100, colour="blue"),
    Now("xijiao", "fed_back", minutes=300, colour="blue"),
    Now("xijiao", "fed_back", minutes=900, colour="yellow"),
    Now("xijiao", "followed_up", minutes=200, colour="blue", fate=fates.visited),
    Now(
        "xijiao", "followed_up", minutes=500, colour="yellow", fate=fates.visited, options=Options(joiners=1)
    ),
    # 府西: graded in three colours
    Now("fuxi", "received", minutes=150, colour="yellow"),
    Now("fuxi", "triaged", minutes=200, colour="blue"),
    Now("fuxi", "in_progress", minutes=300, colour="blue", options=Options(joiners=1)),
    Now("fuxi", "in_progress", minutes=500, colour="yellow"),
    Now("fuxi", "resolved", minutes=100, colour="blue"),
    Now("fuxi", "published", ago=2 * DAY, colour="blue"),
    # 大荔: approval, 派单, 接单
    Now("dali", "received", minutes=100, colour="blue"),
    Now("dali", "received", minutes=330, colour="yellow"),
    Now("dali", "triaged", minutes=120, title="电梯按键失灵"),
    Now("dali", "triaged", minutes=200, colour="red"),
    Now("dali", "dispatched", minutes=90, colour="blue"),
    Now("dali", "dispatched", minutes=300, title="屋面渗水滴到顶层楼道", options=Options(joiners=2)),
    Now("dali", "accepted", minutes=60, colour="yellow"),
    Now("dali", "accepted", minutes=260, title="供水立管滴漏"),
    Now("dali", "in_progress", minutes=500, colour="blue"),
    Now("dali", "in_progress", minutes=700, title="外墙瓷砖脱落", options=Options(joiners=4)),
    Now("dali", "resolved", minutes=200, colour="blue"),
    Now("dali", "fed_back", ago=2 * DAY, colour="blue"),
    Now("dali", "fed_back", ago=3 * DAY, colour="yellow", fate=fates.refused_twice),
)
