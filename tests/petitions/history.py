"""Past matters of an old register, for tests."""

from __future__ import annotations

from datetime import date

from petitions.actions.importing import Past
from tests.cast import Town

WORDS = "三单元楼道灯不亮，晚上看不清。"


def past(town: Town, **changes: object) -> Past:
    given = {
        "old_number": "第1号",
        "place": town.estate,
        "channel": "hotline",
        "topic": "lamp",
        "text": WORDS,
        "outcome": "已更换声控灯。",
        "received_on": date(2026, 3, 5),
        "finished_on": date(2026, 3, 8),
    }
    return Past(**{**given, **changes})
