"""任职 in the admin: given, corrected, ended and deputised."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community import actions
from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin
from community.forms.action import ActionForm, StaffRequest
from community.models import Post
from core.models import User


class StaffField(forms.CharField):
    """An account of the staff by its exact user name: no list of everybody's colleagues."""

    default_error_messages = {"unknown": _("没有这个用户名的在用账号。")}

    def clean(self, value: Any) -> Any:
        username = super().clean(value)
        found = User.objects.filter(username=username, is_active=True).first()
        if found is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return found


class PostForm(ActionForm):
    """A post is given to an account by its user name."""

    username = StaffField(label=_("用户名"), max_length=60, help_text=_("新人先到“账号”里邀请。"))


class DeputyForm(forms.Form):
    """Who stands in, from when to when."""

    username = StaffField(label=_("代理人用户名"), max_length=60)
    starts_on = forms.DateField(label=_("起"), widget=AdminDateWidget)
    ends_on = forms.DateField(label=_("止"), widget=AdminDateWidget)


class EndForm(forms.Form):
    """The last day in post."""

    last_day = forms.DateField(label=_("最后一天"), widget=AdminDateWidget, initial=timezone.localdate)


class CurrentFilter(admin.SimpleListFilter):
    """In force today, to come, or over."""

    title = _("时间")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("在任")), ("later", _("未到任")), ("over", _("已结束"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        chosen = {
            "now": Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today)),
            "later": Q(starts_on__gt=today),
            "over": Q(ends_on__lt=today),
        }
        return queryset.filter(chosen.get(self.value() or "", Q()))


def _deputise(request: StaffRequest, row: Post, given: dict[str, Any]) -> None:
    actions.post_deputise(
        post_id=row.pk,
        deputy=given["username"],
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        actor=request.user,
        at=timezone.now(),
    )


def _end(request: StaffRequest, row: Post, given: dict[str, Any]) -> None:
    actions.post_end(post_id=row.pk, last_day=given["last_day"], actor=request.user, at=timezone.now())


def _is_open(row: Post) -> bool:
    return row.ends_on is None or row.ends_on >= timezone.localdate()


@admin.register(Post)
class PostAdmin(StepsMixin, ActionAdmin):
    """Every permission follows from these rows."""

    list_display = ("user", "duty", "employment", "place", "starts_on", "ends_on", "is_deputy")
    list_filter = (CurrentFilter, "duty", "employment", CommunityFilter)
    list_select_related = ("user", "place")
    search_fields = ("user__display_name", "=user__username")
    autocomplete_fields = ("place",)
    steps = (
        Step(
            "deputise",
            _("安排代理"),
            _deputise,
            form=DeputyForm,
            hint=_("代理期间，这一职务的事先找代理人；原任人的权限不变。"),
            offered=lambda row: row.deputises_id is None and _is_open(row),
        ),
        Step(
            "end",
            _("结束任职"),
            _end,
            form=EndForm,
            hint=_("最后一天过后，由这一任职而来的权限全部消失，代理也一并结束。"),
            offered=_is_open,
            danger=True,
        ),
    )

    @admin.display(description=_("代理"), boolean=True)
    def is_deputy(self, row: Post) -> bool:
        return row.deputises_id is not None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("user" if obj else "username", "duty", "place", "employment", "starts_on", "ends_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("user", "duty", "place") if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": PostForm}), **kwargs)

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Post:
        given, at = form.cleaned_data, timezone.now()
        if change:
            return actions.post_change(
                post_id=form.instance.pk,
                starts_on=given["starts_on"],
                ends_on=given["ends_on"],
                employment=given["employment"],
                actor=request.user,
                at=at,
            )
        return actions.post_give(
            user=given["username"],
            duty=given["duty"],
            place=given["place"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            employment=given["employment"],
            actor=request.user,
            at=at,
        )
