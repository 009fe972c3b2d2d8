"""抄表 at the desk: rounds, how many doors are read, what was shared."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.admin.base import CommunityFilter, ScopedAdmin
from core.display import money
from grids.models import MeterCycle
from grids.selectors.meters import with_unread


class SharedFilter(admin.SimpleListFilter):
    """Rounds that go on, those over their day, and those that are shared."""

    title = _("进度")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("没有分摊")), ("late", _("过了抄完的日子")), ("shared", _("已分摊"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "open":
                return queryset.filter(shared_at=None)
            case "late":
                return queryset.filter(shared_at=None, due_on__lt=timezone.localdate())
            case "shared":
                return queryset.filter(shared_at__isnull=False)
        return queryset


@admin.register(MeterCycle)
class MeterCycleAdmin(ScopedAdmin):
    """Looked through here; readings and shares are on the round's page."""

    scope_field = "scope__path"
    list_display = ("name", "kind", "where", "progress", "bill", "due_on", "shared_at", "next_on")
    list_filter = (SharedFilter, ("kind", admin.ChoicesFieldListFilter), CommunityFilter)
    list_select_related = ("place__parent__parent", "scope", "created_by", "shared_by")
    fields = (
        *("page", "name", "kind", "where", "progress", "bill", "opens_on", "due_on", "next_on"),
        *("created_by", "shared_by", "shared_at"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[MeterCycle]:
        return with_unread(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("范围"))
    def where(self, row: MeterCycle) -> str:
        return row.place.long_name

    @admin.display(description=_("已抄"))
    def progress(self, row: MeterCycle) -> str:
        return f"{row.read_count}/{row.door_count}"  # type: ignore[attr-defined]

    @admin.display(description=_("账单"))
    def bill(self, row: MeterCycle) -> str:
        return money(row.bill)

    @admin.display(description=_("抄表和分摊"))
    def page(self, row: MeterCycle) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("grids:meter_cycle", args=[row.pk]), _("打开这次抄表")
        )
