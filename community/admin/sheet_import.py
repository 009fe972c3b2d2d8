"""从 Excel 导入: a template, an upload, what was found in it, a yes, and how far the writing is."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from community import actions
from community.actions.sheet_import import BATCH, kind_of
from community.admin.base import ActionAdmin, CommunityFilter, paths_for
from community.forms.action import ActionForm, StaffRequest
from community.imports.reading import MAX_BYTES, file_check
from community.models import Community, RowState, SheetImport
from community.permissions import powers_anywhere
from community.querysets import below
from community.sheet_kinds import ImportKind, import_kinds
from community.sheets import template_of, told, wrong_lines
from core.admin_lists import Orderings
from core.errors import InvalidInputError
from core.sheets import XLSX

SHOWN_ROWS = 10
SHOWN_ERRORS = 100


def kinds_for(request: HttpRequest) -> list[ImportKind]:
    """What the person may import somewhere."""
    powers = powers_anywhere(request.user, timezone.now())
    return [kind for kind in import_kinds if kind.power in powers]


class UploadForm(ActionForm):
    """A filled-in template; the worker reads it."""

    kind = forms.ChoiceField(label=_("内容"))
    file = forms.FileField(
        label=_("表格（.xlsx）"),
        help_text=_("先下载模板，填好后上传；确认之前什么都不会改。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.label) for kind in kinds_for(self.request)]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("文件太大，请分几次导入。"))
        try:
            file_check(upload)
        except InvalidInputError as problem:
            raise forms.ValidationError(str(problem.message)) from problem
        return upload


@admin.register(SheetImport)
class SheetImportAdmin(ActionAdmin):
    """Only one's own uploads: they hold names and numbers."""

    form = UploadForm
    exportable = False
    scope_field = "community__place__path"
    keyset_orderings: ClassVar[Orderings] = {"new": (_("最新在前"), ("-created_at", "-pk"))}
    list_display = ("created_at", "kind_label", "community", "stage", "new", "known", "wrong")
    list_filter = (CommunityFilter,)
    list_select_related = ("community",)
    fields = ("kind", "community", "file")
    change_list_template = "admin/community/sheet_import_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(created_by=request.user)

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("template/<slug:code>/", require_safe(self.template_view), "template"),
            ("<uuid:pk>/confirm/", require_POST(self.confirm_view), "confirm"),
            ("<uuid:pk>/cancel/", require_POST(self.cancel_view), "cancel"),
            ("<uuid:pk>/errors.xlsx", require_safe(self.errors_view), "errors"),
        )
        own = [
            path(route, self.admin_site.admin_view(view), name=f"community_sheetimport_{name}")
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=_("内容"))
    def kind_label(self, sheet: SheetImport) -> str:
        kind = import_kinds.get(sheet.kind)
        return str(kind.label) if kind else sheet.kind

    @admin.display(description=_("状态"))
    def stage(self, sheet: SheetImport) -> str:
        return str(sheet.get_state_display() if sheet.state == "failed" else sheet.get_step_display())

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField[Any] | None:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "community":
            powers = frozenset(kind.power for kind in import_kinds)
            field.queryset = Community.objects.filter(below(paths_for(request, powers), "place__path"))
        return field

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(request, {"kinds": kinds_for(request), **(extra_context or {})})

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> SheetImport:
        given = form.cleaned_data
        return actions.sheet_import_start(
            community=given["community"],
            kind=given["kind"],
            file=given["file"],
            actor=request.user,
            at=timezone.now(),
        )

    def response_add(
        self, request: HttpRequest, obj: SheetImport, post_url_continue: Any = None
    ) -> HttpResponse:
        """On to the page that says what was found."""
        return redirect("admin:community_sheetimport_change", obj.pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """How far it is; what was found; what to do next."""
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        sheet = self._mine(request, object_id)
        kind = kind_of(sheet.kind)
        wrong = sheet.rows.filter(state=RowState.WRONG)[:SHOWN_ERRORS]
        noted = sheet.rows.exclude(state=RowState.WRONG).exclude(problems=[])[:SHOWN_ERRORS]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{kind.label}",
            "opts": self.opts,
            "original": sheet,
            "sheet": sheet,
            "columns": [column.title for column in kind.columns],
            "rows": list(sheet.rows.exclude(state=RowState.WRONG)[:SHOWN_ROWS]),
            "errors": [(row.number, told(row.problems)) for row in wrong],
            "notes": [(row.number, told(row.problems)) for row in noted],
            "batch": BATCH,
        }
        return TemplateResponse(request, "admin/community/sheet_import.html", context)

    def _mine(self, request: HttpRequest, pk: Any) -> SheetImport:
        sheet: SheetImport | None = self.get_object(request, str(pk))
        if sheet is None or not self.has_view_permission(request, sheet):
            raise Http404
        return sheet

    def template_view(self, request: HttpRequest, code: str) -> HttpResponse:
        kind = next((kind for kind in kinds_for(request) if kind.code == code), None)
        if kind is None:
            raise Http404
        return _sheet(template_of(kind), f"{code}.xlsx")

    def errors_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        sheet = self._mine(request, pk)
        return _sheet(wrong_lines(sheet, kind_of(sheet.kind)), f"{sheet.kind}-errors.xlsx")

    def confirm_view(self, request: StaffRequest, pk: UUID) -> HttpResponse:
        self._mine(request, pk)
        actions.sheet_import_confirm(import_id=pk, actor=request.user, at=timezone.now())
        messages.success(request, _("已开始导入，可以离开本页。"))
        return HttpResponseRedirect(reverse("admin:community_sheetimport_change", args=[pk]))

    def cancel_view(self, request: StaffRequest, pk: UUID) -> HttpResponse:
        self._mine(request, pk)
        actions.sheet_import_cancel(import_id=pk, actor=request.user, at=timezone.now())
        messages.success(request, _("已取消；已经写入的保留。"))
        return HttpResponseRedirect(reverse("admin:community_sheetimport_change", args=[pk]))


def _sheet(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
