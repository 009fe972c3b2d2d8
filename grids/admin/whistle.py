"""吹哨, 报到党员 and grids in emergency mode at the desk (G-09, G-23)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, ScopedAdmin, Step, StepsMixin, paths_for
from community.backends import GRANTS
from community.forms.action import ActionForm, StaffRequest
from community.querysets import below
from core.admin import ReadOnlyAdmin
from grids.actions.modes import LONGEST, emergency_begin, emergency_end, emergency_renew
from grids.actions.whistles import member_report
from grids.admin.filters import over_by
from grids.models import Grid, GridEmergency, ReportingMember, Whistle


class MemberForm(ActionForm):
    """A member is found by the number with which they sign in."""

    phone = forms.CharField(label=_("手机号"), max_length=20, required=False)


@admin.register(ReportingMember)
class ReportingMemberAdmin(ActionAdmin):
    """Who is called."""

    form = MemberForm
    scope_field = "community__place__path"
    list_display = ("user", "community", "skills", "is_active")
    list_filter = ("is_active", CommunityFilter)
    list_select_related = ("user", "community")
    autocomplete_fields = ("community",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community", "user" if obj else "phone", "skills", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community", "user") if obj else ()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> ReportingMember:
        given = form.cleaned_data
        return member_report(
            member_id=form.instance.pk if change else None,
            community=form.instance.community if change else given["community"],
            phone=given.get("phone", ""),
            skills=given["skills"],
            is_active=given["is_active"],
            actor=request.user,
            at=timezone.now(),
        )


@admin.register(Whistle)
class WhistleAdmin(ReadOnlyAdmin, ScopedAdmin):
    """To look at; calls are made and ended on their pages."""

    scope_field = "place__path"
    list_display = (
        *("topic", "place", "called_at", "called_by", "called", "needed", "accepted", "arrived"),
        *("escalated_at", "closed_at"),
    )
    list_filter = (
        over_by("closed_at", _("没有结束"), _("已结束")),
        CommunityFilter,
    )
    list_select_related = ("place", "called_by", "community")
    fields = ("page", *list_display, "needed_by", "second_at", "closed_why")
    readonly_fields = fields

    @admin.display(description=_("谁来"))
    def page(self, row: Whistle) -> str:
        return format_html('<a href="{}">{}</a>', reverse("grids:whistle", args=[row.pk]), _("打开这次吹哨"))


class HoursForm(forms.Form):
    """So many hours from now."""

    hours = forms.IntegerField(label=_("几小时"), min_value=1, max_value=LONGEST, initial=24)


class EmergencyForm(ActionForm):
    """Which grid, why, for how long."""

    hours = forms.IntegerField(label=_("几小时"), min_value=1, max_value=LONGEST, initial=24)


def _renew(request: StaffRequest, row: GridEmergency, given: dict[str, Any]) -> None:
    emergency_renew(emergency_id=row.pk, hours=given["hours"], actor=request.user, at=timezone.now())


def _end(request: StaffRequest, row: GridEmergency, _given: dict[str, Any]) -> None:
    emergency_end(emergency_id=row.pk, actor=request.user, at=timezone.now())


@admin.register(GridEmergency)
class GridEmergencyAdmin(StepsMixin, ActionAdmin):
    """Begun, renewed and ended here; whatever is not renewed ends by itself."""

    form = EmergencyForm
    scope_field = "grid__place__path"
    list_display = ("grid", "reason", "began_at", "began_by", "until", "ended_at", "ended_by")
    list_filter = (over_by("ended_at", _("应急中"), _("已恢复日常")), CommunityFilter)
    list_select_related = ("grid", "began_by", "ended_by")
    steps = (
        Step(
            "renew",
            _("延长"),
            _renew,
            form=HoursForm,
            done=_("已延长。"),
            offered=lambda row: row.ended_at is None,
        ),
        Step("end", _("恢复日常"), _end, done=_("已恢复日常。"), offered=lambda row: row.ended_at is None),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.list_display if obj else ("grid", "reason", "hours")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        return bool(super().has_change_permission(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "grid":
            paths = paths_for(request, GRANTS["grids.gridemergency"].write)
            rows = Grid.objects.active().filter(below(paths, "place__path")).select_related("place")
            kwargs["queryset"] = rows.order_by("community_id", "pk")
            return admin.ModelAdmin.formfield_for_foreignkey(self, db_field, request, **kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Model:
        given = form.cleaned_data
        return emergency_begin(
            grid=given["grid"],
            hours=given["hours"],
            reason=given["reason"],
            actor=request.user,
            at=timezone.now(),
        )
