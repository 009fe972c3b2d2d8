"""走访 at the desk: who was visited, what was found and waits for somebody, and the purposes."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin, paths_for
from community.backends import GRANTS
from community.duties import Power
from community.forms.action import ActionForm, StaffRequest
from community.models import Community
from community.permissions import Scope, has_power
from community.querysets import around
from grids import actions
from grids.admin.figures import CommunityFiguresMixin, Shown
from grids.models import Visit, VisitPurpose
from grids.selectors.visit_figures import visit_figures

PURPOSES_SHOWN = 60


class OpenFilter(admin.SimpleListFilter):
    """What a visit found and nobody has followed up."""

    title = _("跟进")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("待跟进"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.unfollowed() if self.value() == "yes" else queryset  # type: ignore[attr-defined]


class PurposeFilter(admin.SimpleListFilter):
    """What people were visited for; purposes of the same name in several communities are one."""

    title = _("目的")
    parameter_name = "purpose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        within = around(paths_for(request, GRANTS["grids.visit"].view), "community__place__path")
        names = VisitPurpose.objects.filter(within).order_by("name")
        return [(name, name) for name in names.values_list("name", flat=True).distinct()[:PURPOSES_SHOWN]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(purpose__name=self.value()) if self.value() else queryset


class FollowUpForm(forms.Form):
    """What became of it."""

    words = forms.CharField(label=_("怎样跟进的"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _follow_up(request: StaffRequest, row: Visit, given: dict[str, Any]) -> Visit:
    return actions.visit_follow_up(
        visit_id=row.pk, words=given["words"], actor=request.user, at=timezone.now()
    )


@admin.register(Visit)
class VisitAdmin(CommunityFiguresMixin, StepsMixin):
    """Visits without their personal notes: these are read at the door's own page, and leave a trace."""

    scope_field = "place__path"
    change_list_template = "admin/grids/visit/change_list.html"
    figures_title = _("走访统计")
    list_display = ("door", "purpose", "outcome", "worker", "happened_at", "assignee")
    list_filter = (OpenFilter, PurposeFilter, "outcome", CommunityFilter)
    list_select_related = ("household__place__parent__parent", "purpose", "worker", "assignee")
    fields = (
        *("door", "place", "purpose", "worker", "companion", "happened_at", "recorded_at"),
        *("outcome", "finding", "assignee", "followed_at", "followed_by", "follow_up"),
    )
    readonly_fields = fields
    steps: ClassVar[tuple[Step, ...]] = (
        Step(
            "follow",
            _("跟进"),
            _follow_up,
            form=FollowUpForm,
            hint=_("写明怎样跟进的，走访的人会收到，好转告住户。"),
            offered=lambda row: row.is_open and not (hasattr(row, "need") or hasattr(row, "lead")),
        ),
    )

    def figures_of(self, paths: list[str], _chosen: Community | None) -> Shown:
        """A year by purpose."""
        return {"figures": visit_figures(paths, timezone.now())}

    @admin.display(description=_("住户"))
    def door(self, row: Visit) -> str:
        return row.household.long_name

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        return has_power(request.user, Power.GRID_RUN, Scope(row.place.path), at=timezone.now())


@admin.register(VisitPurpose)
class VisitPurposeAdmin(ActionAdmin):
    """What a community visits for, and where two must go."""

    scope_field = "community__place__path"
    list_display = ("name", "community", "needs_two", "is_active", "order")
    list_filter = ("is_active", CommunityFilter)
    list_select_related = ("community",)
    autocomplete_fields = ("community",)
    fields = ("community", "name", "needs_two", "is_active", "order")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> VisitPurpose:
        given, purpose = form.cleaned_data, form.instance
        return actions.purpose_save(
            community=purpose.community if change else given["community"],
            purpose_id=purpose.pk if change else None,
            name=given["name"],
            needs_two=given["needs_two"],
            is_active=given["is_active"],
            order=given["order"],
            actor=request.user,
            at=timezone.now(),
        )
