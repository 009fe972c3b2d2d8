"""The tables of a place's figures in Excel and as CSV; names that people typed never become formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from petitions.selectors.figures.table import Cell, Table

CSV: Final = "text/csv; charset=utf-8"
BOM: Final = "\ufeff"
"""By this Excel knows that the file is UTF-8."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def figures_csv(place: str, at: str, tables: Iterable[Table]) -> str:
    """All tables below one another, an empty line between two."""
    out = StringIO()
    writer = csv.writer(out)
    for line in _lines(place, at, tables):
        writer.writerow([_harmless(value) for value in line])
    return BOM + out.getvalue()


def figures_write(target: Any, place: str, at: str, tables: Iterable[Table]) -> None:
    """A workbook with all tables on one sheet, as they stand on the page."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for column, width in zip("ABCDEF", (28, 16, 22, 26, 26, 26), strict=True):
        sheet.column_dimensions[column].width = width
    for line in _lines(place, at, tables):
        sheet.append([_cell(sheet, value) for value in line])
    book.save(target)


def _lines(place: str, at: str, tables: Iterable[Table]) -> Iterator[Sequence[Cell]]:
    yield [place, at]
    for table in tables:
        yield []
        yield [table.title]
        yield table.heads
        yield from ([row.label, *row.cells] for row in table.rows)


def _cell(sheet: Any, value: Cell) -> Any:
    if isinstance(value, int):
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell


def _harmless(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
