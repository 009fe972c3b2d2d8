"""The roll from Excel: template, upload, what would be added, and yes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community import actions
from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin
from community.forms.action import ActionForm, StaffRequest
from community.imports import MAX_BYTES, RollRow, RowError, roll_read
from community.models import RollImport
from community.sheets import roll_template
from core.errors import InvalidInputError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_ERRORS = 100


class UploadForm(ActionForm):
    """A filled-in template; every error of every row is listed at once."""

    file = forms.FileField(
        label=_("花名册（.xlsx）"), help_text=_("先下载模板，填好后上传；确认之前什么都不会改。")
    )
    rows: list[RollRow]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(_("文件太大，请分几次导入。"))
        try:
            self.rows, errors = roll_read(upload)
        except InvalidInputError as problem:
            raise forms.ValidationError(str(problem.message)) from problem
        if errors:
            raise forms.ValidationError(self.in_words(errors))
        return upload

    @staticmethod
    def in_words(errors: list[RowError]) -> list[str]:
        """The first hundred errors, one a line, and how many more there are."""
        words = [str(error) for error in errors[:SHOWN_ERRORS]]
        more = len(errors) - SHOWN_ERRORS
        return [*words, str(_("还有 %d 处错误。") % more)] if more > 0 else words


def _confirm(request: StaffRequest, row: RollImport, _given: dict[str, Any]) -> None:
    actions.roll_import_confirm(import_id=row.pk, actor=request.user, at=timezone.now())


@admin.register(RollImport)
class RollImportAdmin(StepsMixin, ActionAdmin):
    """Uploads waiting for a yes, and those that are done."""

    scope_field = "community__place__path"
    exportable = False
    change_list_template = "admin/community/roll_import_list.html"
    list_display = ("community", "created_at", "created_by", "summary", "confirmed_at")
    list_filter = (CommunityFilter,)
    list_select_related = ("community", "created_by")
    autocomplete_fields = ("community",)
    steps = (
        Step(
            "confirm",
            _("确认导入"),
            _confirm,
            hint=_("一次全部写入；已有的小区、楼栋、户和居民保持不变。"),
            done=_("已导入。"),
            offered=lambda row: row.confirmed_at is None and bool(row.rows),
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        template = path(
            "template/",
            self.admin_site.admin_view(self.template_view),
            name="community_rollimport_template",
        )
        return [template, *super().get_urls()]

    def template_view(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(roll_template(), content_type=XLSX)
        response["Content-Disposition"] = (
            "attachment; filename=\"roll.xlsx\"; filename*=UTF-8''%E8%8A%B1%E5%90%8D%E5%86%8C.xlsx"
        )
        return response

    @admin.display(description=_("新增"))
    def summary(self, row: RollImport) -> str:
        """What it adds, in words."""
        words = {
            "estates": _("小区"),
            "buildings": _("楼栋"),
            "entrances": _("单元"),
            "households": _("户"),
            "residents": _("居民"),
        }
        return ",".join(f"{word} {row.counts.get(code, 0)}" for code, word in words.items())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ("community", "summary", "created_by", "created_at", "confirmed_at")
            if obj
            else ("community", "file")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": UploadForm}), **kwargs)

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> RollImport:
        if change or not isinstance(form, UploadForm):
            unchanged: RollImport = form.instance
            return unchanged
        return actions.roll_import_stage(
            community=form.cleaned_data["community"],
            rows=[row.as_list() for row in form.rows],
            actor=request.user,
            at=timezone.now(),
        )

    def response_add(
        self, request: HttpRequest, obj: RollImport, post_url_continue: Any = None
    ) -> HttpResponse:
        """On to the page that says what would be added."""
        return redirect("admin:community_rollimport_confirm", obj.pk)
