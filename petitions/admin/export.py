"""Lists on paper and in Excel."""

from __future__ import annotations

from io import BytesIO
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.display import day
from core.errors import GoneError
from core.sheets import XLSX
from petitions.actions.desk import export_ask, listed
from petitions.admin.base import DeskPages, DeskRequest
from petitions.models import ExportJob, ExportState, Petition
from petitions.selectors.day import day_list
from petitions.sheets.matters import matters_write

SHOWN = 20
R = TypeVar("R", bound=HttpResponseBase)


class ExportPages(DeskPages):
    """The list of the day, printed or in Excel at once; any other list in Excel by the worker."""

    def get_urls(self) -> list[Any]:
        pages = [
            self.desk_path("day/", require_safe(self.day_view), "day"),
            self.desk_path("day.xlsx", require_safe(self.day_sheet), "day_sheet"),
            self.desk_path("exports/", require_safe(self.exports_view), "exports"),
            self.desk_path("exports/ask/", require_POST(self.export_view), "export_ask"),
            self.desk_path("exports/<uuid:job_id>/file/", require_safe(self.file_view), "export_file"),
        ]
        return [*pages, *super().get_urls()]

    def day_view(self, request: DeskRequest) -> HttpResponse:
        """What is late or due today, by holder, to print and take along."""
        groups = day_list(request.user, at=request.at)
        title = _("%s 待办清单") % day(request.at)
        return self.desk_page(request, "day", title, groups=groups, at=request.at)

    def day_sheet(self, request: DeskRequest) -> HttpResponse:
        """The same list in Excel."""
        groups = day_list(request.user, at=request.at)
        petitions: list[Petition] = [one for group in groups for one in group.petitions]
        target = BytesIO()
        matters_write(target, petitions, request.at)
        name = f"{timezone.localdate(request.at):%Y-%m-%d}.xlsx"
        return _download(HttpResponse(target.getvalue(), content_type=XLSX), name)

    def export_view(self, request: DeskRequest) -> HttpResponse:
        """Ask for the list as it stands."""
        export_ask(owner=request.user, params=listed(request.POST.get("list", "")), at=request.at)
        messages.success(request, _("已开始导出，可以离开本页，导好后在这里下载。"))
        return redirect("admin:petitions_petition_exports")

    def exports_view(self, request: DeskRequest) -> HttpResponse:
        """My exports of the last day, with their progress."""
        jobs = list(ExportJob.objects.filter(owner=request.user)[:SHOWN])
        waits = any(not job.is_over for job in jobs)
        return self.desk_page(request, "exports", _("导出的清单"), jobs=jobs, waits=waits)

    def file_view(self, request: DeskRequest, job_id: UUID) -> HttpResponseBase:
        """The file, for its owner alone."""
        jobs = ExportJob.objects.filter(owner=request.user, state=ExportState.DONE)
        job = get_object_or_404(jobs, pk=job_id)
        if not default_storage.exists(job.file):
            raise GoneError(_("这个文件已过期，请重新导出。"))
        name = f"{timezone.localtime(job.created_at):%Y-%m-%d-%H%M}.xlsx"
        return _download(FileResponse(default_storage.open(job.file), content_type=XLSX), name)


def _download(response: R, name: str) -> R:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
