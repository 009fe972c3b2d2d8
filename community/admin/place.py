"""Communities and their tree of places in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community import actions
from community.admin.base import ActionAdmin, CommunityFilter, Step, StepsMixin
from community.forms.action import ActionForm, StaffRequest, attempt
from community.models import Community, Place, TalkPoint
from community.models.place import PlaceKind
from community.registries import code_sheets
from community.shipped import SHIPPED


@admin.register(Place)
class PlaceAdmin(StepsMixin, ActionAdmin):
    """The tree: names and details here; a move rewrites the paths below."""

    scope_field = "path"
    list_display = ("name", "kind", "parent", "building_kind", "is_active")
    list_filter = ("kind", "is_active", CommunityFilter)
    list_select_related = ("parent",)
    search_fields = ("name", "code")
    autocomplete_fields = ("parent",)
    fields = ("kind", "parent", "name", "building_kind", "address", "code", "order")
    steps = (
        Step(
            "close",
            _("停用"),
            lambda request, row, _data: actions.place_deactivate(
                place_id=row.pk, actor=request.user, at=timezone.now()
            ),
            hint=_("停用后不能再选这个地点，以前的记录都保留，随时可以恢复。"),
            offered=lambda row: row.is_active,
            danger=True,
        ),
        Step(
            "reopen",
            _("恢复启用"),
            lambda request, row, _data: actions.place_activate(
                place_id=row.pk, actor=request.user, at=timezone.now()
            ),
            offered=lambda row: not row.is_active,
        ),
    )

    actions = ("print_codes",)

    @admin.action(description=_("做楼栋码并打印（所选楼栋，或所选小区的全部楼栋）"), permissions=["change"])
    def print_codes(self, request: StaffRequest, queryset: QuerySet[Place]) -> HttpResponse | None:
        """Codes for all buildings among or under what was ticked, and one PDF of them."""
        chosen = forms.Form({})
        made = attempt(
            chosen,
            lambda: actions.building_codes_make(places=list(queryset), actor=request.user, at=timezone.now()),
        )
        address = next(iter(code_sheets), None)
        if made is None or address is None:
            self.message_user(request, " ".join(map(str, chosen.non_field_errors())), messages.ERROR)
            return None
        return HttpResponseRedirect(address(*made))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("parent__parent")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("kind", "is_active") if obj else ()

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "kind":
            own = (PlaceKind.COMMUNITY, PlaceKind.GRID)  # made with what belongs to them, on their own pages
            kwargs["choices"] = [("", "---------"), *((k.value, k.label) for k in PlaceKind if k not in own)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Place:
        given, at = form.cleaned_data, timezone.now()
        details = {name: given[name] for name in ("name", "building_kind", "address", "code", "order")}
        if not change:
            return actions.place_create(
                kind=given["kind"], parent=given["parent"], actor=request.user, at=at, **details
            )
        pk = form.instance.pk
        place = actions.place_update(place_id=pk, changes=details, actor=request.user, at=at)
        if given["parent"] is not None and given["parent"].pk != place.parent_id:
            place = actions.place_move(place_id=pk, parent_id=given["parent"].pk, actor=request.user, at=at)
        return place


class CommunityForm(ActionForm):
    """A new community also chooses where it lies and which shipped brand it starts from."""

    parent = forms.ModelChoiceField(
        Place.objects.none(),
        label=_("所属街道（乡镇）"),
        help_text=_("社区建成后，品牌和流程在“品牌与流程”里修改。"),
    )
    shipped = forms.ChoiceField(
        label=_("从哪个品牌开始"),
        choices=[(slug, f"{item.brand_name}（{item.community}）") for slug, item in SHIPPED.items()],
    )


@admin.register(Community)
class CommunityAdmin(ActionAdmin):
    """A community's own data: address, hotline, office hours."""

    list_display = ("name", "slug", "kind", "hotline", "is_active")
    list_filter = ("is_active", "kind")
    search_fields = ("name", "slug")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    own = (
        *("name", "slug", "kind", "introduction", "hotline", "address", "founded_on"),
        *("morning_from", "morning_to", "afternoon_from", "afternoon_to", "robot_url", "is_active"),
        *("privacy_officer", "privacy_phone", "keep_matters_months"),
    )
    later = frozenset({"is_active", "privacy_officer", "privacy_phone", "keep_matters_months"})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            self.own if obj else ("parent", "shipped", *(name for name in self.own if name not in self.later))
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("slug",) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        made = super().get_form(request, obj, change, **{"form": CommunityForm, **kwargs})
        places = self.admin_site._registry[Place].get_queryset(request)
        above = places.filter(kind__in=(PlaceKind.COUNTY, PlaceKind.SUBDISTRICT))
        made.base_fields["parent"].queryset = above
        return made

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Community:
        given = {name: value for name, value in form.cleaned_data.items() if name != "slug"}
        if change:
            return actions.community_update(
                community_id=form.instance.pk, changes=given, actor=request.user, at=timezone.now()
            )
        return actions.community_create(
            slug=form.cleaned_data["slug"], actor=request.user, at=timezone.now(), **given
        )


class LookForm(forms.Form):
    """What was found; for a box also with whom, and how much."""

    witness = forms.CharField(
        label=_("一同开箱的人（用户名）"),
        max_length=150,
        required=False,
        help_text=_("只有意见箱要写：开箱须两人在场。"),
    )
    notes = forms.IntegerField(label=_("取出几张"), min_value=0, max_value=999, required=False)
    remark = forms.CharField(label=_("情况"), max_length=200, required=False)


@admin.register(TalkPoint)
class TalkPointAdmin(StepsMixin, ActionAdmin):
    """Spots with a QR code; a new token makes old prints worthless."""

    list_display = ("name", "kind", "place", "community", "looked_on", "is_active")
    list_filter = ("kind", "is_active", CommunityFilter)
    list_select_related = ("place", "community")
    search_fields = ("name",)
    autocomplete_fields = ("community", "place")
    fields = ("community", "place", "kind", "name")
    steps = (
        Step(
            "look",
            _("记一次查看"),
            lambda request, row, data: actions.talk_point_look(
                talk_point_id=row.pk, actor=request.user, at=timezone.now(), **data
            ),
            form=LookForm,
            hint=_("说事点每季度看一次，意见箱每周由两人开一次。箱里的意见请逐条登记。"),
            offered=lambda row: row.is_active,
        ),
        Step(
            "renew",
            _("换新码"),
            lambda request, row, _data: actions.talk_point_renew(
                talk_point_id=row.pk, actor=request.user, at=timezone.now()
            ),
            hint=_("换码后，以前印的二维码全部失效，需要重新张贴。"),
            danger=True,
        ),
        Step(
            "close",
            _("停用"),
            lambda request, row, _data: actions.talk_point_switch(
                talk_point_id=row.pk, on=False, actor=request.user, at=timezone.now()
            ),
            offered=lambda row: row.is_active,
            danger=True,
        ),
        Step(
            "reopen",
            _("恢复启用"),
            lambda request, row, _data: actions.talk_point_switch(
                talk_point_id=row.pk, on=True, actor=request.user, at=timezone.now()
            ),
            offered=lambda row: not row.is_active,
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ()

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> TalkPoint:
        if change:
            point: TalkPoint = form.instance
            return point
        return actions.talk_point_create(**form.cleaned_data, actor=request.user, at=timezone.now())
