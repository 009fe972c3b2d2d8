"""What somebody who asked the worker for something hears when it is done, or cannot be done: inbox only."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import ListExport, SheetImport
from community.models.sheet_import import ImportStep
from community.sheet_kinds import import_kinds
from core.display import absolute
from core.language import in_house
from core.models import Job, JobState
from core.outbox import Message

KINDS: Final = {"job.import": gettext_lazy("导入的进展"), "job.export": gettext_lazy("导出的进展")}


@in_house
def import_told(sheet: SheetImport) -> list[Message]:
    """The sheet was checked, was written, or stopped; at each of these ends once."""
    kind = import_kinds.get(sheet.kind)
    words = {"kind": kind.label if kind else sheet.kind, "community": sheet.community.name}
    counts = {"new": sheet.new, "known": sheet.known, "wrong": sheet.wrong}
    if sheet.state == JobState.FAILED:
        title = _("导入没有完成：%(kind)s") % words
        body = sheet.note or _("中途停下了。已写入的保留，可以从停下的地方继续，或取消。")
    elif sheet.step == ImportStep.CONFIRM:
        title = _("表格检查完了，等您确认：%(kind)s") % words
        body = _("可以新增 %(new)d 行，已有 %(known)d 行，有错 %(wrong)d 行。确认以后才写入。") % counts
    else:
        title = _("导入完成：%(kind)s") % words
        body = _("已新增 %(new)d 行，已有 %(known)d 行，有错 %(wrong)d 行没有导入。") % counts
    path = reverse("admin:community_sheetimport_change", args=[sheet.pk])
    return [_told(sheet, "job.import", sheet.created_by_id, title, body, path, f"{sheet.step}.{sheet.state}")]


@in_house
def export_told(job: ListExport) -> list[Message]:
    """The list lies ready, or cannot be made."""
    if job.state == JobState.FAILED:
        title, body = _("导出没有成功：%s") % job.title, job.note or _("请重新导出。")
    else:
        title, body = _("导出好了：%s") % job.title, _("共 %d 行，文件保留一天。") % job.done
    path = reverse("admin:community_listexport_changelist")
    return [_told(job, "job.export", job.owner_id, title, body, path, job.state)]


def _told(job: Job, kind: str, user_id: int, title: str, body: str, path: str, what: str) -> Message:
    assert job.finished_at is not None
    return Message(
        kind=kind,
        dedupe_key=f"{kind}.{job.pk}.{what}.{job.finished_at.timestamp():.3f}",
        title=title,
        body=body,
        at=job.finished_at,
        user_id=user_id,
        url=absolute(path),
    )
