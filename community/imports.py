"""A roll of estates, buildings, doors and people from an Excel sheet: read and checked, not yet written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from community.models.place import BuildingKind
from core.errors import InvalidInputError
from core.phones import is_mobile, phone_of

COLUMNS: Final = (
    ("estate", "小区", 80),
    ("building", "楼栋", 80),
    ("building_kind", "楼栋类型", 10),
    ("entrance", "单元", 80),
    ("room", "户号", 20),
    ("name", "姓名", 40),
    ("phone", "手机号", 24),
    ("is_tenant", "租户", 4),
)
"""Field, head of the column, and the longest text allowed."""
KINDS: Final = {
    "": BuildingKind.APARTMENT,
    "单元楼": BuildingKind.APARTMENT,
    "别墅": BuildingKind.VILLA,
    "商铺": BuildingKind.SHOP,
    "其他": BuildingKind.OTHER,
}
YES_NO: Final = {"": False, "否": False, "是": True}
MAX_ROWS: Final = 30_000
MAX_BYTES: Final = 8 * 1024 * 1024
MAX_UNPACKED: Final = 120 * 1024 * 1024
FORMULA_SIGNS: Final = ("=", "+", "@", "-", "\t")


@dataclass(frozen=True, slots=True)
class RollRow:
    """One line of the sheet, cleaned. What stands further right needs what stands further left."""

    estate: str
    building: str
    building_kind: str
    entrance: str
    room: str
    name: str
    phone: str
    is_tenant: bool

    def as_list(self) -> list[Any]:
        return list(asdict(self).values())


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong, and where: the sheet's own row number and the head of the column."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = _("第 %(row)d 行“%(column)s”") if self.column else _("第 %(row)d 行")
        return where % {"row": self.row, "column": self.column} + _("：") + self.message


def roll_read(file: IO[bytes]) -> tuple[list[RollRow], list[RowError]]:
    """Every row and every error of a sheet; rows count only when there is no error.

    Raises:
        InvalidInputError: not an Excel sheet, too large, or other columns than the template's.
    """
    lines = _lines(file)
    order = _columns(next(lines, ()))
    rows: list[RollRow] = []
    errors: list[RowError] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines, start=2):
        if number > MAX_ROWS + 1:
            raise InvalidInputError(_("一次最多导入 %d 行，请分几次导入。") % MAX_ROWS)
        texts = {field: _text(line, at) for field, at in order.items()}
        if not any(texts.values()):
            continue
        found = [*_cell_errors(number, texts), *_gap_errors(number, texts)]
        key = tuple(texts[field] for field in ("estate", "building", "entrance", "room", "name", "phone"))
        if key in seen:
            found.append(RowError(number, "", _("与第 %d 行重复。") % seen[key]))
        seen.setdefault(key, number)
        errors += found
        if not found:
            rows.append(_row(texts))
    if not rows and not errors:
        raise InvalidInputError(_("表里没有数据。请从模板的第 2 行开始填写。"))
    return rows, errors


def _lines(file: IO[bytes]) -> Iterator[Sequence[Any]]:
    """The sheet's lines, read one by one; a file that unpacks to too much is refused before."""
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                raise InvalidInputError(_("文件太大，请分几次导入。"))
        file.seek(0)
        sheet = load_workbook(file, read_only=True, data_only=False, keep_links=False).worksheets[0]
        yield from sheet.iter_rows(values_only=True, max_col=len(COLUMNS) + 8)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, EOFError, SyntaxError) as problem:
        raise InvalidInputError(_("这不是 Excel(.xlsx)文件，请用模板填写。")) from problem


def _columns(heads: Sequence[Any]) -> dict[str, int]:
    """Where each field stands, by the heads of the columns in any order."""
    titles = [str(head or "").strip() for head in heads]
    missing = [title for _field, title, _longest in COLUMNS if title not in titles]
    if missing:
        raise InvalidInputError(_("缺少这些列：%s。请用模板填写，不要改第 1 行。") % _("、").join(missing))
    return {field: titles.index(title) for field, title, _longest in COLUMNS}


def _text(line: Sequence[Any], at: int) -> str:
    """A cell as text: 101.0 is 101, spaces around are dropped."""
    value = line[at] if at < len(line) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())


def _cell_errors(number: int, texts: dict[str, str]) -> Iterator[RowError]:
    for field, title, longest in COLUMNS:
        problem = _problem(field, texts[field], longest)
        if problem:
            yield RowError(number, title, problem)


def _problem(field: str, text: str, longest: int) -> str:
    if len(text) > longest:
        return _("最多 %d 个字。") % longest
    if text.startswith(FORMULA_SIGNS) and field != "phone":
        return _("不能以“%s”开头。") % text[0]
    if any(not sign.isprintable() for sign in text):
        return _("有看不见的字符，请重新输入。")
    rule = RULES.get(field)
    return rule(text) if rule else ""


def _kind_problem(text: str) -> str:
    return "" if text in KINDS else _("只能填：单元楼、别墅、商铺、其他。")


def _tenant_problem(text: str) -> str:
    return "" if text in YES_NO else _("只能填“是”或“否”。")


def _phone_problem(text: str) -> str:
    if not text:
        return ""
    try:
        known = is_mobile(phone_of(text))
    except InvalidInputError:
        known = False
    return "" if known else _("请填写 11 位手机号。")


RULES: Final[dict[str, Callable[[str], str]]] = {
    "phone": _phone_problem,
    "building_kind": _kind_problem,
    "is_tenant": _tenant_problem,
}


def _gap_errors(number: int, texts: dict[str, str]) -> Iterator[RowError]:
    """A door needs its building, a person their door, and every row its estate."""
    needs = (
        ("estate", ("building", "entrance", "room", "name"), _("必填。")),
        ("building", ("entrance", "room", "name"), _("填了单元、户号或姓名，就必须填楼栋。")),
        ("room", ("name",), _("填了姓名，就必须填户号。")),
        ("name", ("phone",), _("填了手机号，就必须填姓名。")),
    )
    titles = {field: title for field, title, _longest in COLUMNS}
    for field, dependants, message in needs:
        if not texts[field] and any(texts[each] for each in dependants):
            yield RowError(number, titles[field], message)


def _row(texts: dict[str, str]) -> RollRow:
    return RollRow(
        estate=texts["estate"],
        building=texts["building"],
        building_kind=KINDS[texts["building_kind"]].value,
        entrance=texts["entrance"],
        room=texts["room"],
        name=texts["name"],
        phone=phone_of(texts["phone"]) if texts["phone"] else "",
        is_tenant=YES_NO[texts["is_tenant"]],
    )
