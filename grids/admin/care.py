"""关爱台账 at the desk: who is cared for, who has no helper, whose month was missed; counts by colour."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import CommunityFilter
from grids.admin.figures import FiguresMixin, Shown
from grids.admin.register import ColourFilter, DoorGridFilter, OfResidentsAdmin
from grids.models import CareFile, CareMonth, CareSubject, FileSection, HelperPairing, SchemeKind
from grids.selectors.registers.figures import care_figures


class ReadOnlyAdmin(OfResidentsAdmin):
    """Looked through here; what is done about somebody is done on the person's page."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CareFilter(admin.SimpleListFilter):
    """In care, due, without a helper, or no longer in care."""

    title = _("状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("active", _("在册")),
            ("due", _("该走访的")),
            ("unpaired", _("没有结对的")),
            ("closed", _("已结束")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "due":
            return queryset.due(timezone.localdate())
        if self.value() == "unpaired":
            return queryset.unpaired(HelperPairing.objects.helping())
        if self.value() == "active":
            return queryset.active()
        return queryset.exclude(closed_at=None) if self.value() == "closed" else queryset


class CareColourFilter(ColourFilter):
    kind = SchemeKind.CARE


@admin.register(CareSubject)
class CareSubjectAdmin(FiguresMixin, ReadOnlyAdmin):
    """Counts by colour stand on a page of their own, for staff alone."""

    change_list_template = "admin/grids/caresubject/change_list.html"
    figures_title = _("关爱台账统计")
    list_display = ("resident", "door", "colour", "helper", "last_on", "next_on")
    list_filter = (CareFilter, CareColourFilter, DoorGridFilter, CommunityFilter)
    list_select_related = ("resident__household__place__parent__parent", "colour__scheme", "opened_by")
    search_fields = ("resident__name",)
    fields = (
        *("page", "door", "colour", "helper", "last_on", "next_on", "opened_at", "opened_by"),
        *("closed_at", "close_reason"),
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[CareSubject]:
        pairings = HelperPairing.objects.helping().select_related("helper")
        rows: QuerySet[CareSubject] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("pairings", queryset=pairings, to_attr="helping"))

    @admin.display(description=_("帮扶人"))
    def helper(self, row: Any) -> str:
        return next((str(pairing.helper) for pairing in row.helping), "—")

    def figures(self, _request: HttpRequest, paths: list[str]) -> Shown:
        """How many in each colour, how they moved in thirty days, and how the month stands; no names."""
        rows = CareSubject.objects.filter(self.scope(paths))
        return {"shown": care_figures(rows, at=timezone.now())}


class MonthFilter(admin.SimpleListFilter):
    """Visited, missed, or still to come."""

    title = _("本月情况")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("还没走访")), ("visited", _("已走访")), ("missed", _("漏访"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known: dict[str | None, dict[str, Any]] = {
            "open": {"visited_on": None, "missed_at": None},
            "visited": {"visited_on__isnull": False},
            "missed": {"missed_at__isnull": False},
        }
        return queryset.filter(**known.get(self.value(), {}))


@admin.register(CareMonth)
class CareMonthAdmin(ReadOnlyAdmin):
    """一月一访, month by month."""

    scope_field = "subject__resident__household__place__path"
    of_resident = "subject__resident"
    list_display = ("subject", "month", "visited_on", "missed_at")
    list_filter = (MonthFilter, "month", DoorGridFilter, CommunityFilter)
    list_select_related = ("subject__resident", "subject__colour__scheme")
    fields = ("subject", "month", "visited_on", "missed_at")
    readonly_fields = fields


class StaleFilter(admin.SimpleListFilter):
    """Complete, incomplete, or due for another look."""

    title = _("档案")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("partial", _("没填全")), ("stale", _("该更新了"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "partial":
            return queryset.filter(filled__lt=len(FileSection.values))
        return queryset.filter(stale_on__lte=timezone.localdate()) if self.value() == "stale" else queryset


@admin.register(CareFile)
class CareFileAdmin(ReadOnlyAdmin):
    """How complete files are; what they say is read on the file's own page, and leaves a line."""

    scope_field = "subject__resident__household__place__path"
    of_resident = "subject__resident"
    list_display = ("subject", "completeness", "stale_on")
    list_filter = (StaleFilter, DoorGridFilter, CommunityFilter)
    list_select_related = ("subject__resident", "subject__colour__scheme")
    fields = ("page", "subject", "completeness", "stale_on")
    readonly_fields = fields

    @admin.display(description=_("完整度"))
    def completeness(self, row: CareFile) -> str:
        return row.completeness
