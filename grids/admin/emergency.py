"""应急预案 at the desk: teams, versions, the matrix with its gaps, drills (G-21, G-22)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin, paths_for
from community.backends import GRANTS
from community.forms.action import ActionForm, StaffRequest
from community.models import Community, Place
from community.models.place import PlaceKind
from community.querysets import below
from core.models import User
from grids.actions.emergency import Crew, PlanText, plan_approve, team_set
from grids.admin.figures import CommunityFiguresMixin, Shown
from grids.models import DrillFinding, EmergencyPlan, EmergencyTeam
from grids.selectors.emergency import drill_numbers, matrix_of

WRITES = "grids.emergencyplan"


def _people(request: HttpRequest) -> QuerySet[User]:
    today = timezone.localdate()
    held = Q(posts__starts_on__lte=today) & (Q(posts__ends_on=None) | Q(posts__ends_on__gte=today))
    within = below(paths_for(request, GRANTS[WRITES].write), "posts__place__path")
    return User.objects.filter(held & within, is_active=True).distinct().order_by("pk")


@admin.register(EmergencyTeam)
class EmergencyTeamAdmin(ActionAdmin):
    """Who turns out."""

    scope_field = "community__place__path"
    list_display = ("name", "community", "leader", "is_active")
    list_filter = ("is_active", CommunityFilter)
    list_select_related = ("community", "leader")
    autocomplete_fields = ("community",)
    fields = ("community", "name", "leader", "members", "others", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "leader":
            kwargs["queryset"] = _people(request)
            return admin.ModelAdmin.formfield_for_foreignkey(self, db_field, request, **kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = _people(request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> EmergencyTeam:
        given = form.cleaned_data
        return team_set(
            team_id=form.instance.pk if change else None,
            community=form.instance.community if change else given["community"],
            crew=Crew(**{name: given[name] for name in Crew.__dataclass_fields__}),
            actor=request.user,
            at=timezone.now(),
        )


class VersionForm(forms.Form):
    """The next version of a plan, from the words of this one."""

    text = forms.CharField(label=_("预案"), max_length=10000, widget=forms.Textarea(attrs={"rows": 16}))
    change = forms.CharField(label=_("改了什么"), max_length=300)
    review_due = forms.DateField(label=_("复审日期"), widget=AdminDateWidget)
    team = forms.ModelChoiceField(EmergencyTeam.objects.none(), label=_("队伍"), required=False)
    drill_months = forms.IntegerField(label=_("每几个月演练一次"), min_value=1, max_value=24)
    sees_to = forms.ModelMultipleChoiceField(
        DrillFinding.objects.none(),
        label=_("这一版落实了哪些演练中发现的问题"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, plan: EmergencyPlan) -> None:
        kept = {name: getattr(plan, name) for name in ("text", "team", "drill_months")}
        super().__init__(data, initial=kept)
        teams: Any = self.fields["team"]
        teams.queryset = EmergencyTeam.objects.filter(community=plan.community_id, is_active=True)
        found: Any = self.fields["sees_to"]
        found.queryset = DrillFinding.objects.filter(
            drill__plan__place=plan.place_id, drill__plan__kind=plan.kind, settled_at=None
        )


def _version(request: StaffRequest, row: EmergencyPlan, given: dict[str, Any]) -> None:
    plan_approve(
        place=row.place, kind=row.kind, given=PlanText(**given), actor=request.user, at=timezone.now()
    )


class DueFilter(admin.SimpleListFilter):
    """What is in force, and what of it is due."""

    title = _("状态")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("in_force", _("现行")),
            ("review", _("现行，该复审")),
            ("drill", _("现行，该演练")),
            ("former", _("旧版")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today, chosen = timezone.localdate(), self.value()
        known = {
            "in_force": Q(replaced_at=None),
            "review": Q(replaced_at=None, review_due__lt=today),
            "drill": Q(replaced_at=None, drill_due_on__lte=today),
            "former": Q(replaced_at__isnull=False),
        }
        return queryset.filter(known.get(chosen or "", Q()))


@admin.register(EmergencyPlan)
class EmergencyPlanAdmin(CommunityFiguresMixin, StepsMixin, ActionAdmin):
    """The first version is entered as a row, each later one from the row in force; none is changed."""

    scope_field = "community__place__path"
    change_list_template = "admin/grids/emergencyplan/change_list.html"
    figures_code, figures_title = "matrix", _("预案一览")
    always_one = True
    list_display = ("place", "kind", "version", "approved_on", "review_due", "drill_due_on", "team", "state")
    list_filter = (DueFilter, "kind", CommunityFilter)
    list_select_related = ("place", "community", "team", "approved_by")
    fields = ("place", "kind", "text", "review_due", "team", "drill_months")
    steps = (
        Step(
            "version",
            _("换一版"),
            _version,
            form=VersionForm,
            done=_("新的一版已生效，旧版留着备查。"),
            offered=lambda row: row.replaced_at is None,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fields
        kept = ("place", "kind", "version", "text", "change", "approved_on", "approved_by", "review_due")
        return (*kept, "team", "drill_months", "drill_due_on", "replaced_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        return bool(super().has_change_permission(request))

    def step_form(self, step: Step, row: Any, data: Any, files: Any) -> forms.Form:
        return VersionForm(data, plan=row)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "place":
            within = below(paths_for(request, GRANTS[WRITES].write), "path")
            kinds = (PlaceKind.COMMUNITY, PlaceKind.ESTATE)
            kwargs["queryset"] = Place.objects.active().filter(within, kind__in=kinds).order_by("path")
            return admin.ModelAdmin.formfield_for_foreignkey(self, db_field, request, **kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("状态"))
    def state(self, row: EmergencyPlan) -> str:
        if row.replaced_at is not None:
            return str(_("旧版"))
        today = timezone.localdate()
        due = [_("该复审")] * (row.review_due < today) + [_("该演练")] * (row.drill_due_on <= today)
        return "、".join(map(str, due)) or str(_("现行"))

    def figures_of(self, _paths: list[str], chosen: Community | None) -> Shown:
        """Estates by class, with the gaps."""
        today = timezone.localdate()
        return {
            "matrix": matrix_of(chosen, today) if chosen else None,
            "numbers": drill_numbers(chosen, today) if chosen else None,
        }

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> EmergencyPlan:
        given = dict(form.cleaned_data)
        place, kind = given.pop("place"), given.pop("kind")
        return plan_approve(
            place=place, kind=kind, given=PlanText(**given), actor=request.user, at=timezone.now()
        )
