"""一年两排 and 纳入保障 at the desk: rounds with how far they are, and referrals by how long they wait."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin
from community.duties import Power
from community.forms.action import ActionForm, StaffRequest
from community.permissions import has_power
from core.admin_lists import Orderings
from core.models import User
from grids.actions.registers.census import census_plan
from grids.actions.registers.reading import census_read
from grids.actions.registers.referrals import decide_power, referral_decide
from grids.admin.care import ReadOnlyAdmin
from grids.admin.register import DoorGridFilter
from grids.models import CareSubject, CensusRound, CensusState, ProtectionReferral
from grids.selectors.doors import scope_of
from grids.selectors.registers.census import census_by_grid

LEFT: int = 200
"""More people than these are not named one by one."""


@admin.register(CensusRound)
class CensusRoundAdmin(ActionAdmin):
    """A round is set once; then it shows how far it is and who is left."""

    scope_field = "community__place__path"
    list_display = ("community", "year", "half", "opens_on", "closes_on", "progress")
    list_filter = ("year", "half", CommunityFilter)
    list_select_related = ("community__place",)
    autocomplete_fields = ("community",)
    fields = ("community", "year", "half", "opens_on", "closes_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CensusRound]:
        done = Q(entries__state__in=(CensusState.CONFIRMED, CensusState.CLOSED))
        known = Q(entries__subject__in=CareSubject.objects.active())
        counts = {
            "now_listed": Count("entries", filter=done | known, distinct=True),
            "now_checked": Count("entries", filter=done, distinct=True),
        }
        rows: QuerySet[CensusRound] = super().get_queryset(request).annotate(**counts)
        return rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "progress", "by_grid", "left") if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Names whoever is left, so that each look is noted."""
        row = self.get_object(request, object_id)
        if row is not None and self.has_view_permission(request, row):
            assert isinstance(request.user, User)
            census_read(census=row, actor=request.user, at=timezone.now())
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("已排查"))
    def progress(self, row: Any) -> str:
        if row.closed_at is not None:
            share = f" ({row.percent}%)" if row.percent is not None else ""
            return f"{row.checked}/{row.listed}{share}"
        return f"{row.now_checked}/{row.now_listed}" if row.opened_at else "—"

    @admin.display(description=_("各网格"))
    def by_grid(self, row: CensusRound) -> str:
        return "、".join(census_by_grid(row)) or "—"

    @admin.display(description=_("没排查的"))
    def left(self, row: CensusRound) -> str:
        rows = row.entries.filter(state=CensusState.PENDING, subject__in=CareSubject.objects.active())
        named = rows.select_related("subject__resident__household__place__parent__parent").order_by("pk")
        people = (entry.subject.resident for entry in named[:LEFT])
        return "、".join(f"{one.household.long_name} {one.name}" for one in people) or "—"

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> CensusRound:
        given = {name: form.cleaned_data[name] for name in self.fields}
        return census_plan(**given, actor=request.user, at=timezone.now())


class DecisionForm(forms.Form):
    """Yes or no, and why."""

    is_approved = forms.TypedChoiceField(
        label=_("决定"),
        choices=[("1", _("纳入保障")), ("0", _("不纳入"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("决定说明"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


def _decide(request: StaffRequest, row: ProtectionReferral, given: dict[str, Any]) -> ProtectionReferral:
    return referral_decide(
        referral_id=row.pk,
        is_approved=given["is_approved"],
        words=given["words"],
        actor=request.user,
        at=timezone.now(),
    )


class ReferralFilter(admin.SimpleListFilter):
    """What waits for a decision, and what has waited for a week."""

    title = _("状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("待决定")), ("approved", _("已纳入")), ("declined", _("未纳入"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(ProtectionReferral)
class ProtectionReferralAdmin(StepsMixin, ReadOnlyAdmin):
    """The ageing list: what has waited longest stands on top."""

    scope_field = "subject__resident__household__place__path"
    of_resident = "subject__resident"
    keyset_orderings: ClassVar[Orderings] = {
        "old": (_("等得最久的在前"), ("raised_at", "pk")),
        "new": (_("最新在前"), ("-pk",)),
    }
    list_display = ("subject", "relief", "state", "raised_at", "waits", "decided_at")
    list_filter = (ReferralFilter, DoorGridFilter, CommunityFilter)
    list_select_related = (
        *("subject__resident__household__place", "subject__colour__scheme", "subject__scheme"),
        *("raised_by", "decided_by"),
    )
    fields = (
        *("page", "subject", "relief", "grounds", "raised_by", "raised_at", "state"),
        *("decided_by", "decided_at", "decision"),
    )
    readonly_fields = fields
    steps: ClassVar[tuple[Step, ...]] = (
        Step(
            "decide",
            _("决定"),
            _decide,
            form=DecisionForm,
            hint=_("决定以后不能改；提请的人会收到。"),
            offered=lambda row: row.state == "open",
        ),
    )

    @admin.display(description=_("等了几天"))
    def waits(self, row: ProtectionReferral) -> str:
        return str((timezone.now() - row.raised_at).days) if row.state == "open" else "—"

    def step_view(self, request: StaffRequest, object_id: str, code: str) -> HttpResponse:
        """The page that asks names the resident, so that each look is noted."""
        answer = super().step_view(request, object_id, code)
        if answer.status_code == HTTPStatus.OK:
            self.note_one(request, object_id)
        return answer

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        power: Power = decide_power(row.subject)
        scope = scope_of(row.subject.resident.household)[0]
        return has_power(request.user, power, scope, at=timezone.now())
