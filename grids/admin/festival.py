"""节日走访 and 礼包 at the desk: the rules, the campaigns, how far they are and who is left."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, paths_for
from community.backends import GRANTS
from community.forms.action import ActionForm, StaffRequest
from community.querysets import below
from core.display import day
from grids import actions
from grids.actions.gifts import Gifts
from grids.festivals import next_festival
from grids.models import (
    SILENCING,
    FestivalVisit,
    FestivalVisitRule,
    GiftCampaign,
    GiftPack,
    SchemeColour,
)
from grids.querysets import visited_households

LEFT: int = 200
"""More doors than these are not named one by one."""


def _doors(rows: QuerySet[Any]) -> str:
    found = rows.select_related("household__place__parent__parent").order_by("household__place__path", "pk")
    return "、".join(row.household.long_name for row in found[:LEFT]) or "—"


class ByColourAdmin(ActionAdmin):
    """Offers the colours of the schemes within one's posts, each with its scheme and word."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "colours":
            paths = paths_for(request, GRANTS["grids.colourscheme"].view)
            rows = SchemeColour.objects.filter(below(paths, "scheme__community__place__path"))
            shown = rows.filter(is_active=True, scheme__is_active=True).exclude(effect__in=SILENCING)
            return forms.ModelMultipleChoiceField(
                shown.select_related("scheme"),
                required=False,
                label=db_field.verbose_name,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("按信息册和关爱台账的色标选人；都不选，就是有定期走访的户。"),
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(FestivalVisitRule)
class FestivalVisitRuleAdmin(ByColourAdmin):
    """Which festivals a community visits before, and how far it is with the next."""

    scope_field = "community__place__path"
    list_display = ("festival", "community", "days_before", "is_active", "coming")
    list_filter = ("festival", CommunityFilter)
    list_select_related = ("community",)
    autocomplete_fields = ("community",)
    fields = ("community", "festival", "days_before", "colours", "is_active")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "coming", "progress", "left") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community", "festival", "coming", "progress", "left") if obj else ()

    @admin.display(description=_("下一次"))
    def coming(self, row: FestivalVisitRule) -> str:
        return day(next_festival(row.festival, timezone.localdate())) or "—"

    @admin.display(description=_("走访了几户"))
    def progress(self, row: FestivalVisitRule) -> str:
        done = self._listed(row).exclude(visit=None).count()
        return f"{done}/{self._listed(row).count()}"

    @admin.display(description=_("还没去的户"))
    def left(self, row: FestivalVisitRule) -> str:
        return _doors(self._listed(row).filter(visit=None))

    def _listed(self, row: FestivalVisitRule) -> QuerySet[FestivalVisit]:
        coming = next_festival(row.festival, timezone.localdate())
        rows = row.visits.filter(Q(visit__isnull=False) | Q(household__in=visited_households()))
        return rows.filter(festival_on=coming) if coming else row.visits.none()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> FestivalVisitRule:
        given, rule = form.cleaned_data, form.instance
        return actions.festival_rule_set(
            community=rule.community if change else given["community"],
            festival=rule.festival if change else given["festival"],
            days_before=given["days_before"],
            is_active=given["is_active"],
            colours=given["colours"],
            actor=request.user,
            at=timezone.now(),
        )


@admin.register(GiftCampaign)
class GiftCampaignAdmin(ByColourAdmin):
    """A campaign is made once with its list; then it shows who has theirs and who has not."""

    scope_field = "community__place__path"
    list_display = ("name", "community", "starts_on", "ends_on", "progress")
    list_filter = (CommunityFilter,)
    list_select_related = ("community",)
    autocomplete_fields = ("community",)
    fields = ("community", "name", "items", "colours", "starts_on", "ends_on", "needs_photo")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GiftCampaign]:
        brought, wanted = Q(packs__delivery__isnull=False), Q(packs__household__in=visited_households())
        counts = {
            "listed": Count("packs", filter=brought | wanted, distinct=True),
            "given": Count("packs__delivery", distinct=True),
        }
        rows: QuerySet[GiftCampaign] = super().get_queryset(request).annotate(**counts)
        return rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "progress", "left") if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("送到了几户"))
    def progress(self, row: Any) -> str:
        return f"{row.given}/{row.listed}"

    @admin.display(description=_("还没送到的户"))
    def left(self, row: GiftCampaign) -> str:
        left = GiftPack.objects.filter(campaign=row, delivery=None)
        return _doors(left.filter(household__in=visited_households()))

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> GiftCampaign:
        given = form.cleaned_data
        kinds = ("name", "items", "starts_on", "ends_on", "needs_photo")
        return actions.gift_campaign_create(
            community=given["community"],
            gifts=Gifts(**{name: given[name] for name in kinds}),
            colours=given["colours"],
            actor=request.user,
            at=timezone.now(),
        )
