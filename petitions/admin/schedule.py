"""议事安排 in the admin: the rules of the calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter
from community.forms.action import ActionForm, StaffRequest
from community.meetings import Body
from community.models.place import PlaceKind
from petitions.actions.sessions.planning import schedule_save
from petitions.models import DeliberationSchedule


class ScheduleForm(ActionForm):
    """The bodies of a quorum are ticked."""

    quorum_bodies = forms.MultipleChoiceField(
        label=_("哪几方到齐才有效"),
        choices=Body.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@admin.register(DeliberationSchedule)
class ScheduleAdmin(ActionAdmin):
    """What stands in the calendar already stays; a changed rule counts from the next session."""

    form = ScheduleForm
    scope_field = "community__place__path"
    list_display = ("name", "community", "kind", "rule", "is_active")
    list_filter = ("kind", "is_active", CommunityFilter)
    list_select_related = ("community",)
    autocomplete_fields = ("chair",)
    fieldsets = (
        (None, {"fields": ("community", "kind", "name", "is_active")}),
        (
            _("什么时候"),
            {
                "fields": (
                    *("frequency", "weekday", "nth", "month_day", "starts_at", "minutes"),
                    "moves_on_holiday",
                ),
                "description": _("已经排进日历的不变；改动从下一次开始。"),
            },
        ),
        (_("在哪里"), {"fields": ("venue", "estate", "rotates", "seats", "is_open")}),
        (_("期号"), {"fields": ("is_numbered", "first_no")}),
        (_("主持和到会"), {"fields": ("chair", "quorum_bodies")}),
        (_("通知"), {"fields": ("notice_days", "estate_notice_days", "minutes_days")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("community__place", "estate")

    @admin.display(description=_("时间"))
    def rule(self, schedule: DeliberationSchedule) -> str:
        return schedule.rule

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "estate" and field is not None and field.queryset is not None:
            field.queryset = field.queryset.filter(kind=PlaceKind.ESTATE)
        return field

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> DeliberationSchedule:
        given = {name: value for name, value in form.cleaned_data.items() if name != "community"}
        if change:
            given = {name: value for name, value in given.items() if name in form.changed_data}
        return schedule_save(schedule=form.instance, changes=given, actor=request.user, at=timezone.now())
