"""职责清单 at the desk: a name, and a duty a line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter
from community.forms.action import ActionForm, StaffRequest
from grids import actions
from grids.models import DutyList


class DutyListForm(ActionForm):
    """The duties as text, one a line, in the order in which they are done."""

    items = forms.CharField(
        label=_("职责"),
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("每行一条，每条不超过 80 个字。如早间巡查、入户走访、排查安全隐患、调解邻里矛盾。"),
    )


@admin.register(DutyList)
class DutyListAdmin(ActionAdmin):
    """A list that several grids of a community may share."""

    form = DutyListForm
    scope_field = "community__place__path"
    list_display = ("name", "community", "duties", "grids")
    list_filter = (CommunityFilter,)
    list_select_related = ("community",)
    search_fields = ("name",)
    autocomplete_fields = ("community",)
    fields = ("community", "name", "items")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyList]:
        counts = {"item_count": Count("items", distinct=True), "grid_count": Count("grids", distinct=True)}
        rows: QuerySet[DutyList] = super().get_queryset(request).annotate(**counts)
        return rows

    @admin.display(description=_("职责（条）"))
    def duties(self, row: Any) -> int:
        return int(row.item_count)

    @admin.display(description=_("使用的网格"))
    def grids(self, row: Any) -> int:
        return int(row.grid_count)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        lines = [item.title for item in obj.items.all()] if obj else []
        if "items" in made.base_fields:
            made.base_fields["items"].initial = "\n".join(lines)
        return made

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> DutyList:
        given, at = form.cleaned_data, timezone.now()
        lines = given["items"].splitlines()
        if change:
            return actions.duty_list_update(
                duty_list_id=form.instance.pk, name=given["name"], items=lines, actor=request.user, at=at
            )
        return actions.duty_list_create(
            community=given["community"], name=given["name"], items=lines, actor=request.user, at=at
        )
