"""专项整治 at the desk: what is looked for, how far it is, and its end; plates of electric bicycles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, ScopedAdmin, Step, StepsMixin
from community.forms.action import ActionForm, StaffRequest
from core.admin import ReadOnlyAdmin
from grids.actions.campaigns import CampaignPlan, campaign_close, campaign_set
from grids.admin.filters import over_by
from grids.models import Campaign, EBike, HazardType
from grids.selectors.campaigns import trend, weeks_of


def _close(request: StaffRequest, row: Campaign, _given: dict[str, Any]) -> None:
    campaign_close(campaign_id=row.pk, actor=request.user, at=timezone.now())


class CampaignForm(ActionForm):
    """The types as boxes to tick."""

    class Meta:
        widgets = {"types": forms.CheckboxSelectMultiple}


@admin.register(Campaign)
class CampaignAdmin(StepsMixin, ActionAdmin):
    """Begun and closed here; what is found comes into it by itself."""

    form = CampaignForm
    scope_field = "community__place__path"
    list_display = ("name", "community", "starts_on", "ends_on", "progress", "closed_at")
    list_filter = (over_by("closed_at", _("整治中"), _("已收官")), CommunityFilter)
    list_select_related = ("community", "closed_by")
    autocomplete_fields = ("community",)
    fields = ("community", "name", "types", "days", "starts_on", "ends_on")
    steps = (
        Step(
            "close",
            _("收官"),
            _close,
            hint=_("复查全部清零以后才能收官，收官以后新发现的隐患不再归到这次整治。"),
            done=_("已收官。"),
            offered=lambda row: row.closed_at is None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        numbers = {
            "known": Count("violations"),
            "left": Count("violations", filter=Q(violations__cleared_at=None)),
        }
        rows: QuerySet[Campaign] = super().get_queryset(request).annotate(**numbers)
        return rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "progress", "closed_by", "weeks") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community", "progress", "closed_by", "weeks") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or obj.closed_at is None
        return is_open and super().has_change_permission(request, obj)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        types = self.admin_site._registry[HazardType].get_queryset(request)
        kwargs["queryset"] = types.filter(is_active=True)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("没有清零 / 发现"))
    def progress(self, row: Any) -> str:
        return f"{row.left} / {row.known}"

    @admin.display(description=_("每周的进展"))
    def weeks(self, row: Campaign) -> SafeString:
        weeks = weeks_of(row, timezone.localdate())
        context = {"weeks": weeks, "chart": trend(weeks)}
        return render_to_string("grids/_campaign_trend.html", context) if weeks else mark_safe("—")

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Campaign:
        given = form.cleaned_data
        return campaign_set(
            campaign_id=form.instance.pk if change else None,
            community=form.instance.community if change else given["community"],
            plan=CampaignPlan(**{name: given[name] for name in CampaignPlan.__dataclass_fields__}),
            actor=request.user,
            at=timezone.now(),
        )


@admin.register(EBike)
class EBikeAdmin(ReadOnlyAdmin, ScopedAdmin):
    """To find whose a plate is; plates are entered at the door."""

    scope_field = "community__place__path"
    list_display = ("plate", "household", "community", "registered_at", "removed_at")
    list_filter = (over_by("removed_at", _("登记着"), _("已注销")), CommunityFilter)
    list_select_related = ("household__place__parent__parent", "community", "registered_by")
    search_fields = ("plate__istartswith",)
    fields = ("plate", "household", "community", "registered_by", "registered_at", "removed_at")
    readonly_fields = fields
