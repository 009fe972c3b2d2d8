"""The service guide of the demo: one catalogue for the whole portal, more and less used (C-10, C-27)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from community import actions
from community.actions.guide import EDITABLE
from community.models import Community, ServiceItem, ServiceItemUse

ITEMS: Final = Path(__file__).with_name("guide.toml")
USUAL: Final[dict[str, Any]] = {
    "where": "社区党群服务中心综合窗口",
    "fee": "免费",
    "handler": "clerk",
    "is_active": True,
}
LONG_AGO: Final = timedelta(days=200)


OWN: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "title": "活动室预约",
        "family": "public",
        "documents": ["身份证"],
        "steps": ["在窗口或电话预约", "当天到服务站领钥匙", "用完打扫，交还钥匙"],
        "time_limit": "当场",
        "limit_minutes": 60,
        "modes": ["remote"],
    },
    {
        "title": "便民工具借用",
        "family": "daily_life",
        "documents": ["身份证"],
        "steps": ["到服务站登记", "三天内归还"],
        "time_limit": "当场",
        "limit_minutes": 60,
        "modes": ["at_home"],
    },
)
"""What a community offers beside the catalogue."""


def guide_create(communities: Iterable[Community], random: Random, *, at: datetime) -> list[ServiceItem]:
    """The catalogue, and how it was used."""
    made = items_create(random, at=at)
    ServiceItemUse.objects.bulk_create(
        ServiceItemUse(item=item, community=community, hits=(hits or random.randint(3, 90)) // number)
        for number, community in enumerate(communities, start=1)
        for item, hits in made
    )
    return [item for item, _hits in made]


def items_create(random: Random, *, at: datetime) -> list[tuple[ServiceItem, int]]:
    """The catalogue, confirmed last month but for one item; with each how often it is opened, where known."""
    known = tomllib.loads(ITEMS.read_text("utf-8"))["item"]
    made = []
    for entry in known:
        reviewed = at - (LONG_AGO if entry is known[-1] else timedelta(days=random.randint(5, 60)))
        item = actions.service_item_create(community=None, content=_content(entry), actor=None, at=reviewed)
        made.append((item, int(entry.get("hits", 0))))
    return made


def own_items_create(community: Community, *, at: datetime) -> list[ServiceItem]:
    """What this community offers beside the catalogue."""
    return [
        actions.service_item_create(community=community, content=_content(entry), actor=None, at=at)
        for entry in OWN
    ]


def _content(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**USUAL, **entry}.items() if name in EDITABLE}
