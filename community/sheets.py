"""Excel out: an empty sheet to fill in, and the lines of one that are wrong, with the reason beside them."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from community.imports.reading import MAX_ROWS
from community.models import RowState, SheetImport
from community.sheet_kinds import ImportKind
from core.sheets import sheet_write


def template_of(kind: ImportKind) -> bytes:
    """The right heads, choices to pick from, and how to fill it in."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "数据"
    sheet.append([column.title for column in kind.columns])
    for at, column in enumerate(kind.columns, 1):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = max(12, min(30, column.longest // 3))
        sheet.column_dimensions[letter].number_format = "@"
        sheet[f"{letter}1"].font = Font(bold=True)
        if column.choices:
            rule = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("填写说明")
    needed = _("、").join(column.title for column in kind.columns if column.needed)
    lines = [
        _("请在“数据”里填写，从第 2 行开始，第 1 行不要改。"),
        *([_("必填：%s。") % needed] if needed else []),
        *map(str, kind.notes),
        _("已经有的不会重复添加，也不会被改动，同一份表可以放心再导一次。"),
        _("例：%s") % " | ".join(kind.example),
    ]
    for line in lines:
        notes.append([line])
    notes.column_dimensions["A"].width = 90
    packed = BytesIO()
    book.save(packed)  # not the database
    return packed.getvalue()


def wrong_lines(sheet: SheetImport, kind: ImportKind) -> bytes:
    """The lines with errors as they were typed, to be put right and imported again as they are."""
    packed = BytesIO()
    heads = [*(column.title for column in kind.columns), _("原行号"), _("错误")]
    sheet_write(packed, "数据", heads, _wrong(sheet))
    return packed.getvalue()


def _wrong(sheet: SheetImport) -> Iterator[list[object]]:
    rows = sheet.rows.filter(state=RowState.WRONG).order_by("number")
    for row in rows.iterator(chunk_size=500):
        yield [*row.cells, row.number, _("；").join(told(row.problems))]


def told(problems: list[list[str]]) -> list[str]:
    """What is wrong with a line, a sentence for each column."""
    words = _("“%(column)s”：%(problem)s")
    return [words % {"column": column, "problem": said} if column else said for column, said in problems]
