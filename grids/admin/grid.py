"""Grids at the desk: set up in four steps, with everything that hangs on one on its page (G-01 … G-04)."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin
from community.duties import Power
from community.forms.action import ActionForm, StaffRequest
from community.models import Community, Place
from community.models.place import PlaceKind
from community.permissions import Scope, has_power, powers_anywhere
from core.models import User
from grids import actions
from grids.admin.figures import Shown
from grids.admin.progress import ProgressMixin, communities_of
from grids.forms.boundary import BoundaryForm
from grids.forms.people import ChargeForm, HandOverForm
from grids.models import Grid, GridBuilding
from grids.selectors.page import page_of
from grids.selectors.setup import with_steps
from grids.selectors.staffing import overview_of
from grids.selectors.totals import totals_under


class GridForm(ActionForm):
    """A grid, where it belongs, what it holds and by which list it works."""

    holds = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        label=_("楼栋或小区"),
        required=False,
        help_text=_("同一级别里，每栋楼只能属于一个启用的网格。选整个小区，就包括其中没有另外选的楼栋。"),
    )


class StateFilter(admin.SimpleListFilter):
    """In force, vacant, or stuck at one of the four steps."""

    title = _("状态")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("active", _("启用")),
            ("vacant", _("启用，网格员空缺")),
            ("officerless", _("启用，没有包片干部")),
            ("ground", _("未启用，缺划网定格")),
            ("worker", _("未启用，缺派员定岗")),
            ("duties", _("未启用，缺服务定责")),
            ("closed", _("未启用")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today, chosen = timezone.localdate(), self.value() or ""
        if chosen == "vacant":
            return queryset.vacant(today)  # type: ignore[attr-defined,no-any-return]
        if chosen == "officerless":
            return queryset.without_officer(today)  # type: ignore[attr-defined,no-any-return]
        known = {
            "active": Q(is_active=True),
            "closed": Q(is_active=False),
            **{step: Q(is_active=False, **{f"has_{step}": False}) for step in ("ground", "worker", "duties")},
        }
        return queryset.filter(known.get(chosen, Q()))


def _draw(request: StaffRequest, row: Grid, given: dict[str, Any]) -> None:
    actions.boundary_set(grid_id=row.pk, geojson=given["geojson"], actor=request.user, at=timezone.now())


def _hand_over(request: StaffRequest, _row: Grid, given: dict[str, Any]) -> None:
    actions.post_hand_over(
        post_id=given["post"],
        successor=given["username"],
        first_day=given["first_day"],
        employment=given["employment"],
        actor=request.user,
        at=timezone.now(),
    )


def _charge(request: StaffRequest, _row: Grid, given: dict[str, Any]) -> None:
    actions.households_charge(
        post_id=given["post"],
        places=given["places"],
        households=given["households"],
        starts_on=given["starts_on"],
        actor=request.user,
        at=timezone.now(),
    )


POWERS: Final = {"charge": Power.HOUSEHOLD_CHARGE, "hand-over": Power.POST_MANAGE}
"""What a step asks for, where that is not keeping the places."""


def _watches(request: HttpRequest) -> bool:
    """Whether this person may see which doors are in nobody's hands."""
    return Power.GRID_WATCH in powers_anywhere(request.user, timezone.now())


@admin.register(Grid)
class GridAdmin(ProgressMixin, StepsMixin, ActionAdmin):
    """Who works here is said by the posts at the grid."""

    form = GridForm
    change_form_template = "admin/grids/grid/change_form.html"
    change_list_template = "admin/grids/grid/change_list.html"
    figures_code, figures_title = "overview", _("网格总览")
    list_display = ("name", "community", "tier", "parent", "setup", "is_active")
    list_filter = (StateFilter, "tier", CommunityFilter)
    list_select_related = ("community", "parent", "place")
    search_fields = ("name",)
    autocomplete_fields = ("community", "parent", "duty_list")
    steps = (
        Step(
            "activate",
            _("启用"),
            lambda request, row, _data: actions.grid_activate(
                grid_id=row.pk, actor=request.user, at=timezone.now()
            ),
            hint=_("四定（定区、定格、定岗、定责）齐了才能启用。启用后，所辖楼栋的事由这个网格办。"),
            done=_("网格已启用。"),
            offered=lambda row: not row.is_active,
        ),
        Step(
            "hand-over",
            _("交接任职"),
            _hand_over,
            form=HandOverForm,
            hint=_(
                "原任职到前一天为止，接任人从当天起任职，包户一并转过去；还没办完的诉求、隐患、需求、代办和帮办申请从当天起由接任人负责。以前的记录都保留。"
            ),
            done=_("已交接。"),
            offered=lambda row: row.place.posts.exists(),
        ),
        Step(
            "charge",
            _("包户"),
            _charge,
            form=ChargeForm,
            hint=_("一户只有一名网格员包。已有人包的，从当天起换成新的人，以前的记录保留。"),
            done=_("包户已更新。"),
            offered=lambda row: row.is_active,
        ),
        Step(
            "boundary",
            _("画边界"),
            _draw,
            form=BoundaryForm,
            hint=_("可以上传 GeoJSON 文件，也可以把内容粘贴进来。边界可有可无，有了就能按位置找到网格。"),
            done=_("边界已更新。"),
        ),
        Step(
            "no-boundary",
            _("去掉边界"),
            lambda request, row, _data: actions.boundary_remove(
                grid_id=row.pk, actor=request.user, at=timezone.now()
            ),
            done=_("边界已去掉。"),
            offered=lambda row: hasattr(row, "boundary"),
            danger=True,
        ),
        Step(
            "close",
            _("停用"),
            lambda request, row, _data: actions.grid_deactivate(
                grid_id=row.pk, actor=request.user, at=timezone.now()
            ),
            hint=_("停用后，楼栋的事改由上一级网格或社区办；以前的记录都保留，随时可以恢复。"),
            done=_("网格已停用。"),
            offered=lambda row: row.is_active,
            danger=True,
        ),
    )

    def figures(self, request: HttpRequest, paths: list[str]) -> Shown:
        """Tiers, the four steps and what is missing; grid by grid once a community is chosen."""
        today = timezone.localdate()
        within = Community.objects.active().filter(communities_of(paths)).order_by("name")
        rows: QuerySet[Community, Any] = within.values_list("pk", "name", named=True)
        communities = list(rows)
        asked = request.GET.get("community", "")
        keys = [one.pk for one in communities if len(communities) == 1 or str(one.pk) == asked]
        chosen = Community.objects.select_related("place").get(pk=keys[0]) if keys else None
        return {
            "watches": _watches(request),
            "communities": communities if len(communities) > 1 else [],
            "chosen": chosen,
            "totals": totals_under([chosen.place.path] if chosen else paths, today),
            "overview": overview_of(chosen, today) if chosen else None,
        }

    def may_step(self, request: HttpRequest, row: Any, step: Step) -> bool:
        power = POWERS.get(step.code)
        if power is None:
            return super().may_step(request, row, step)
        assert isinstance(request.user, User)
        return has_power(request.user, power, Scope(row.place.path), at=timezone.now())

    def step_form(self, step: Step, row: Any, data: Any, files: Any) -> forms.Form:
        if step.code in POWERS:
            form: Any = step.form
            made: forms.Form = form(data, files, grid=row, day=timezone.localdate())
            return made
        return super().step_form(step, row, data, files)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grid]:
        rows: Any = super().get_queryset(request)
        return with_steps(rows, timezone.localdate())

    @admin.display(description=_("四定"))
    def setup(self, row: Any) -> str:
        taken = 1 + row.has_ground + row.has_worker + row.has_duties
        return f"{taken}/4"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community", "tier", "parent", "name", "holds", "duty_list")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        field = made.base_fields.get("holds")
        if field is not None:
            places = self.admin_site._registry[Place].get_queryset(request)
            field.queryset = places.filter(kind__in=(PlaceKind.BUILDING, PlaceKind.ESTATE))
            field.widget = AutocompleteSelectMultiple(GridBuilding._meta.get_field("place"), self.admin_site)
            field.widget.choices = field.choices
            field.initial = [link.place_id for link in obj.buildings.all()] if obj else []
        return made

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        grid: Any = self.get_object(request, object_id)
        shown = page_of(grid, at=timezone.now()) if grid else None
        return super().change_view(
            request,
            object_id,
            form_url,
            {**(extra_context or {}), "shown": shown, "watches": _watches(request)},
        )

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Grid:
        given = form.cleaned_data
        by: dict[str, Any] = {"actor": request.user, "at": timezone.now()}
        if change:
            grid_id = form.instance.pk
            grid = actions.grid_update(
                grid_id=grid_id, name=given["name"], tier=given["tier"], parent=given["parent"], **by
            )
            actions.grid_assign_buildings(grid_id=grid_id, buildings=list(given["holds"]), **by)
        else:
            grid = actions.grid_create(
                community=given["community"],
                name=given["name"],
                tier=given["tier"],
                parent=given["parent"],
                buildings=list(given["holds"]),
                **by,
            )
        if given["duty_list"] != grid.duty_list:
            grid = actions.grid_set_duties(grid_id=grid.pk, duty_list=given["duty_list"], **by)
        return grid
