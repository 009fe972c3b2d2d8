"""旧隐患台账 of the demo: what a community had kept in a sheet before the portal. All invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from community.models import Community, Place
from community.models.place import PlaceKind
from core.models import User
from grids.actions.hazards.filing import Answerable
from grids.actions.hazards.importing import OldHazard, hazards_import
from grids.models import HazardState, HazardType

DAY: Final = timedelta(days=1)
Line = tuple[int, str, str, str, str, int | None, str]
"""Days before today, type, what, who found it, what was done, days it took, who answers."""
LINES: Final[tuple[Line, ...]] = (
    (690, "楼道杂物堆积", "二层转角堆着纸箱。", "楼长老马", "已和住户一起清走。", 0, ""),
    (655, "飞线充电", "车棚外从二楼拉线充电。", "网格员小陶", "线已拆除，改到车棚充电。", 6, "住户老韩"),
    (610, "消防通道堵塞", "东门消防通道停满了车。", "消防检查组", "已划线立桩。", 12, "物业服务中心"),
    (560, "电气线路老化", "楼道照明线外皮开裂。", "楼长老马", "已换线，加了穿线管。", 20, "物业服务中心"),
    (410, "燃气使用不当", "餐馆后厨胶管超期。", "燃气公司", "已更换金属软管。", 3, "店主小冯"),
    (230, "电动车进楼入户", "夜里把电动车推进楼道充电。", "志愿者小乔", "已搬到车棚。", 1, "租户小高"),
    (95, "电气线路老化", "配电箱门锁坏了，够得着裸线。", "楼长老马", "", None, "物业服务中心"),
    (70, "楼道杂物堆积", "顶楼通天台的门前堆着旧床板。", "网格员小陶", "", None, "住户老秦"),
)


def old_ledger_play(community: Community, *, actor: User, at: datetime) -> None:
    """Six that were over, and two that are open still, each with somebody and a day."""
    today = timezone.localdate(at)
    buildings = Place.objects.active().under(community.place.path).filter(kind=PlaceKind.BUILDING)
    places = list(buildings.select_related("parent").order_by("path")[:6]) or [community.place]
    types = {one.name: one for one in HazardType.objects.filter(community=None)}
    rows = []
    for number, (ago, name, text, finder, done, took, who) in enumerate(LINES, start=1):
        found = today - ago * DAY
        is_fixed = took == 0
        rows.append(
            OldHazard(
                old_number=f"{found.year}-{number:03d}",
                place=places[number % len(places)],
                type=types[name],
                text=text,
                found_on=found,
                state=HazardState.FIXED
                if is_fixed
                else HazardState.CLOSED
                if took is not None
                else HazardState.OPEN,
                finder=finder,
                responsible=who,
                rectify_by=None if is_fixed or took is None else found + 15 * DAY,
                done=done,
                rechecked_on=found + took * DAY if took else None,
                answerable=Answerable(today + (9 + number) * DAY, name=who) if took is None else None,
            )
        )
    hazards_import(community=community, hazards=rows, actor=actor, at=at)
