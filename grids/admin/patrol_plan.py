"""巡查计划 and 巡查点位 at the desk, with the sheet of codes to put up (G-05, G-11)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter
from community.forms.action import ActionForm, StaffRequest
from core.errors import InvalidInputError
from grids import actions
from grids.actions.patrol_plan import Hours, Spot
from grids.models import Checkpoint, PatrolPlan
from grids.selectors.patrol_codes import codes_of


@admin.register(PatrolPlan)
class PatrolPlanAdmin(ActionAdmin):
    """One row a grid that is walked twice a day."""

    scope_field = "grid__place__path"
    list_display = ("grid", "early", "late", "metres", "is_active")
    list_filter = ("is_active", CommunityFilter)
    list_select_related = ("grid",)
    search_fields = ("grid__name",)
    autocomplete_fields = ("grid",)
    fields = (
        "grid",
        ("early_opens", "early_closes"),
        ("late_opens", "late_closes"),
        "metres",
        "is_active",
    )

    @admin.display(description=_("早巡"))
    def early(self, row: PatrolPlan) -> str:
        return f"{row.early_opens:%H:%M}–{row.early_closes:%H:%M}"

    @admin.display(description=_("晚巡"))
    def late(self, row: PatrolPlan) -> str:
        return f"{row.late_opens:%H:%M}–{row.late_closes:%H:%M}"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("grid",) if obj else ()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> PatrolPlan:
        given = form.cleaned_data
        return actions.patrol_plan_set(
            grid=form.instance.grid if change else given["grid"],
            hours=Hours(**{name: given[name] for name in Hours.__slots__}),
            is_active=given["is_active"],
            actor=request.user,
            at=timezone.now(),
        )


@admin.register(Checkpoint)
class CheckpointAdmin(ActionAdmin):
    """Points of a grid; whoever runs it puts up their codes."""

    scope_field = "grid__place__path"
    change_list_template = "admin/grids/checkpoint/change_list.html"
    list_display = ("name", "grid", "has_position", "order", "is_active")
    list_filter = ("is_active", CommunityFilter)
    list_select_related = ("grid",)
    search_fields = ("name", "grid__name")
    autocomplete_fields = ("grid",)
    fields = ("grid", "name", "longitude", "latitude", "order", "is_active")

    @admin.display(description=_("有位置"), boolean=True)
    def has_position(self, row: Checkpoint) -> bool:
        return row.longitude is not None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("grid", "code") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("grid", "name", "code", *self.fields[2:]) if obj else self.fields

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.codes_view)
        return [path("codes/", page, name="grids_checkpoint_codes"), *super().get_urls()]

    def codes_view(self, request: HttpRequest) -> HttpResponse:
        """The sheet of codes of one grid, to print and put up."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        shown = codes_of(self.get_queryset(request), asked=request.GET.get("grid", ""))
        context = {
            **self.admin_site.each_context(request),
            "title": _("打印打卡码"),
            "opts": self.opts,
            "shown": shown,
        }
        return TemplateResponse(request, "admin/grids/checkpoint/codes.html", context)

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Checkpoint:
        given = form.cleaned_data
        where = (given["longitude"], given["latitude"])
        if (where[0] is None) != (where[1] is None):
            raise InvalidInputError(_("经度和纬度要一起填，并在正常范围内。"))
        spot = Spot(
            name=given["name"],
            position=None if None in where else where,
            order=given["order"],
            is_active=given["is_active"],
        )
        by: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
        if change:
            return actions.checkpoint_update(checkpoint_id=form.instance.pk, spot=spot, **by)
        return actions.checkpoint_create(grid=given["grid"], spot=spot, **by)
