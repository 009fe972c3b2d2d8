"""A sheet read line by line: memory stays flat, and what is no plain sheet is refused in a sentence."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from community.actions.sheet_import import Line, key_of
from community.sheet_kinds import Column, ImportKind, Problem
from core.errors import InvalidInputError

MAX_ROWS: Final = 30_000
MAX_LINES: Final = 200_000
MAX_BYTES: Final = 8 * 1024 * 1024
MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_TEXTS: Final = 24 * 1024 * 1024
MAX_PARTS: Final = 200
KEPT_TEXT: Final = 4000
FORMULA_SIGNS: Final = ("=", "+", "@", "-", "\t")
ERROR_VALUES: Final = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")
BROKEN: Final = (
    *(zipfile.BadZipFile, KeyError, ValueError, IndexError),
    *(EOFError, SyntaxError, OSError, TypeError),
)


def file_check(file: IO[bytes]) -> None:
    """Refuse by its size, its first bytes and its list of parts what no reader should ever unpack.

    Raises:
        InvalidInputError: too large, not .xlsx, an old .xls or text under a new name, or a zip bomb.
    """
    file.seek(0)
    if not file.read(4) == b"PK\x03\x04":
        raise InvalidInputError(_("这不是 Excel（.xlsx）文件。.xls 和 .csv 请先用 Excel 另存为 .xlsx。"))
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
    except BROKEN as problem:
        raise InvalidInputError(_("这个 Excel 文件已损坏，请重新保存后再传。")) from problem
    texts = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if len(parts) > MAX_PARTS or texts > MAX_TEXTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise InvalidInputError(_("文件太大，请分几次导入。"))
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise InvalidInputError(_("这不是 Excel（.xlsx）文件。.xls 和 .csv 请先用 Excel 另存为 .xlsx。"))
    file.seek(0)


def lines_read(file: IO[bytes], kind: ImportKind, *, after: int = 0) -> Iterator[Line]:
    """The filled lines behind line `after`, each with its values or what is wrong with it.

    Raises:
        InvalidInputError: not a sheet of this kind, too many lines, or none.
    """
    file_check(file)
    try:
        yield from _lines(file, kind, after)
    except BROKEN as problem:
        raise InvalidInputError(_("这个 Excel 文件已损坏，请重新保存后再传。")) from problem


def _lines(file: IO[bytes], kind: ImportKind, after: int) -> Iterator[Line]:
    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    if any(sheet.sheet_state != "visible" for sheet in book.worksheets):
        raise InvalidInputError(_("表里有隐藏的工作表，请取消隐藏或删去后再传。"))
    width = len(kind.columns) + 8
    cells = book.worksheets[0].iter_rows(values_only=True, max_col=width)
    order = _order(kind, next(cells, ()))
    count = 0
    for number, line in enumerate(cells, start=2):
        if number > MAX_LINES:
            raise InvalidInputError(_("表太长，请删去末尾的空行后再传。"))
        texts = [_text(line, at) for at in order]
        if not any(texts):
            continue
        count += 1
        if count > MAX_ROWS:
            raise InvalidInputError(_("一次最多导入 %d 行，请分几次导入。") % MAX_ROWS)
        if number > after:
            yield line_of(kind, number, texts)
    if not count:
        raise InvalidInputError(_("表里没有数据。请从模板的第 2 行开始填写。"))


def _order(kind: ImportKind, heads: Sequence[Any]) -> list[int]:
    """Where each column stands, by its head, in any order; -1 for a later one that is not there."""
    titles = [str(head or "").strip()[:80] for head in heads]
    missing = [column.title for column in kind.columns if column.title not in (*titles, *_later(kind))]
    if missing:
        raise InvalidInputError(_("缺少这些列：%s。请用模板填写，不要改第 1 行。") % _("、").join(missing))
    return [titles.index(column.title) if column.title in titles else -1 for column in kind.columns]


def _later(kind: ImportKind) -> list[str]:
    return [column.title for column in kind.columns if column.later]


def _text(line: Sequence[Any], at: int) -> str:
    """A cell as text: 101.0 is 101, a day is 2026-01-31, spaces around are dropped."""
    value = line[at] if 0 <= at < len(line) else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    text = str(value)
    return " ".join(text.split()) if len(text) <= KEPT_TEXT * 10 else text[: KEPT_TEXT * 10]


def line_of(kind: ImportKind, number: int, texts: Sequence[str]) -> Line:
    """A line with its values, or with everything that is wrong with it, column by column. One that was kept
    before there was a later column lacks its cell."""
    cells = [*texts, *[""] * (len(kind.columns) - len(texts))]
    named = {column.field: text for column, text in zip(kind.columns, cells, strict=True)}
    values, problems = {}, list[Problem]()
    for column in kind.columns:
        value, problem = _value(column, named[column.field])
        values[column.field] = value
        problems += [(column.title, problem)] if problem else []
    problems += kind.gaps(named)
    key = key_of([values[field] for field in kind.key]) if not problems else f"line {number}"
    return Line(number, [text[:KEPT_TEXT] for text in texts], values, problems, key)


def _value(column: Column, text: str) -> tuple[Any, str]:
    problem = _problem(column, text)
    if problem or column.parse is None:
        return text, problem
    try:
        return column.parse(text), ""
    except InvalidInputError as refusal:
        return text, str(refusal.message)


def _problem(column: Column, text: str) -> str:
    if column.needed and not text:
        return _("必填。")
    if len(text) > column.longest:
        return _("最多 %d 个字。") % column.longest
    if text and column.choices and text not in column.choices:
        return _("只能填：%s。") % _("、").join(column.choices)
    return _sign_problem(column, text)


def _sign_problem(column: Column, text: str) -> str:
    """What makes a cell something else than words."""
    if text in ERROR_VALUES:
        return _("单元格是错误值，请改成文字。")
    if text.startswith(FORMULA_SIGNS) and column.field != "phone":
        return _("不能以“%s”开头；公式请改成文字。") % text[0]
    if text.startswith("=") or any(not sign.isprintable() for sign in text):
        return _("有公式或看不见的字符，请重新输入。")
    return ""
