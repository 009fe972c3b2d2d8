"""冬季安全走访 at the desk: a winter is planned once, then shows how far it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter
from community.forms.action import ActionForm, StaffRequest
from grids.actions.winter import Winter, winter_plan
from grids.models import WinterPlan
from grids.selectors.winter import progress_of

LEFT = 200


@admin.register(WinterPlan)
class WinterPlanAdmin(ActionAdmin):
    """What is recorded comes from those who go."""

    scope_field = "community__place__path"
    list_display = ("name", "community", "starts_on", "ends_on", "revisit_days")
    list_filter = (CommunityFilter,)
    list_select_related = ("community",)
    autocomplete_fields = ("community",)
    fields = ("community", "name", "starts_on", "ends_on", "revisit_days")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "progress", "again", "left") if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    @admin.display(description=_("走访了几户"))
    def progress(self, row: WinterPlan) -> str:
        return progress_of(row)

    @admin.display(description=_("还要再去的户"))
    def again(self, row: WinterPlan) -> int:
        return row.visits.left(timezone.localdate()).filter(round__gt=1).count()

    @admin.display(description=_("还没去的户"))
    def left(self, row: WinterPlan) -> str:
        left = row.visits.left(timezone.localdate())
        rows = left.select_related("household__place__parent__parent").order_by("due_on", "pk")
        return "、".join(one.household.long_name for one in rows[:LEFT]) or "—"

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> WinterPlan:
        given = dict(form.cleaned_data)
        community = given.pop("community")
        return winter_plan(community=community, winter=Winter(**given), actor=request.user, at=timezone.now())
