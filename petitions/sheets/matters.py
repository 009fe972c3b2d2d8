"""Matters in Excel: memory stays flat, whatever the length; nothing typed by people becomes a formula."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from petitions import deadlines
from petitions.models import Petition

_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
WIDTHS: Final = (16, 10, 12, 8, 18, 14, 30, 30, 48, 14, 14, 20, 20, 20, 48, 8, 8)


def heads() -> list[str]:
    """The names of the columns."""
    return [
        *(
            _("编号"),
            _("社区"),
            _("阶段"),
            _("定级"),
            _("分流"),
            _("事项"),
            _("地点"),
            _("公开标题"),
            _("原话"),
        ),
        *(
            _("网格"),
            _("经办人"),
            _("反映时间"),
            _("应办时间"),
            _("时限"),
            _("办理结果"),
            _("满意"),
            _("不满意"),
        ),
    ]


def row_of(petition: Petition, at: datetime) -> list[Any]:
    """One matter; no names and phones of those who asked."""
    place = petition.place
    where = f"{place.parent.name} {place.name}" if place.parent else place.name
    return [
        petition.number,
        petition.community.name,
        petition.stage_label,
        petition.get_severity_display(),
        petition.get_route_display(),
        petition.get_topic_display(),
        f"{where} {petition.spot}".strip(),
        petition.public_title,
        petition.text,
        petition.grid.name if petition.grid else "",
        str(petition.assignee or ""),
        _local(petition.filed_at),
        _local(petition.due_at),
        str(deadlines.told(petition, at)),
        petition.outcome,
        petition.satisfied_count,
        petition.dissatisfied_count,
    ]


def matters_write(
    target: Any, petitions: Iterable[Petition], at: datetime, *, each: Callable[[int], None] = lambda _n: None
) -> int:
    """Write a workbook with one row a matter; `each` hears how many are written. How many were."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("诉求"))
    sheet.freeze_panes = "B2"
    for index, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.append([_head(sheet, name) for name in heads()])
    count = 0
    for petition in petitions:
        sheet.append(list(_cells(sheet, row_of(petition, at))))
        count += 1
        each(count)
    book.save(target)
    return count


def _cells(sheet: Any, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if not isinstance(value, str):
            yield value
            continue
        cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub("", value))
        cell.data_type = "s"
        yield cell


def _head(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, value=name)
    cell.font, cell.alignment = Font(bold=True), Alignment(vertical="top")
    return cell


def _local(moment: datetime | None) -> datetime | None:
    """Excel knows no time zones: the local time, to the minute."""
    if moment is None:
        return None
    return timezone.localtime(moment).replace(tzinfo=None, second=0, microsecond=0)
