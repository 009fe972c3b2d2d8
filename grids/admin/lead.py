"""资源线索 at the desk: who offers help, and what became of it."""

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
from grids.actions.leads import lead_end
from grids.models import LeadResult, PartnerLead


class OpenLeadFilter(admin.SimpleListFilter):
    """Offers that nobody has answered, and one's own among them."""

    title = _("对接")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("待对接")), ("mine", _("待我对接"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "mine":
            return queryset.filter(ended_at=None, assignee=request.user.pk)
        return queryset.filter(ended_at=None) if self.value() == "yes" else queryset


class EndForm(forms.Form):
    """What became of it."""

    result = forms.ChoiceField(label=_("结果"), choices=LeadResult.choices)
    words = forms.CharField(label=_("对接情况"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def _end(request: StaffRequest, row: PartnerLead, given: dict[str, Any]) -> PartnerLead:
    return lead_end(
        lead_id=row.pk,
        result=LeadResult(given["result"]),
        words=given["words"],
        actor=request.user,
        at=timezone.now(),
    )


@admin.register(PartnerLead)
class PartnerLeadAdmin(StepsMixin):
    """Offers come from visits; here staff say what became of each."""

    scope_field = "place__path"
    list_display = ("text", "door", "assignee", "opened_at", "result", "ended_at")
    list_filter = (OpenLeadFilter, ("result", admin.ChoicesFieldListFilter), CommunityFilter)
    list_select_related = ("household__place__parent__parent", "assignee", "place")
    fields = ("text", "door", "place", "assignee", "opened_at", "result", "words", "ended_by", "ended_at")
    readonly_fields = fields
    steps: ClassVar[tuple[Step, ...]] = (
        Step("end", _("对接结果"), _end, form=EndForm, offered=lambda row: row.ended_at is None),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("住户"))
    def door(self, row: PartnerLead) -> str:
        return row.household.long_name

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        return has_power(request.user, Power.GRID_RUN, Scope(row.place.path), at=timezone.now())
