"""Bars as SVG attributes: geometry alone, neither style nor script, so that the strict policy has no quarrel.

A library would bring styles inline, or a script. The templates are `_bars.html` and `_columns.html`; the
numbers stand in a table beside each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 360
LINE: Final = 48
BAR_AT: Final = 30
BAR: Final = 12
TOP: Final = 16
PLOT: Final = 130
GAP: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: its name, what is written at its end, and how long its bar is; `kind` colours it."""

    label: str
    said: str
    y: int
    length: int
    kind: str = ""

    @property
    def text_y(self) -> int:
        return self.y + BAR_AT - 8

    @property
    def bar_y(self) -> int:
        return self.y + BAR_AT


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars lying below one another."""

    title: str
    text: str
    bars: Sequence[Bar]
    template: str = "_bars.html"
    width: int = WIDTH
    bar_height: int = BAR

    @property
    def height(self) -> int:
        return LINE * len(self.bars)


@dataclass(frozen=True, slots=True)
class Column:
    """One month or year: all of it, and the part that is drawn full."""

    label: str
    x: int
    width: int
    y: int
    height: int
    part_y: int
    part_height: int

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns beside one another; `whole` and `part` say in words what is drawn."""

    title: str
    text: str
    whole: str
    part: str
    columns: Sequence[Column]
    template: str = "_columns.html"
    width: int = WIDTH
    height: int = TOP + PLOT + 28
    base: int = TOP + PLOT


def bars(title: str, text: str, lines: Iterable[tuple[str, str, int, str]]) -> Bars:
    """Bars for (name, what is written, number, kind): the longest fills the width."""
    known = list(lines)
    most = max((number for _label, _said, number, _kind in known), default=0) or 1
    drawn = [
        Bar(label, said, LINE * row, round(WIDTH * number / most), kind)
        for row, (label, said, number, kind) in enumerate(known)
    ]
    return Bars(title, text, drawn)


def columns(
    title: str, text: str, *, whole: str, part: str, values: Sequence[tuple[str, int, int]]
) -> Columns:
    """Columns for (name, all, part of it): the highest fills the plot."""
    most = max((number for _label, number, _part in values), default=0) or 1
    slot = WIDTH // max(1, len(values))
    width = min(slot - GAP, 40)
    drawn = []
    for index, (label, number, share) in enumerate(values):
        high, low = round(PLOT * number / most), round(PLOT * share / most)
        x = slot * index + (slot - width) // 2
        drawn.append(Column(label, x, width, TOP + PLOT - high, high, TOP + PLOT - low, low))
    return Columns(title, text, whole, part, drawn)
