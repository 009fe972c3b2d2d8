"""网格配备标准 at the desk: one row for a tier of a community that asks for something of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from community.admin.base import ActionAdmin, CommunityFilter
from community.forms.action import ActionForm, StaffRequest
from grids import actions
from grids.models import GridNorm


@admin.register(GridNorm)
class GridNormAdmin(ActionAdmin):
    """Without a row the portal's own norm holds: one leader, two workers, 500 households."""

    scope_field = "community__place__path"
    list_display = ("community", "tier", "leaders", "workers", "households")
    list_filter = ("tier", CommunityFilter)
    list_select_related = ("community",)
    autocomplete_fields = ("community",)
    fields = ("community", "tier", "leaders", "workers", "households")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community", "tier") if obj else ()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> GridNorm:
        given = form.cleaned_data
        norm = form.instance
        return actions.norm_set(
            community=norm.community if change else given["community"],
            tier=norm.tier if change else given["tier"],
            leaders=given["leaders"],
            workers=given["workers"],
            households=given["households"],
            actor=request.user,
            at=timezone.now(),
        )
