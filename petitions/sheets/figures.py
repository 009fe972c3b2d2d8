"""The tables of a place's figures in Excel and as CSV; names that people typed never become formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any, Final

from django.utils.translation import gettext as _

from core.sheets import sheet_write
from petitions.selectors.figures.table import Cell, Table

CSV: Final = "text/csv; charset=utf-8"
BOM: Final = "\ufeff"
"""By this Excel knows that the file is UTF-8."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def figures_csv(place: str, at: str, tables: Iterable[Table]) -> str:
    """All tables below one another, an empty line between two."""
    out = StringIO()
    writer = csv.writer(out)
    for line in ([place, at], *_lines(tables)):
        writer.writerow([_harmless(value) for value in line])
    return BOM + out.getvalue()


def figures_write(target: Any, place: str, at: str, tables: Iterable[Table]) -> None:
    """A workbook with all tables on one sheet, as they stand on the page."""
    sheet_write(target, place, [_("统计"), _("计算时间")], ([place, at], *_lines(tables)))


def _lines(tables: Iterable[Table]) -> Iterator[Sequence[Cell]]:
    for table in tables:
        yield []
        yield [table.title]
        yield table.heads
        yield from ([row.label, *row.cells] for row in table.rows)


def _harmless(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
