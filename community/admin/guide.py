"""办事指南 in the admin: written, shown and confirmed by whoever keeps it (C-10, C-27)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community import actions
from community.actions.guide import EDITABLE, REVIEWED_WITHIN, may_keep_for_all
from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin, paths_for
from community.backends import GRANTS
from community.forms.action import ActionForm, StaffRequest
from community.forms.guide import ServiceItemForm
from community.models import Community, ServiceItem
from community.querysets import below
from community.registries import guide_panels


class ReviewFilter(admin.SimpleListFilter):
    """What nobody has confirmed for long."""

    title = _("核对")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("待核对"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        stale = timezone.localdate() - REVIEWED_WITHIN
        return queryset.filter(is_active=True, reviewed_on__lte=stale) if self.value() == "due" else queryset


@admin.register(ServiceItem)
class ServiceItemAdmin(StepsMixin, ActionAdmin):
    """The catalogue: own items to keep, those of the whole portal to read."""

    form = ServiceItemForm
    scope_field = "community__place__path"
    list_display = (
        "title",
        "family",
        "community",
        "handler",
        "time_limit",
        "hits",
        "is_active",
        "reviewed_on",
    )
    list_filter = ("family", "is_active", ReviewFilter, CommunityFilter)
    list_select_related = ("community",)
    search_fields = ("title",)
    fields = ("community", *EDITABLE, "reviewed_on")
    readonly_fields = ("reviewed_on",)
    change_list_template = "admin/community/guide_list.html"
    steps = (
        Step(
            "confirm",
            _("已核对，内容没有变"),
            lambda request, row, _data: actions.service_item_confirm(
                item_id=row.pk, actor=request.user, at=timezone.now()
            ),
            hint=_("请先逐项看过材料、流程、地点、收费和时限。半年没有核对的事项会再提醒。"),
            done=_("已记下今天核对过。"),
            offered=lambda row: row.is_active,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted: QuerySet[Any] = super().get_queryset(request).annotate(hits=Sum("uses__hits", default=0))
        return counted

    def scope(self, paths: list[str]) -> Q:
        return super().scope(paths) | Q(community__isnull=True)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Whoever keeps a community's guide may choose it, also without keeping its place."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        paths = paths_for(request, GRANTS["community.serviceitem"].write)
        field.queryset = Community.objects.filter(below(paths, "place__path"))  # type: ignore[union-attr]
        return field

    @admin.display(description=_("点击"), ordering="hits")
    def hits(self, row: Any) -> int:
        return int(row.hits)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community", *self.readonly_fields) if obj else self.readonly_fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        shared = obj is not None and obj.community_id is None
        return not shared or may_keep_for_all(request.user, timezone.now())  # type: ignore[arg-type]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        panels = [panel for source in guide_panels if (panel := source(request))]
        return super().changelist_view(request, {**(extra_context or {}), "panels": panels})

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> ServiceItem:
        given, at = form.cleaned_data, timezone.now()
        content = {name: given[name] for name in EDITABLE}
        if change:
            return actions.service_item_update(
                item_id=form.instance.pk, changes=content, actor=request.user, at=at
            )
        return actions.service_item_create(
            community=given["community"], content=content, actor=request.user, at=at
        )
