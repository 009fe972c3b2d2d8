"""代办 at the desk: what is to do, what waits for a word to the household, what the month has seen."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import CommunityFilter, Step, StepsMixin
from community.duties import Power
from community.forms.action import StaffRequest
from community.permissions import Scope, has_power
from grids.actions.errands import errand_finish
from grids.models import Errand, ErrandState


class StateFilter(admin.SimpleListFilter):
    """Where errands stand, and those that were closed this month."""

    title = _("状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*ErrandState.choices, ("month", _("本月了结"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        begins = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        rows: Any = queryset
        match self.value():
            case "doing":
                return queryset.filter(done_at=None, told_at=None)
            case "awaiting":
                return rows.awaiting()  # type: ignore[no-any-return]
            case "closed":
                return queryset.filter(told_at__isnull=False)
            case "month":
                return rows.closed_since(begins)  # type: ignore[no-any-return]
        return queryset


class DoneForm(forms.Form):
    """How it went."""

    result = forms.CharField(label=_("办得怎样"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    is_in_vain = forms.BooleanField(label=_("没办成"), required=False)


def _finish(request: StaffRequest, row: Errand, given: dict[str, Any]) -> Errand:
    return errand_finish(errand_id=row.pk, **given, actor=request.user, at=timezone.now())


@admin.register(Errand)
class ErrandAdmin(StepsMixin):
    """Looked through here; staff say that something is done, whoever took it tells the household."""

    scope_field = "place__path"
    list_display = ("text", "kind", "door", "worker", "state", "taken_at", "done_at", "told_at")
    list_filter = (StateFilter, ("kind", admin.ChoicesFieldListFilter), CommunityFilter)
    list_select_related = ("household__place__parent__parent", "worker", "place")
    fields = (
        *("door", "place", "resident", "kind", "text", "worker", "taken_at", "state"),
        *("result", "is_in_vain", "done_by", "done_at", "told_how", "reply", "told_by", "told_at"),
    )
    readonly_fields = fields
    steps: ClassVar[tuple[Step, ...]] = (
        Step(
            "done",
            _("办好了"),
            _finish,
            form=DoneForm,
            hint=_("接办的人会收到，由接办的人告知居民，之后才算了结。"),
            offered=lambda row: row.state == ErrandState.DOING,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("住户"))
    def door(self, row: Errand) -> str:
        return row.household.long_name

    @admin.display(description=_("状态"))
    def state(self, row: Errand) -> str:
        return str(row.state_label)

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        return has_power(request.user, Power.HOME_VISIT, Scope(row.place.path), at=timezone.now())
