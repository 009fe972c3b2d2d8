"""信息册 at the desk: marks of a community or a grid, to look through and take along; each look is noted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.admin.base import CommunityFilter, ScopedAdmin, paths_for
from community.duties import Power
from community.models import Resident
from community.querysets import around, below
from core.models import User
from grids.actions.registers.reading import registers_read
from grids.admin.filters import CHOICES_SHOWN, GridFilter
from grids.models import Grid, ResidentTag, SchemeColour, SchemeKind
from grids.selectors.doors import doors_of


class TagStateFilter(admin.SimpleListFilter):
    """In force, taken back, or a lease that has ended."""

    title = _("状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("有效")), ("lease", _("租期到了")), ("ended", _("已撤销"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.in_force()  # type: ignore[attr-defined,no-any-return]
        if self.value() == "lease":
            return queryset.to_recheck(timezone.localdate())  # type: ignore[attr-defined,no-any-return]
        return queryset.exclude(ended_at=None) if self.value() == "ended" else queryset


class ColourFilter(admin.SimpleListFilter):
    """The colours of the schemes within the person's posts, with their words."""

    title = _("色标")
    parameter_name = "colour"
    kind = SchemeKind.REGISTER

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        paths = paths_for(request, frozenset(Power))
        within = around(paths, "scheme__community__place__path")
        rows = SchemeColour.objects.filter(within, scheme__kind=self.kind).select_related("scheme__community")
        found = list(rows.order_by("scheme", "pk")[: CHOICES_SHOWN + 1])
        several = len({one.scheme.community_id for one in found}) > 1
        if len(found) > CHOICES_SHOWN:
            return []
        return [
            (str(one.pk), f"{one.scheme.community} {one.words}" if several else one.words) for one in found
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(colour=int(chosen)) if chosen.isascii() and chosen.isdigit() else queryset


class DoorGridFilter(GridFilter):
    """Of residents, by the grid that their door belongs to."""

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: OfResidentsAdmin) -> None:
        self.of_resident = model_admin.of_resident
        super().__init__(request, params, model, model_admin)

    @property
    def grids(self) -> QuerySet[Grid]:
        return Grid.objects.active()

    def of_grid(self, queryset: QuerySet[Any], grid: int) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.of_resident}__household__in": doors_of([grid])})


def grids_within(paths: list[str]) -> QuerySet[Grid]:
    """The grids in force under these places."""
    return Grid.objects.active().filter(below(paths, "place__path"))


class OfResidentsAdmin(ScopedAdmin):
    """Rows about residents: within one's posts by the door, or by the grid that the door belongs to. Looking
    at them is noted."""

    scope_field = "resident__household__place__path"
    of_resident = "resident"
    """What leads from a row to its resident."""

    def scope(self, paths: list[str]) -> Q:
        led = list(Grid.objects.filter(place__path__in=paths).values_list("place__path", flat=True))
        if not led:
            return super().scope(paths)
        own = doors_of(grids_within(led).values_list("pk", flat=True))
        return super().scope(paths) | Q(**{f"{self.of_resident}__household__in": own})

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        self.note(request)
        return super().changelist_view(request, extra_context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        self.note_one(request, object_id)
        return super().change_view(request, object_id, form_url, extra_context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self.note_one(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Nothing at the desk chooses from registers: the address that offers names to a form gets none."""
        if request.path.endswith("/autocomplete/"):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def note_one(self, request: HttpRequest, object_id: str) -> None:
        """A page that names the resident of a row."""
        row = self.get_object(request, object_id)
        if row is not None:
            self.note(request, row)

    def note(self, request: HttpRequest, row: Any = None) -> None:
        """Leave a line for the person in charge."""
        assert isinstance(request.user, User)
        resident = self.resident_of(row) if row is not None else None
        if self.has_view_permission(request):
            registers_read(resident=resident, actor=request.user, at=timezone.now())

    @admin.display(description=_("住址"))
    def door(self, row: Any) -> str:
        return str(self.resident_of(row).household.long_name)

    @admin.display(description=_("居民"))
    def page(self, row: Any) -> str:
        resident = self.resident_of(row)
        return format_html('<a href="{}">{}</a>', reverse("grids:person", args=[resident.pk]), resident)

    def resident_of(self, row: Any) -> Resident:
        for step in self.of_resident.split("__"):
            row = getattr(row, step)
        found: Resident = row
        return found


@admin.register(ResidentTag)
class ResidentTagAdmin(OfResidentsAdmin):
    """Marks are made and taken back on the person's page."""

    list_display = ("resident", "door", "colour", "since_on", "recheck_on", "ended_at")
    list_filter = (TagStateFilter, ColourFilter, DoorGridFilter, CommunityFilter)
    list_select_related = (
        *("resident__household__place__parent__parent", "colour__scheme"),
        *("marked_by", "ended_by"),
    )
    search_fields = ("resident__name",)
    fields = (
        *("page", "door", "colour", "since_on", "recheck_on", "note", "marked_at", "marked_by"),
        *("ended_at", "ended_by", "end_reason"),
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
