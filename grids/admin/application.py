"""帮办申请 at the desk: what is under way, late, granted or not."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.admin.base import CommunityFilter, ScopedAdmin
from grids.models import ApplicationStep, AssistedApplication


class WalkFilter(admin.SimpleListFilter):
    """Under way, with a step over its day, granted, refused."""

    title = _("进度")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", _("办理中")),
            ("late", _("超过时限")),
            ("granted", _("办成了")),
            ("refused", _("没有办成")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        late = ApplicationStep.objects.filter(done_at=None, due_on__lt=timezone.localdate())
        known = {
            "open": Q(ended_at=None),
            "late": Q(ended_at=None, pk__in=late.values("application")),
            "granted": Q(result="granted"),
            "refused": Q(result="refused"),
        }
        return queryset.filter(known.get(self.value() or "", Q()))


@admin.register(AssistedApplication)
class ApplicationAdmin(ScopedAdmin):
    """Looked through here; steps are taken on the application's page."""

    scope_field = "place__path"
    list_display = ("kind", "resident", "door", "worker", "opened_at", "result", "ended_at")
    list_filter = (WalkFilter, ("kind", admin.ChoicesFieldListFilter), CommunityFilter)
    list_select_related = ("resident", "household__place__parent__parent", "worker", "place")
    fields = (
        *("page", "kind", "resident", "door", "facts", "worker", "opened_at", "follow_on_of"),
        *("result", "words", "told_how", "ended_at"),
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("住户"))
    def door(self, row: AssistedApplication) -> str:
        return row.household.long_name

    @admin.display(description=_("步骤"))
    def page(self, row: AssistedApplication) -> str:
        url = reverse("grids:application", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("打开这件申请"))
