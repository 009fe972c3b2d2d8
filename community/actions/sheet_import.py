"""Excel in: uploaded, checked in batches, looked at, confirmed, written in batches (issue: import in full).

A check writes every batch and takes it back, so that it finds what the writing would find, by the same rules;
a kind with a `judge` of its own is only looked at.
Each batch is one transaction with the line that it reached: a killed worker leaves nothing half done, and the
next one goes on behind that line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from celery import current_app
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F

from community import notices, permissions
from community.models import Community, RowState, SheetImport, SheetRow
from community.models.sheet_import import ImportStep
from community.permissions import Scope
from community.sheet_kinds import ImportKind, Outcome, Problem, Row, Writer, import_kinds
from core import outbox
from core.actions.job import job_end, job_take, mine
from core.audit import record
from core.batches import rows_update
from core.errors import ConflictError, DomainError, InvalidInputError
from core.language import gettext as _
from core.models import JobState, User

BATCH: Final = 500
KEPT_FOR: Final = timedelta(days=1)
AT_ONCE: Final = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file: its number, what was typed, and either its values or what is wrong with them."""

    number: int
    cells: list[str]
    values: Row
    problems: list[Problem]
    key: str


def kind_of(code: str) -> ImportKind:
    """The kind behind a code.

    Raises:
        InvalidInputError: there is none.
    """
    kind = import_kinds.get(code)
    if kind is None:
        raise InvalidInputError(_("没有这种导入。"))
    return kind


def _authorise(sheet: SheetImport, actor: User, at: datetime) -> str:
    scope = Scope(sheet.community.place.path)
    return permissions.authorise(actor, kind_of(sheet.kind).power, scope, at=at)


def _trace(event: str, sheet: SheetImport, actor: User, at: datetime, post: str) -> None:
    path = sheet.community.place.path
    record(event=f"sheet_import.{event}", actor=actor, subject=sheet, at=at, scope_path=path, post=post)


@transaction.atomic
def sheet_import_start(
    *, community: Community, kind: str, file: File[Any], actor: User, at: datetime
) -> SheetImport:
    """Keep an uploaded sheet for the worker to check. Nothing of the community changes.

    Raises:
        NotAllowedError: `actor` may not write this kind there.
        ConflictError: several of theirs are waiting already.
    """
    sheet = SheetImport(community=community, kind=kind, created_by=actor, created_at=at)
    post = _authorise(sheet, actor, at)
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    waiting = SheetImport.objects.filter(created_by=actor, state__in=(JobState.QUEUED, JobState.RUNNING))
    if waiting.count() >= AT_ONCE:
        raise ConflictError(_("您还有导入没有完成，请等它们完成以后再试。"))
    sheet.file = default_storage.save(f"imports/{sheet.pk}.xlsx", file)
    sheet.save()
    _trace("started", sheet, actor, at, post)
    transaction.on_commit(_wake, robust=True)
    return sheet


def _wake() -> None:
    """The worker begins at once; with the broker away, at its next look."""
    current_app.send_task("community.tasks.run_sheet_imports", retry=False)


def sheet_import_take(*, at: datetime) -> SheetImport | None:
    """The next sheet for a worker, where it was left."""
    waiting = SheetImport.objects.select_related("community__place", "created_by")
    return job_take(waiting, at=at, anew=False, tell=notices.import_told)


@transaction.atomic
def sheet_import_check(*, job: SheetImport, lines: Sequence[Line], at: datetime) -> bool:
    """Check a batch of lines, each as it would be written; False when another worker has the job now."""
    held = _held(job, ImportStep.CHECK)
    if held is None:
        return False
    kind = kind_of(job.kind)
    _authorise(held, held.created_by, at)
    earlier = SheetRow.objects.filter(sheet=held, key__in=[line.key for line in lines])
    seen: dict[str, int] = dict(earlier.order_by("-number").values_list("key", "number"))
    rows = [_row(held, line, seen) for line in lines]
    sound = [(row, line) for row, line in zip(rows, lines, strict=True) if not row.problems]
    outcomes = _rehearsed(kind, held, [line.values for _row, line in sound], at)
    for (row, _line), outcome in zip(sound, outcomes, strict=True):
        _mark(row, outcome, RowState.NEW)
    SheetRow.objects.bulk_create(rows)
    _advance(held, rows, at, total=F("total") + len(rows))
    return True


def _row(sheet: SheetImport, line: Line, seen: dict[str, int]) -> SheetRow:
    problems = list(line.problems)
    if not problems and line.key in seen:
        problems.append(("", _("与第 %d 行重复。") % seen[line.key]))
    seen.setdefault(line.key, line.number)
    given = {"number": line.number, "cells": line.cells, "key": line.key, "problems": problems}
    return SheetRow(sheet=sheet, state=RowState.WRONG, **given)


def _mark(row: SheetRow, outcome: Outcome, added: RowState) -> None:
    if outcome.problem:
        row.state, row.problems = RowState.WRONG, [(outcome.column, outcome.problem)]
    else:
        row.state = added if outcome.added else RowState.KNOWN
        row.problems = [(outcome.column, outcome.note)] if outcome.note else []


def _rehearsed(kind: ImportKind, sheet: SheetImport, rows: Sequence[Row], at: datetime) -> list[Outcome]:
    """What writing these rows would come to; all of it is taken back."""
    if kind.judge is not None:
        return kind.judge(Writer(sheet.community, sheet.created_by, at), rows)
    with transaction.atomic():
        outcomes = _written(kind, sheet, rows, at)
        transaction.set_rollback(True)
    return outcomes


def _written(kind: ImportKind, sheet: SheetImport, rows: Sequence[Row], at: datetime) -> list[Outcome]:
    """Write a batch; where it fails as a whole, row by row, so that one bad row holds up no other."""
    writer = Writer(sheet.community, sheet.created_by, at)
    try:
        with transaction.atomic():
            return kind.write(writer, rows)
    except (DomainError, IntegrityError):
        return [_written_alone(kind, writer, row) for row in rows]


def _written_alone(kind: ImportKind, writer: Writer, row: Row) -> Outcome:
    try:
        with transaction.atomic():
            return kind.write(writer, [row])[0]
    except DomainError as refusal:
        return Outcome(problem=str(refusal.message))
    except IntegrityError:
        return Outcome(problem=_("与别人刚刚录入的内容冲突，请核对后再导。"))


def _held(job: SheetImport, step: ImportStep) -> SheetImport | None:
    """The locked job, while it is this worker's and at this step."""
    rows = mine(job).filter(step=step).select_related("community__place", "created_by")
    return rows.select_for_update(of=("self",)).first()


def _advance(sheet: SheetImport, rows: Sequence[SheetRow], at: datetime, **more: Any) -> None:
    states = [row.state for row in rows]
    SheetImport.objects.filter(pk=sheet.pk).update(
        cursor=rows[-1].number,
        done=F("done") + len(rows),
        new=F("new") + states.count(RowState.NEW),
        known=F("known") + states.count(RowState.KNOWN),
        wrong=F("wrong") + states.count(RowState.WRONG),
        beat_at=at,
        **more,
    )


@transaction.atomic
def sheet_import_checked(*, job: SheetImport, at: datetime) -> None:
    """Every line was looked at: now a person says yes or no. The file itself is needed no longer."""
    if _end(job, JobState.DONE, at, step=ImportStep.CONFIRM):
        _drop_file(job)


def _end(job: SheetImport, state: JobState, at: datetime, **result: Any) -> bool:
    """The job is over, and its owner hears of it; False when it was not this worker's any more."""
    if not job_end(job, state, at=at, **result):
        return False
    outbox.send(notices.import_told(SheetImport.objects.select_related("community").get(pk=job.pk)))
    return True


def _drop_file(sheet: SheetImport) -> None:
    if sheet.file:
        transaction.on_commit(lambda: default_storage.delete(sheet.file))


@transaction.atomic
def sheet_import_refuse(*, job: SheetImport, reason: str, at: datetime) -> None:
    """The sheet cannot be read, or its writer may no longer write; what was written stays."""
    if _end(job, JobState.FAILED, at, note=reason[:200]):
        _drop_file(job)


@transaction.atomic
def sheet_import_confirm(*, import_id: Any, actor: User, at: datetime) -> SheetImport:
    """Let the worker write the lines without errors; also one that stopped halfway goes on by this.

    Raises:
        NotAllowedError: `actor` may not write this kind there.
        ConflictError: not checked yet, nothing to add, or written already.
    """
    sheet = _locked(import_id, actor)
    post = _authorise(sheet, actor, at)
    if not sheet.may_confirm:
        raise ConflictError(_("这份表现在不能导入。"))
    if sheet.step == ImportStep.CONFIRM:
        sheet.done = sheet.cursor = 0
        sheet.total = sheet.new
    sheet.step, sheet.state, sheet.tries, sheet.note = ImportStep.APPLY, JobState.QUEUED, 0, ""
    sheet.save()
    _trace("confirmed", sheet, actor, at, post)
    transaction.on_commit(_wake, robust=True)
    return sheet


def _locked(import_id: Any, actor: User) -> SheetImport:
    sheets = SheetImport.objects.select_related("community__place", "created_by")
    return sheets.select_for_update(of=("self",)).get(pk=import_id, created_by=actor)


@transaction.atomic
def sheet_import_apply(*, job: SheetImport, parse: Any, at: datetime) -> bool:
    """Write the next batch; False when nothing is left, or the job is not this worker's any more.

    `parse` turns what was typed into values again, as at the check.
    """
    held = _held(job, ImportStep.APPLY)
    if held is None:
        return False
    kind = kind_of(job.kind)
    post = _authorise(held, held.created_by, at)
    rows = list(SheetRow.objects.filter(sheet=held, state=RowState.NEW, number__gt=held.cursor)[:BATCH])
    if not rows:
        _trace("applied", held, held.created_by, at, post)
        _end(job, JobState.DONE, at, step=ImportStep.APPLIED)
        return False
    outcomes = _written(kind, held, [parse(row.cells) for row in rows], at)
    for row, outcome in zip(rows, outcomes, strict=True):
        _mark(row, outcome, RowState.ADDED)
        row.problems = [list(problem) for problem in row.problems]
    rows_update(rows, ["state", "problems"])
    left = sum(row.state == RowState.WRONG for row in rows)
    known = sum(row.state == RowState.KNOWN for row in rows)
    _advance(held, rows, at)
    SheetImport.objects.filter(pk=held.pk).update(new=F("new") - left - known)
    return True


@transaction.atomic
def sheet_import_cancel(*, import_id: Any, actor: User, at: datetime) -> SheetImport:
    """Stop a sheet: a worker that is at it stops at its next batch; what was written stays.

    Raises:
        ConflictError: it is over already.
    """
    sheet = _locked(import_id, actor)
    if not sheet.may_cancel:
        raise ConflictError(_("这份表已经处理完了。"))
    sheet.step, sheet.state, sheet.finished_at = ImportStep.CANCELLED, JobState.DONE, at
    sheet.save()
    SheetRow.objects.filter(sheet=sheet).exclude(state=RowState.ADDED).delete()
    _drop_file(sheet)
    _trace("cancelled", sheet, actor, at, "")
    return sheet


def sheet_imports_expire(*, at: datetime) -> int:
    """Throw away what was typed into the sheets of a day ago, a batch at a time; the counts stay."""
    old = SheetImport.objects.filter(created_at__lt=at - KEPT_FOR)
    for sheet in old.exclude(file="")[:50]:
        default_storage.delete(sheet.file)
        SheetImport.objects.filter(pk=sheet.pk).update(file="")
    stale = SheetRow.objects.filter(sheet__created_at__lt=at - KEPT_FOR).order_by("pk")[:2000]
    return SheetRow.objects.filter(pk__in=list(stale.values_list("pk", flat=True))).delete()[0]


def key_of(parts: Sequence[Any]) -> str:
    """A row's own key within a sheet, of fixed length."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()
