"""One table of the figures, and the drawing beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from core.charts import Bars, Columns, bars
from core.display import percent

Cell = str | int
NARROW: Final = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its name, and a value for each further head. `kind` is a colour, `key` what it is about."""

    label: str
    cells: Sequence[Cell]
    kind: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the page; `none` is said where it has no line."""

    code: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Row]
    note: str = ""
    none: str = ""
    chart: Bars | Columns | None = None

    @property
    def is_wide(self) -> bool:
        """Too many columns for a phone, or for a drawing beside them."""
        return len(self.heads) > NARROW

    @property
    def is_words(self) -> bool:
        """Told rather than counted: nothing to draw."""
        return self.chart is None

    def lines(self) -> Iterator[tuple[Row, list[tuple[str, Cell]]]]:
        """Each row with its values beside their heads."""
        for row in self.rows:
            yield row, list(zip(self.heads[1:], row.cells, strict=True))


@dataclass(frozen=True, slots=True)
class Headline:
    """One large number."""

    label: str
    value: str
    unit: str = ""
    notes: Sequence[str] = field(default_factory=tuple)


def share(part: int, whole: int) -> str:
    """35.7%; empty where there is nothing to have a share of."""
    return f"{percent(part, whole)}%" if whole else ""


def drawn(title: str, rows: Sequence[Row]) -> Bars | None:
    """The first number of each line as a bar."""
    lines = [(row.label, str(row.cells[0]), int(row.cells[0]), row.kind) for row in rows]
    return bars(title, told(lines), lines) if lines else None


def told(lines: Iterable[tuple[str, str, int, str]]) -> str:
    """What is drawn, in words."""
    return _("，").join(f"{label} {said}" for label, said, _number, _kind in lines)


def month_name(month: date) -> str:
    return _("%(year)d年%(month)d月") % {"year": month.year, "month": month.month}


def day_name(day: date) -> str:
    return _("%(year)d年%(month)d月%(day)d日") % {"year": day.year, "month": day.month, "day": day.day}


def months_back(month: date, number: int) -> date:
    """The first day of the month so many months earlier; later where negative."""
    months = month.year * 12 + month.month - 1 - number
    return date(months // 12, months % 12 + 1, 1)
