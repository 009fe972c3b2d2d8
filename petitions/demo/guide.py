"""The service guide of the demo: one catalogue for the whole portal, more and less used (C-10, C-27)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
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


def guide_create(communities: Iterable[Community], random: Random, *, at: datetime) -> list[ServiceItem]:
    """The catalogue, written two years ago and confirmed last month but for one item; and how it was used."""
    known = tomllib.loads(ITEMS.read_text("utf-8"))["item"]
    made = []
    for entry in known:
        content = {name: value for name, value in {**USUAL, **entry}.items() if name in EDITABLE}
        reviewed = at - (LONG_AGO if entry is known[-1] else timedelta(days=random.randint(5, 60)))
        made.append(actions.service_item_create(community=None, content=content, actor=None, at=reviewed))
    ServiceItemUse.objects.bulk_create(
        ServiceItemUse(
            item=item, community=community, hits=entry.get("hits", random.randint(3, 90)) // number
        )
        for number, community in enumerate(communities, start=1)
        for item, entry in zip(made, known, strict=True)
    )
    return made
