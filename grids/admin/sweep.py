"""拉网式摸排 at the desk: planned, looked at, ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin, paths_for
from community.backends import GRANTS
from community.duties import POWERS, Duty, Power
from community.forms.action import ActionForm, StaffRequest
from community.models import Place
from community.querysets import below
from core.models import User
from grids.actions.sweep_walking import walker_end, walker_name
from grids.actions.sweeps import SweepPlan, kinds_of_scope, sweep_finish, sweep_plan
from grids.admin.filters import over_by
from grids.models import Sweep, SweepWalker
from grids.selectors.accounts import account_named
from grids.selectors.sweeps import shown
from grids.selectors.walkers import walkers_on

GOING = [duty for duty in Duty if Power.PETITION_HANDLE in POWERS[duty]]


def _name(request: StaffRequest, row: Sweep, given: dict[str, Any]) -> None:
    walker = given["account"]
    walker_name(sweep_id=row.pk, user_id=walker.pk, actor=request.user, at=timezone.now())


def _end(request: StaffRequest, _row: Sweep, given: dict[str, Any]) -> None:
    walker_end(walker_id=given["walker"].pk, actor=request.user, at=timezone.now())


class WalkerForm(forms.Form):
    """Who is asked to go along, by the number of their account: no list of everybody."""

    account = forms.CharField(
        label=_("志愿者的手机号或用户名"), max_length=60, help_text=_("本社区有账号的居民。")
    )

    def clean_account(self) -> User:
        found = account_named(self.cleaned_data["account"].strip())
        if found is None:
            raise forms.ValidationError(_("没有找到这个账号。"))
        return found


class WalkerEndForm(forms.Form):
    """Who goes along no longer."""

    walker = forms.ModelChoiceField(label=_("志愿者"), queryset=SweepWalker.objects.none())


def _finish(request: StaffRequest, row: Sweep, _given: dict[str, Any]) -> None:
    sweep_finish(sweep_id=row.pk, actor=request.user, at=timezone.now())


class SweepForm(ActionForm):
    """A sweep with the shops and courtyards that are stops beside the buildings."""

    shops = forms.CharField(
        label=_("另外要去的店铺、院落"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一行一个。范围里的楼栋都会自动列上。"),
    )


@admin.register(Sweep)
class SweepAdmin(StepsMixin, ActionAdmin):
    """Planned once; what is recorded comes from those who go."""

    form = SweepForm
    scope_field = "scope__path"
    list_display = ("name", "scope", "starts_on", "ends_on", "progress", "finished_at")
    list_filter = (over_by("finished_at", _("没有结束"), _("已结束")), CommunityFilter)
    list_select_related = ("scope", "community", "finished_by")
    fields = ("scope", "name", "checklist", "participants", "helpers", "shops", "starts_on", "ends_on")
    steps = (
        Step(
            "walker",
            _("请志愿者参加"),
            _name,
            form=WalkerForm,
            hint=_("志愿者在“我的”里看到这次摸排的点，能记有没有发现问题、拍隐患照片，看不到住户。"),
            done=_("已请，也通知了本人。"),
            offered=lambda row: row.finished_at is None,
        ),
        Step(
            "walker_end",
            _("志愿者不再参加"),
            _end,
            form=WalkerEndForm,
            hint=_("马上生效。手机里还没上传的记录会留给您接收。"),
            done=_("已去掉，也通知了本人。"),
            offered=lambda row: row.walkers.filter(ended_at=None).exists(),
        ),
        Step(
            "finish",
            _("结束摸排"),
            _finish,
            hint=_("没去的点会一直列着。手机里还没上传的记录，只要是结束以前去的，仍会记上。"),
            done=_("已结束。"),
            offered=lambda row: row.finished_at is None,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sweep]:
        numbers = {"all": Count("stops"), "gone": Count("stops", filter=~Q(stops__result=""))}
        rows: QuerySet[Sweep] = super().get_queryset(request).annotate(**numbers)
        return rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        kept = ("scope", "name", "checklist", "who", "volunteers", "helpers", "starts_on", "ends_on")
        return (*kept, "coverage", "missing", "finished_by", "page") if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        return bool(super().has_change_permission(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        paths = paths_for(request, GRANTS["grids.sweep"].write)
        kwargs["queryset"] = (
            Place.objects.active().filter(below(paths, "path"), kind__in=kinds_of_scope()).order_by("path")
        )
        return admin.ModelAdmin.formfield_for_foreignkey(self, db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        paths = paths_for(request, GRANTS["grids.sweep"].write)
        today = timezone.localdate()
        held = Q(posts__starts_on__lte=today) & (Q(posts__ends_on=None) | Q(posts__ends_on__gte=today))
        going = held & below(paths, "posts__place__path") & Q(posts__duty__in=GOING)
        kwargs["queryset"] = User.objects.filter(going, is_active=True).distinct().order_by("pk")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.display(description=_("去了 / 共"))
    def progress(self, row: Any) -> str:
        return f"{row.gone} / {row.all}"

    @admin.display(description=_("参加的工作人员"))
    def who(self, row: Sweep) -> str:
        return "、".join(str(user) for user in row.participants.all())

    @admin.display(description=_("志愿者"))
    def volunteers(self, row: Sweep) -> str:
        return "、".join(str(one) for one in walkers_on(row)) or "—"

    def step_form(self, step: Step, row: Any, data: Any, files: Any) -> forms.Form:
        form = super().step_form(step, row, data, files)
        if isinstance(form, WalkerEndForm):
            going = SweepWalker.objects.filter(sweep=row, ended_at=None).select_related("user")
            form.fields["walker"].queryset = going  # type: ignore[attr-defined]
        return form

    @admin.display(description=_("覆盖率"))
    def coverage(self, row: Sweep) -> str:
        found = shown(row)
        words = _("%(coverage)s%%，登记隐患 %(hazards)d 处，每 100 个点 %(rate)s 处")
        return words % {
            "coverage": found.coverage,
            "hazards": found.hazards,
            "rate": found.per_hundred or "0",
        }

    @admin.display(description=_("没去的点"))
    def missing(self, row: Sweep) -> str:
        return "、".join(str(stop) for stop in shown(row).left) or "—"

    @admin.display(description=_("每个点的记录"))
    def page(self, row: Sweep) -> str:
        return format_html('<a href="{}">{}</a>', reverse("grids:sweep", args=[row.pk]), _("打开这次摸排"))

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Sweep:
        given = form.cleaned_data
        plan = SweepPlan(
            scope=given["scope"],
            name=given["name"],
            checklist=given["checklist"],
            participants=given["participants"],
            helpers=given["helpers"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            shops=given["shops"].splitlines(),
        )
        return sweep_plan(plan=plan, actor=request.user, at=timezone.now())
