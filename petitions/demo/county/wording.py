"""What people write: the cases of the demo, put in ever new words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final

from petitions.demo.texts import Aside, Case, asides, cases, phrases

SINCE: Final = (
    *("已经{n}天了。", "前后有{n}天了。", "从{m}月{d}号就这样。", "上个月{d}号反映过一次。"),
    *("群里说了{k}回没人管。", "我们{k}家都受影响。", "打过{k}次电话。", "早上{h}点最明显。"),
    *("晚上{e}点以后特别厉害。", "住{f}楼的老人最着急。", "孩子放学路过，看着悬。", "下雨天更严重。"),
    *("去年{m}月修过，又坏了。", "物业说等等，等了{n}天。", "隔壁楼也一样。", "", "", "", ""),
)
FREQUENT: Final = 6.0
"""The first case is about so many times as frequent as the last."""


@dataclass(frozen=True, slots=True)
class Said:
    """One matter's words."""

    case: Case
    text: str
    spot: str


class Wording:
    """Draws words from a seeded source."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.cases = list(cases())
        random.shuffle(self.cases)
        last = len(self.cases) - 1
        self.weights = list(accumulate(FREQUENT ** (1 - n / last) for n in range(len(self.cases))))
        self.asides: dict[str, list[Aside]] = {}
        for aside in asides():
            self.asides.setdefault(aside.kind, []).append(aside)

    def matter(self) -> Said:
        """A matter of any kind, in words that are hardly ever the same twice."""
        case = self.random.choices(self.cases, cum_weights=self.weights)[0]
        return self.again(case)

    def again(self, case: Case) -> Said:
        """The same matter, as somebody else puts it."""
        return Said(case, self._sentence(self.random.choice(case.say)), self.pick("spots"))

    def aside(self, kind: str) -> tuple[Aside, Said]:
        """A matter that leaves the loop early."""
        aside, spot = self.random.choice(self.asides[kind]), self.pick("spots")
        case = next(case for case in self.cases if case.topic == aside.topic)
        text = aside.say if kind == "spam" else self._sentence(aside.say)
        return aside, Said(case, text, spot)

    def pick(self, kind: str) -> str:
        return self.random.choice(phrases(kind))

    def _sentence(self, say: str) -> str:
        draw = self.random.random
        since = self.random.choice(SINCE).format(
            n=2 + int(draw() * 28),
            m=1 + int(draw() * 12),
            d=1 + int(draw() * 28),
            k=2 + int(draw() * 8),
            h=5 + int(draw() * 4),
            e=8 + int(draw() * 4),
            f=2 + int(draw() * 5),
        )
        return f"{self.pick('greetings')}{say}{since}{self.pick('closings')}"
