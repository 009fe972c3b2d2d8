"""行动方案 at the desk: the plan, its measures, its tasks (G-31)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin
from community.forms.action import ActionForm, StaffRequest
from core.models import User
from grids.actions.action_plans import (
    PlanGiven,
    TaskGiven,
    action_measure_set,
    action_plan_set,
    action_task_add,
    action_task_change,
    action_task_done,
)
from grids.admin.filters import over_by
from grids.models import ActionMeasure, ActionPlan, ActionTask
from grids.selectors.accounts import account_named


@admin.register(ActionPlan)
class ActionPlanAdmin(ActionAdmin):
    """Plans; their tasks come from Excel."""

    scope_field = "community__place__path"
    list_display = ("name", "community", "issued_by", "starts_on", "ends_on", "page")
    list_filter = (CommunityFilter,)
    list_select_related = ("community",)
    search_fields = ("name",)
    autocomplete_fields = ("community",)
    fields = ("community", "name", "issued_by", "starts_on", "ends_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    @admin.display(description=_("进度"))
    def page(self, row: ActionPlan) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("grids:action_plan", args=[row.pk]), gettext("看进度")
        )

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> ActionPlan:
        given = form.cleaned_data
        return action_plan_set(
            plan_id=form.instance.pk if change else None,
            community=form.instance.community if change else given["community"],
            given=PlanGiven(given["name"], given["starts_on"], given["ends_on"], given["issued_by"]),
            actor=request.user,
            at=timezone.now(),
        )


@admin.register(ActionMeasure)
class ActionMeasureAdmin(ActionAdmin):
    """Headings over tasks."""

    scope_field = "plan__community__place__path"
    list_display = ("number", "title", "project", "plan")
    list_filter = ("plan",)
    list_select_related = ("plan",)
    search_fields = ("title",)
    autocomplete_fields = ("plan",)
    fields = ("plan", "number", "project", "title")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("plan",) if obj else ()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> ActionMeasure:
        given = form.cleaned_data
        return action_measure_set(
            measure_id=form.instance.pk if change else None,
            plan=form.instance.plan if change else given["plan"],
            number=given["number"],
            title=given["title"],
            project=given["project"],
            actor=request.user,
            at=timezone.now(),
        )


class TaskForm(ActionForm):
    """The contact is found by account, not in a list of everybody."""

    speaks = forms.CharField(
        label=_("牵头单位联络人的手机号或用户名"),
        max_length=60,
        required=False,
        help_text=_("到期前提醒这个人，由其报完成；没有账号的，提醒发到单位的手机号。"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        contact: User | None = self.instance.contact if self.instance.pk else None
        if contact is not None and "speaks" in self.fields:
            self.fields["speaks"].initial = contact.username

    def clean_speaks(self) -> User | None:
        known = self.cleaned_data["speaks"].strip()
        found = account_named(known) if known else None
        if known and found is None:
            raise forms.ValidationError(gettext("没有找到这个账号。"))
        return found


class DoneForm(forms.Form):
    """What came of it."""

    result = forms.CharField(label=_("完成情况"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _done(request: StaffRequest, row: ActionTask, given: dict[str, Any]) -> None:
    action_task_done(task_id=row.pk, result=given["result"], actor=request.user, at=timezone.now())


@admin.register(ActionTask)
class ActionTaskAdmin(StepsMixin, ActionAdmin):
    """Tasks; done ones are to look at."""

    form = TaskForm
    scope_field = "measure__plan__community__place__path"
    list_display = ("text", "measure", "lead", "due_on", "done_at")
    list_filter = (over_by("done_at", _("没有完成"), _("已完成")), "measure__plan")
    list_select_related = ("measure", "lead")
    search_fields = ("text", "lead__name")
    autocomplete_fields = ("measure", "lead", "joining")
    steps = (
        Step(
            "done",
            _("报完成"),
            _done,
            form=DoneForm,
            done=_("已记下，这项任务完成了。"),
            offered=lambda row: row.done_at is None,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        head = ("measure", "number", "text", "lead", "joining")
        if obj is not None and obj.done_at is not None:
            return (*head, "contact", "due_on", "done_at", "done_by", "result")
        return (*head, "speaks", "due_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("measure", "number") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.done_at is None)

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> ActionTask:
        given = form.cleaned_data
        task = TaskGiven(
            text=given["text"],
            lead=given["lead"],
            due_on=given["due_on"],
            joining=list(given["joining"]),
            contact=given["speaks"],
        )
        by: dict[str, Any] = {"given": task, "actor": request.user, "at": timezone.now()}
        if change:
            return action_task_change(task_id=form.instance.pk, **by)
        return action_task_add(measure=given["measure"], number=given["number"], **by)
