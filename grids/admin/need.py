"""需求和事件 at the desk: what is open, late, waits for feedback, and the steps that staff take."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import CommunityFilter, Step, StepsMixin
from community.duties import Power
from community.forms.action import StaffRequest
from community.permissions import Scope, has_power
from grids.actions.needs import need_close, need_respond
from grids.models import Need, NeedResult, NeedState


class NeedStateFilter(admin.SimpleListFilter):
    """Where needs stand."""

    title = _("状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("unsolved", _("未解决")),
            ("late", _("超过时限")),
            ("solved", _("待反馈")),
            ("closed", _("已办结")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {
            "unsolved": Q(closed_at=None, solved_at=None),
            "late": Q(closed_at=None, solved_at=None, due_at__lt=timezone.now()),
            "solved": Q(closed_at=None, solved_at__isnull=False),
            "closed": Q(closed_at__isnull=False),
        }
        return queryset.filter(known.get(self.value() or "", Q()))


class RespondForm(forms.Form):
    """How somebody sees to it."""

    words = forms.CharField(label=_("怎样响应"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class CloseForm(forms.Form):
    """How it ended, and what whoever asked was told."""

    result = forms.ChoiceField(label=_("结果"), choices=NeedResult.choices)
    solution = forms.CharField(
        label=_("怎样解决的"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    feedback = forms.CharField(
        label=_("怎样反馈的"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def _respond(request: StaffRequest, row: Need, given: dict[str, Any]) -> Need:
    return need_respond(need_id=row.pk, words=given["words"], actor=request.user, at=timezone.now())


def _close(request: StaffRequest, row: Need, given: dict[str, Any]) -> Need:
    return need_close(
        need_id=row.pk,
        result=NeedResult(given["result"]),
        feedback=given["feedback"],
        solution=given["solution"],
        actor=request.user,
        at=timezone.now(),
    )


@admin.register(Need)
class NeedAdmin(StepsMixin):
    """Looked through here; staff respond and close with feedback."""

    scope_field = "place__path"
    list_display = (
        *("text", "kind", "is_urgent", "where", "tier", "state", "due_at", "reporter", "reported_at"),
        "is_in_grid",
    )
    list_filter = (
        NeedStateFilter,
        ("kind", admin.ChoicesFieldListFilter),
        ("tier", admin.ChoicesFieldListFilter),
        "is_urgent",
        "is_in_grid",
        CommunityFilter,
    )
    list_select_related = ("household__place__parent__parent", "reporter", "place", "handler")
    fields = (
        *("kind", "is_urgent", "where", "place", "text", "reporter", "reported_at", "tier", "handler"),
        *(
            "due_at",
            "state",
            "response",
            "responded_by",
            "responded_at",
            "solution",
            "solved_by",
            "solved_at",
        ),
        *("is_in_grid", "result", "feedback", "closed_by", "closed_at"),
    )
    readonly_fields = fields
    steps: ClassVar[tuple[Step, ...]] = (
        Step(
            "respond",
            _("响应"),
            _respond,
            form=RespondForm,
            hint=_("去过现场的，记一次走访就算响应。"),
            offered=lambda row: row.state == NeedState.OPEN,
        ),
        Step(
            "close",
            _("反馈，办结"),
            _close,
            form=CloseForm,
            hint=_("已解决的不用再写怎样解决的。没有反馈不能办结。"),
            offered=lambda row: row.closed_at is None,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("在哪里"))
    def where(self, row: Need) -> str:
        return row.where

    @admin.display(description=_("状态"))
    def state(self, row: Need) -> str:
        return str(row.state_label)

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        return has_power(request.user, Power.HOME_VISIT, Scope(row.place.path), at=timezone.now())
