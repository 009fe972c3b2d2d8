"""帮办 in the demo: one of each mode today, and a season of applications seen through (P-40, P-41)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from community.models import HandlingMode, ServiceItem
from core.models import User
from core.workdays import ZONE
from petitions.actions import handling, settling
from petitions.actions.assisting import (
    Arrangement,
    Wish,
    assistance_complete,
    assistance_exchange,
    assistance_explain,
    assistance_file,
)
from petitions.actions.filing import Person, Report
from petitions.demo.stage import Story, World
from petitions.demo.town import Town
from petitions.models import Petition
from petitions.models.assistance import ExchangeWay, Point

DAY: Final = timedelta(days=1)
SEASON: Final = 24
TALK: Final = (
    "问要带哪些材料，已逐样说明。",
    "照片规格不对，告诉了附近哪家可以拍。",
    "说明了流程和公示时间，大约多久能办好。",
    "材料收齐，核对无误。",
    "告知已经报送，有结果马上通知。",
)


@dataclass(frozen=True)
class Help:
    """One case of today: where, which item, how, how far it came, and when it was filed."""

    town: str
    title: str
    mode: str
    stop: str
    days: int
    is_application: bool = True
    slot_in: int = 0


TODAY: Final = (
    Help("diecui", "高龄津贴申请", "at_home", "claimed", 1, slot_in=1),
    Help("diecui", "残疾证申办", "agent", "talked", 4),
    Help("diecui", "党建关系转接", "online", "filed", 0),
    Help("diecui", "居住证明", "remote", "answered", 6),
    Help("diecui", "老年优待证办理", "", "answered", 9, is_application=False),
    Help("xijiao", "独居老人日常探访", "at_home", "claimed", 2, slot_in=2),
    Help("dali", "物业服务投诉", "online", "filed", 1),
)


def helped(world: World, items: Sequence[ServiceItem], random: Random) -> list[Story]:
    """Today's cases, and those of the last three months in 叠翠."""
    by_title = {item.title: item for item in items}
    stories = [_help(world, by_title, spec, random) for spec in TODAY]
    usual = [item for item in items if item.handler in {"clerk", "grid_worker"} and item.modes]
    for number in range(SEASON):
        item = random.choice(usual)
        mode = random.choice([mode for mode in item.modes if mode != HandlingMode.AT_HOME] or [""])
        spec = Help("diecui", item.title, mode, "answered", 25 + 3 * number)
        stories.append(_help(world, by_title, spec, random))
    return stories


def _help(world: World, items: Mapping[str, ServiceItem], spec: Help, random: Random) -> Story:
    """One case from the form to where it stands now."""
    town, item = world.towns[spec.town], items[spec.title]
    at = town.clock.add(world.now - spec.days * DAY - timedelta(hours=2), 0).at
    at = min(at, world.now - timedelta(minutes=40))
    yield at
    pk = _file(world, town, item, spec, random, at)
    if spec.stop == "filed":
        return
    minutes = item.limit_minutes or 60
    late = random.random() < 0.15 and spec.days > 20
    for step, share in (("claimed", 5), ("talked", 30), ("done", 130 if late else 70)):
        following = town.clock.add(at, max(1, minutes * share // 100)).at
        yield min(following, world.now)
        _step(step, _actor(world, pk), pk, min(following, world.now), applies=spec.is_application)
        if spec.stop == step:
            return
    answered = min(town.clock.add(at, minutes * 2).at, world.now)
    yield answered
    words = "已经办好，如有疑问请随时联系。"
    settling.petition_feed_back(petition_id=pk, actor=town.desk, answer=words, at=answered)


def _file(world: World, town: Town, item: ServiceItem, spec: Help, random: Random, at: datetime) -> int:
    resident = random.choice(town.residents)
    building = resident.household.place.parent or resident.household.place
    filed = assistance_file(
        community=town.community,
        report=Report(text=f"申请办理：{item.title}", place=building),
        wish=Wish(item, _arrangement(world, spec, resident.name), spec.is_application),
        person=Person(name=resident.name, phone=resident.phone, has_consented=True),
        key=UUID(int=random.getrandbits(128), version=4),
        actor=None,
        at=at,
    )
    return filed.petition.pk


def _arrangement(world: World, spec: Help, name: str) -> Arrangement:
    """What the mode needs; who comes, comes in the morning."""
    if spec.mode == HandlingMode.AGENT:
        return Arrangement(mode=spec.mode, authorised_by=name, authorisation="本人签了委托书")
    if spec.mode == HandlingMode.AT_HOME:
        day = (world.now + spec.slot_in * DAY).astimezone(ZONE)
        slot = day.replace(hour=9, minute=30, second=0, microsecond=0)
        return Arrangement(mode=spec.mode, slot=slot, address="家中，先打电话")
    return Arrangement(mode=spec.mode)


def _actor(world: World, pk: int) -> User:
    return world.people[Petition.objects.values_list("assignee_id", flat=True).get(pk=pk)]


def _step(step: str, actor: User, pk: int, at: datetime, *, applies: bool) -> None:
    """Take it; talk it over; finish it."""
    if step == "claimed":
        handling.petition_claim(petition_id=pk, actor=actor, at=at)
        return
    if step == "talked":
        assistance_explain(petition_id=pk, actor=actor, points=Point.values, at=at)
        for words in TALK:
            assistance_exchange(petition_id=pk, actor=actor, way=ExchangeWay.PHONE, note=words, at=at)
        return
    if applies:
        assistance_complete(petition_id=pk, actor=actor, result="已办好，结果已交本人。", at=at)
    settling.petition_resolve(petition_id=pk, actor=actor, outcome="已按指南办好。", photos=[], at=at)
