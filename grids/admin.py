"""Grids in the admin, with the buildings each one holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter
from community.forms.action import ActionForm, StaffRequest
from community.models import Place
from community.models.place import PlaceKind
from grids import actions
from grids.models import Grid, GridBuilding


class GridForm(ActionForm):
    """A grid and the buildings, or whole estates, that it holds."""

    holds = forms.ModelMultipleChoiceField(
        Place.objects.none(), label=_("楼栋或小区"), required=False, help_text=_("每栋楼只能属于一个网格。")
    )


@admin.register(Grid)
class GridAdmin(ActionAdmin):
    """Who works here is said by the posts at the grid."""

    form = GridForm
    list_display = ("name", "community", "tier", "is_active")
    list_filter = ("tier", "is_active", CommunityFilter)
    list_select_related = ("community",)
    search_fields = ("name",)
    autocomplete_fields = ("community",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community", "name", "tier", "holds", *(("is_active",) if obj else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        field = made.base_fields.get("holds")
        if field is not None:
            places = self.admin_site._registry[Place].get_queryset(request)
            field.queryset = places.filter(kind__in=(PlaceKind.BUILDING, PlaceKind.ESTATE))
            field.widget = AutocompleteSelectMultiple(GridBuilding._meta.get_field("place"), self.admin_site)
            field.widget.choices = field.choices
            field.initial = [link.place_id for link in obj.buildings.all()] if obj else []
        return made

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Grid:
        given, at = form.cleaned_data, timezone.now()
        if not change:
            return actions.grid_create(
                community=given["community"],
                name=given["name"],
                tier=given["tier"],
                buildings=list(given["holds"]),
                actor=request.user,
                at=at,
            )
        actions.grid_assign_buildings(
            grid_id=form.instance.pk, buildings=list(given["holds"]), actor=request.user, at=at
        )
        return actions.grid_update(
            grid_id=form.instance.pk,
            name=given["name"],
            tier=given["tier"],
            is_active=given["is_active"],
            actor=request.user,
            at=at,
        )
