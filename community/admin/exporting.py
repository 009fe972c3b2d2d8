"""Any list of the desk into Excel: what is filtered and what one's posts show, made by the worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from community import actions
from community.actions.list_export import PERSONAL, UNMASKABLE
from community.forms.action import StaffRequest, attempt
from community.models import ListExport
from core.admin_lists import CURSOR_VAR, KeysetAdminMixin
from core.errors import DomainError, InvalidInputError
from core.language import kept
from core.sheets import sheet_write

BATCH: Final = 500
ROWS_MAX: Final = 100_000
NOT_OF_THE_LIST: Final = (CURSOR_VAR, "o", "e", "_popup", "_to_field", "_changelist_filters")


class PurposeForm(forms.Form):
    """What a list about people is for."""

    purpose = forms.CharField(
        label=_("用途"),
        max_length=100,
        help_text=_("如：入户走访、核对名册。会留痕，负责人看得到；不要写姓名和手机号。"),
    )


class FullForm(PurposeForm):
    """The same, by somebody who may see whole numbers."""

    unmasked = forms.BooleanField(
        label=_("导出完整手机号"), required=False, help_text=_("不勾选时，手机号中间四位用星号代替。")
    )


class ExportMixin(KeysetAdminMixin):
    """Puts 导出到 Excel above a list. `full_columns`: column → attribute with the whole number."""

    exportable: ClassVar[bool] = True
    full_columns: ClassVar[Mapping[str, str]] = {}

    def get_urls(self) -> list[URLPattern]:
        if not self.exportable:
            return super().get_urls()
        view = self.admin_site.admin_view(self.list_export_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", view, name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        shown = {"export_url": self.export_url(request)} if self.exportable else {}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def export_url(self, request: HttpRequest) -> str:
        """Where this list, with its filters, is asked for."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
        asked = listed(request.GET)
        return f"{address}?{asked}" if asked else address

    def list_export_view(self, request: StaffRequest) -> HttpResponse:
        """What would be exported, and what for; then the worker is asked."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = changelist_of(self, request.user, listed(request.GET))
        form = self.export_form(request)
        if request.method == "POST" and form.is_valid() and self._ask(request, form):
            return HttpResponseRedirect(reverse("admin:community_listexport_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("导出到 Excel"),
            "opts": self.opts,
            "form": form,
            "columns": heads(self, request),
            "filters": chosen(found),
            "back_url": f"{reverse(f'admin:{self.opts.app_label}_{self.opts.model_name}_changelist')}"
            f"?{listed(request.GET)}",
        }
        return TemplateResponse(request, "admin/community/export.html", context)

    def export_form(self, request: StaffRequest) -> forms.Form:
        table = self.opts.label_lower
        wanted: type[forms.Form] = PurposeForm if table in PERSONAL else forms.Form
        if table in UNMASKABLE and self.has_change_permission(request):
            wanted = FullForm
        return wanted(request.POST if request.method == "POST" else None)

    def _ask(self, request: StaffRequest, form: forms.Form) -> ListExport | None:
        job: ListExport | None = attempt(
            form,
            lambda: actions.list_export_ask(
                owner=request.user,
                table=self.opts.label_lower,
                title=kept(self.opts.verbose_name_plural or ""),
                querystring=listed(request.GET),
                purpose=form.cleaned_data.get("purpose", ""),
                unmasked=form.cleaned_data.get("unmasked", False),
                at=timezone.now(),
            ),
        )
        return job

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        """What a list puts on its rows before it shows them."""

    def may_see_whole(self, request: HttpRequest, row: Any) -> bool:
        """Whether the numbers of this row may be had in full; said by the desk of each table with numbers."""
        return False


def listed(query: QueryDict) -> str:
    """The part of an address that makes up a list."""
    kept = query.copy()
    for name in NOT_OF_THE_LIST:
        kept.pop(name, None)
    return kept.urlencode()


def request_of(owner: Any, querystring: str) -> HttpRequest:
    """The list, asked for again as the person who wanted it: with the posts that they hold now."""
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", owner, QueryDict(querystring)
    return request


def changelist_of(desk: Any, owner: Any, querystring: str) -> Any:
    """The change list behind an address.

    Raises:
        InvalidInputError: a filter that the list does not have.
    """
    try:
        return desk.get_changelist_instance(request_of(owner, querystring))
    except (IncorrectLookupParameters, DisallowedModelAdminLookup) as problem:
        raise InvalidInputError(_("筛选条件无效，请回到列表重新筛选。")) from problem


def heads(desk: Any, request: HttpRequest) -> list[str]:
    """The names of the columns, as the list shows them."""
    return [
        str(label_for_field(name, desk.model, model_admin=desk)) for name in desk.get_list_display(request)
    ]


def chosen(found: Any) -> list[str]:
    """The filters and the search in words."""
    picked = [
        f"{spec.title}{_('：')}{choice['display']}"
        for spec in found.filter_specs
        for at, choice in enumerate(spec.choices(found))
        if at and choice["selected"]
    ]
    return [*picked, *([str(_("查找：%s") % found.query)] if found.query else [])]


def list_export_run(job: ListExport) -> bool:
    """Write the file of a job that this worker has taken; whether it came to its end."""
    try:
        return _Run(job).write()
    except DomainError as refusal:
        actions.list_export_refuse(job=job, reason=str(refusal.message), at=timezone.now())
        return False


class _Run:
    """The rows of one job in batches, with a sign of life after each."""

    def __init__(self, job: ListExport) -> None:
        self.job, self.is_overtaken = job, False
        self.desk: Any = next(
            desk for model, desk in admin.site._registry.items() if model._meta.label_lower == job.table
        )
        self.request = request_of(job.owner, job.querystring)
        self.names: Sequence[Any] = self.desk.get_list_display(self.request)

    def write(self) -> bool:
        job = self.job
        if not self.desk.has_view_permission(self.request):
            raise InvalidInputError(_("您的任职已不允许导出这份清单。"))
        with TemporaryFile() as target:
            rows = sheet_write(target, job.title, heads(self.desk, self.request), self.rows())
            if self.is_overtaken:
                return False
            name = default_storage.save(f"exports/list-{job.pk}-{job.tries}.xlsx", File(target))
        actions.list_export_finish(job=job, file=name, rows=rows, at=timezone.now())
        return True

    def rows(self) -> Iterator[list[Any]]:
        """What the owner may see at this moment, oldest first."""
        found = changelist_of(self.desk, self.job.owner, self.job.querystring).queryset.order_by("pk")
        total, done, last = found.count(), 0, None
        if total > ROWS_MAX:
            raise InvalidInputError(_("超过 %d 行，请先筛选，再分几次导出。") % ROWS_MAX)
        while self._beat(done, total):
            batch = list((found if last is None else found.filter(pk__gt=last))[:BATCH])
            self.desk.prepare_rows(batch)
            yield from (self.row(each) for each in batch)
            done += len(batch)
            if len(batch) < BATCH:
                return
            last = batch[-1].pk

    def _beat(self, done: int, total: int) -> bool:
        mine = actions.list_export_beat(job=self.job, done=done, total=total, at=timezone.now())
        self.is_overtaken = not mine
        return mine

    def row(self, row: Model) -> list[Any]:
        whole = self.job.unmasked and self.desk.may_see_whole(self.request, row)
        return [
            getattr(row, self.desk.full_columns[name])
            if whole and name in self.desk.full_columns
            else value_of(self.desk, row, name)
            for name in self.names
        ]


def value_of(desk: Any, row: Model, name: str) -> Any:
    """A cell as the list shows it, without its looks."""
    field, _attribute, value = lookup_field(name, row, desk)
    if field is not None and getattr(field, "flatchoices", None):
        value = dict(field.flatchoices).get(value, value)
    return strip_tags(value) if hasattr(value, "__html__") else value
