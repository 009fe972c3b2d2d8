"""Excel that nothing typed by people becomes a formula in, and a person's own data as one archive."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.actions.personal import personal_export_beat, personal_export_finish
from core.models import PersonalExport
from core.personal import Holding, files, holdings, subject_of
from core.registries import DataSubject

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NO_TITLE: Final = re.compile(r"[\\/*?:\[\]]")
Progress = Callable[[int, int], bool]


class OvertakenError(Exception):
    """Another worker has the job now."""


def personal_export_run(job: PersonalExport) -> bool:
    """Write the file of a job that this worker has taken; whether it came to its end."""

    def beat(done: int, total: int) -> bool:
        return personal_export_beat(job=job, done=done, total=total, at=timezone.now())

    with TemporaryFile() as target:
        try:
            personal_write(target, subject_of(job.owner), job.created_at, beat)
        except OvertakenError:
            return False
        name = default_storage.save(f"exports/personal-{job.pk}-{job.tries}.zip", File(target))
    personal_export_finish(job=job, file=name)
    return True


def personal_write(
    target: Any, subject: DataSubject, at: datetime, beat: Progress = lambda *_n: True
) -> None:
    """Write the archive; `beat` hears how far it is.

    Raises:
        OvertakenError: `beat` said so.
    """
    held, photos = list(holdings(subject)), files(subject)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", _json(held, at))
        with archive.open("data.xlsx", "w") as book:
            _workbook(held).save(book)  # not the database
        for number, (name, path) in enumerate(photos):
            if not beat(number, len(photos)):
                raise OvertakenError
            if default_storage.exists(path):
                with default_storage.open(path) as photo, archive.open(name, "w") as copy:
                    copy.write(photo.read())
    if not beat(len(photos), len(photos)):
        raise OvertakenError


def sheet_write(target: Any, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write one sheet, row after row, so that memory stays flat whatever the length; how many rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NO_TITLE.sub("", title)[:30])
    sheet.freeze_panes = "A2"
    for at, head in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(at)].width = max(14, 2 * len(head) + 4)
    sheet.append([_head(sheet, head) for head in heads])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
        count += 1
    book.save(target)  # not the database
    return count


def _json(held: Sequence[Holding], at: datetime) -> str:
    kinds = {
        part.code: {
            "title": force_str(part.source.title),
            "why": force_str(part.source.why),
            "rows": [{key: row.get(key) for key in part.source.heads} for row in part.rows],
        }
        for part in held
    }
    return json.dumps({"made_at": at, "data": kinds}, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _workbook(held: Sequence[Holding]) -> Workbook:
    book = Workbook(write_only=True)
    for part in held:
        sheet = book.create_sheet(_NO_TITLE.sub("", force_str(part.source.title))[:30])
        sheet.append([force_str(label) for label in part.source.heads.values()])
        for row in part.rows:
            sheet.append([_cell(sheet, row.get(key)) for key in part.source.heads])
    if not held:
        book.create_sheet(_("没有"))
    return book


def _head(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, value=name)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """Local times for Excel; what people typed never becomes a formula."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, bool | int | float | date):
        return {True: _("是"), False: _("否")}.get(value, value) if isinstance(value, bool) else value
    cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub("", force_str(value)))
    cell.data_type = "s"
    return cell
