"""Excel out: the template of the roll."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from community.imports import COLUMNS, KINDS, MAX_ROWS

NOTES: Final = (
    "请在“花名册”里填写，一行一位居民；没有居民资料的户、楼栋或小区也可以各占一行。",
    "小区必填；填了姓名就要填楼栋和户号；别墅没有单元，单元留空。",
    "楼栋类型：单元楼、别墅、商铺、其他；留空按单元楼。租户填“是”或“否”，留空按“否”。",
    "已经有的小区、楼栋、单元、户和居民不会重复添加，可以放心重复导入。",
    "例：翠微小区 | 3号楼 | 单元楼 | 1单元 | 301 | 张三 | 13800000001 | 否",
)
WIDTHS: Final = (18, 12, 12, 12, 10, 14, 16, 8)


def roll_template() -> bytes:
    """An empty sheet with the right heads, choices to pick from, and how to fill it in."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "花名册"
    sheet.append([title for _field, title, _longest in COLUMNS])
    for number, width in enumerate(WIDTHS):
        column = "ABCDEFGH"[number]
        sheet.column_dimensions[column].width = width
        sheet[f"{column}1"].font = Font(bold=True)
        sheet.column_dimensions[column].number_format = "@"
    sheet.freeze_panes = "A2"
    for column, choices in (("C", [kind for kind in KINDS if kind]), ("H", ["是", "否"])):
        rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        sheet.add_data_validation(rule)
        rule.add(f"{column}2:{column}{MAX_ROWS + 1}")
    notes = book.create_sheet("填写说明")
    for note in NOTES:
        notes.append([note])
    notes.column_dimensions["A"].width = 90
    packed = BytesIO()
    book.save(packed)  # not the database
    return packed.getvalue()
