"""导出的表格: one's own exports, with their progress and files."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.models import ListExport
from core.admin import ReadOnlyAdmin
from core.admin_lists import KeysetAdminMixin, Orderings
from core.errors import GoneError
from core.models import JobState
from core.sheets import XLSX


@admin.register(ListExport)
class ListExportAdmin(KeysetAdminMixin, ReadOnlyAdmin):
    """Only one's own; the file goes after a day."""

    keyset_orderings: ClassVar[Orderings] = {"new": (_("最新在前"), ("-created_at", "-pk"))}
    list_display = ("created_at", "title", "purpose", "unmasked", "progress", "download")
    list_display_links = None
    change_list_template = "admin/community/list_exports.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(owner=request.user)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<uuid:job_id>/file/", view, name="community_listexport_file"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        mine = ListExport.objects.filter(owner=request.user)  # type: ignore[misc]
        waits = mine.filter(state__in=(JobState.QUEUED, JobState.RUNNING)).exists()
        return super().changelist_view(request, {"waits": waits, **(extra_context or {})})

    @admin.display(description=_("进度"))
    def progress(self, job: ListExport) -> str:
        if job.is_over:
            return f"{job.get_state_display()} {job.note}".strip()
        words = f"{job.get_state_display()} {job.done} / {job.total}"
        bar = '<progress class="meter" max="100" value="{}" aria-label="{}"></progress> {}'
        return format_html(bar, job.percent, _("进度"), words)

    @admin.display(description=_("文件"))
    def download(self, job: ListExport) -> str:
        if job.state != JobState.DONE:
            return ""
        if not job.file:
            return str(_("已过期"))
        words = _("下载（%d 行）") % job.done
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:community_listexport_file", args=[job.pk]), words
        )

    def file_view(self, request: HttpRequest, job_id: UUID) -> FileResponse:
        """The file, for its owner alone, while a post of theirs still opens the list."""
        job = get_object_or_404(self.get_queryset(request), pk=job_id, state=JobState.DONE)
        app, _dot, model = job.table.partition(".")
        if (
            not job.file
            or not default_storage.exists(job.file)
            or not request.user.has_perm(f"{app}.view_{model}")
        ):
            raise GoneError(_("这个文件已过期，请重新导出。"))
        response = FileResponse(default_storage.open(job.file), content_type=XLSX)
        name = f"{model}-{timezone.localtime(job.created_at):%Y-%m-%d-%H%M}.xlsx"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response
