"""One sheet in the worker's hands: checked or written batch after batch, from where it was left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from community.actions.sheet_import import (
    BATCH,
    Line,
    kind_of,
    sheet_import_apply,
    sheet_import_check,
    sheet_import_checked,
    sheet_import_refuse,
)
from community.imports.reading import line_of, lines_read
from community.models import SheetImport
from community.models.sheet_import import ImportStep
from community.sheet_kinds import ImportKind, Row
from core.errors import DomainError, InvalidInputError


def sheet_import_run(job: SheetImport) -> bool:
    """Check or write a sheet that this worker has taken; whether it came to its end."""
    try:
        return _check(job) if job.step == ImportStep.CHECK else _apply(job)
    except DomainError as refusal:
        sheet_import_refuse(job=job, reason=str(refusal.message), at=timezone.now())
        return False


def _check(job: SheetImport) -> bool:
    if not default_storage.exists(job.file):
        raise InvalidInputError(_("文件已不在服务器上，请重新上传。"))
    with default_storage.open(job.file) as file:
        lines = lines_read(file, kind_of(job.kind), after=job.cursor)
        for batch in _batches(lines):
            if not sheet_import_check(job=job, lines=batch, at=timezone.now()):
                return False
    sheet_import_checked(job=job, at=timezone.now())
    return True


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def _apply(job: SheetImport) -> bool:
    parse = partial(values_of, kind_of(job.kind))
    while sheet_import_apply(job=job, parse=parse, at=timezone.now()):
        pass
    return True


def values_of(kind: ImportKind, cells: Sequence[str]) -> Row:
    """What a line that was kept as it was typed means."""
    return line_of(kind, 0, cells).values
