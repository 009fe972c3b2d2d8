"""隐患台账 at the desk: the ledger to look through and export, and the types."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, ScopedAdmin, paths_for
from community.backends import GRANTS
from community.forms.action import ActionForm, StaffRequest
from community.models import Community
from community.querysets import around
from core.admin_lists import Orderings
from grids.actions.hazards.types import hazard_type_set
from grids.admin.figures import CommunityFiguresMixin, Shown
from grids.admin.filters import GridFilter
from grids.models import Hazard, HazardType
from grids.models.hazard import UNSAFE
from grids.selectors.hazard_figures import hazard_figures


class LateFilter(admin.SimpleListFilter):
    """Not safe yet, and the day is over."""

    title = _("时限")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("unsafe", _("未销号")), ("late", _("已超期")), ("today", _("今天到期"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today, chosen = timezone.localdate(), self.value()
        known = {
            "unsafe": Q(state__in=UNSAFE),
            "late": Q(state__in=UNSAFE, rectify_by__lt=today),
            "today": Q(state__in=UNSAFE, rectify_by=today),
        }
        return queryset.filter(known.get(chosen or "", Q()))


class OriginFilter(admin.SimpleListFilter):
    """Found here, or brought in from an older ledger."""

    title = _("来源")
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("own", _("本系统登记")), ("old", _("旧台账导入"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "old":
            return queryset.filter(old_number__gt="")
        return queryset.filter(old_number="") if self.value() == "own" else queryset


class TypeFilter(admin.SimpleListFilter):
    """The portal's types and those of the person's communities."""

    title = _("类型")
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        paths = paths_for(request, GRANTS["grids.hazard"].view)
        own = Q(community=None) | around(paths, "community__place__path")
        return [(str(pk), name) for pk, name in HazardType.objects.filter(own).values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        return queryset.filter(type=int(chosen)) if chosen.isascii() and chosen.isdigit() else queryset


@admin.register(Hazard)
class HazardAdmin(CommunityFiguresMixin, ScopedAdmin):
    """Looked through here; what is done about a hazard is done on its page."""

    scope_field = "scope__path"
    change_list_template = "admin/grids/hazard/change_list.html"
    figures_title = _("隐患统计")
    keyset_orderings: ClassVar[Orderings] = {
        "new": (_("最新在前"), ("-pk",)),
        "old": (_("最早在前"), ("pk",)),
    }
    list_display = (
        *("number", "type", "where", "scope", "state", "late", "rectify_by", "answerable"),
        *("found_at", "closed_at"),
    )
    list_filter = (
        LateFilter,
        ("state", admin.ChoicesFieldListFilter),
        TypeFilter,
        OriginFilter,
        GridFilter,
        CommunityFilter,
    )
    list_select_related = (
        *("type", "scope", "place__parent__parent", "responsible", "responsible_body"),
        *("found_by", "rechecked_by", "community"),
    )
    fields = (
        *("page", "old_number", "community", "scope", "where", "spot", "is_public_area", "type", "text"),
        *("state", "rectify_by", "answerable", "finder", "found_at", "done_at", "rechecked_by", "closed_at"),
    )
    readonly_fields = fields
    search_fields = ("=old_number",)
    search_help_text = _("查找旧台账编号")

    def figures_of(self, paths: list[str], _chosen: Community | None) -> Shown:
        """By type, how many in time, and the companies."""
        return {"figures": hazard_figures(paths, timezone.localdate())}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("编号"))
    def number(self, row: Hazard) -> str:
        return row.number

    @admin.display(description=_("地点"))
    def where(self, row: Hazard) -> str:
        return row.place.long_name

    @admin.display(description=_("责任人"))
    def answerable(self, row: Hazard) -> str:
        return row.answerable

    @admin.display(description=_("排查人"))
    def finder(self, row: Hazard) -> str:
        return row.finder or "—"

    @admin.display(description=_("超期"))
    def late(self, row: Hazard) -> str:
        is_late = row.state in UNSAFE and row.rectify_by and row.rectify_by < timezone.localdate()
        return str(_("超期")) if is_late else ""

    @admin.display(description=_("照片、经过和办理"))
    def page(self, row: Hazard) -> str:
        return format_html('<a href="{}">{}</a>', reverse("grids:hazard", args=[row.pk]), _("打开这处隐患"))


@admin.register(HazardType)
class HazardTypeAdmin(ActionAdmin):
    """A community's own types to keep, the portal's to read."""

    scope_field = "community__place__path"
    list_display = ("name", "community", "days", "order", "is_active")
    list_filter = ("is_active", CommunityFilter)
    list_select_related = ("community",)
    fields = ("community", "name", "days", "order", "is_active")
    autocomplete_fields = ("community",)

    def scope(self, paths: list[str]) -> Q:
        return super().scope(paths) | Q(community__isnull=True)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_own = obj is None or obj.community_id is not None
        return is_own and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> HazardType:
        given = form.cleaned_data
        return hazard_type_set(
            type_id=form.instance.pk if change else None,
            community=form.instance.community if change else given["community"],
            name=given["name"],
            days=given["days"],
            order=given["order"],
            is_active=given["is_active"],
            actor=request.user,
            at=timezone.now(),
        )
