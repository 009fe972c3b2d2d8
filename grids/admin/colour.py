"""色标方案 at the desk: what each colour means in a community, and how often it is visited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.admin.base import ActionAdmin, CommunityFilter
from community.forms.action import ActionForm, StaffRequest
from grids.actions.registers.schemes import Meaning, SchemeDraft, scheme_save
from grids.models import Colour, ColourScheme


class SchemeForm(ActionForm):
    """For each colour its word, and every how many days somebody comes; empty, the colour is not used."""

    red_word = forms.CharField(label=_("红：含义"), max_length=20, required=False)
    red_days = forms.IntegerField(label=_("红：每几天走访一次"), min_value=1, max_value=366, required=False)
    yellow_word = forms.CharField(label=_("黄：含义"), max_length=20, required=False)
    yellow_days = forms.IntegerField(
        label=_("黄：每几天走访一次"), min_value=1, max_value=366, required=False
    )
    blue_word = forms.CharField(label=_("蓝：含义"), max_length=20, required=False)
    blue_days = forms.IntegerField(label=_("蓝：每几天走访一次"), min_value=1, max_value=366, required=False)
    green_word = forms.CharField(label=_("绿：含义"), max_length=20, required=False)
    green_days = forms.IntegerField(label=_("绿：每几天走访一次"), min_value=1, max_value=366, required=False)
    white_word = forms.CharField(label=_("白：含义"), max_length=20, required=False)
    white_days = forms.IntegerField(label=_("白：每几天走访一次"), min_value=1, max_value=366, required=False)

    def meanings(self) -> dict[str, Meaning]:
        given = self.cleaned_data
        return {
            colour: Meaning(given[f"{colour}_word"], given[f"{colour}_days"])
            for colour in Colour.values
            if given[f"{colour}_word"]
        }


ENTRIES = tuple(f"{colour}_{part}" for colour in Colour.values for part in ("word", "days"))


@admin.register(ColourScheme)
class ColourSchemeAdmin(ActionAdmin):
    """信息册 has its effects as shipped; schemes for care are the community's own."""

    form = SchemeForm
    scope_field = "community__place__path"
    list_display = ("name", "kind", "community", "colours", "is_monthly", "is_active")
    list_filter = ("kind", "is_active", CommunityFilter)
    list_select_related = ("community",)
    autocomplete_fields = ("community",)
    fields = ("community", "name", "for_children", "is_monthly", "is_active", *ENTRIES)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("colours")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("community",) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        for row in obj.colours.all() if obj else ():
            if row.is_active and f"{row.colour}_word" in made.base_fields:
                made.base_fields[f"{row.colour}_word"].initial = row.word
                made.base_fields[f"{row.colour}_days"].initial = row.visit_days
        return made

    @admin.display(description=_("颜色和含义"))
    def colours(self, row: ColourScheme) -> str:
        used = (one for one in row.colours.all() if one.is_active)
        return "、".join(f"{one.get_colour_display()}：{one.word}" for one in used)

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> ColourScheme:
        assert isinstance(form, SchemeForm)
        given, scheme = form.cleaned_data, form.instance
        return scheme_save(
            community=scheme.community if change else given["community"],
            scheme_id=scheme.pk if change else None,
            draft=SchemeDraft(
                name=given["name"],
                meanings=form.meanings(),
                for_children=given["for_children"],
                is_monthly=given["is_monthly"],
                is_active=given["is_active"],
            ),
            actor=request.user,
            at=timezone.now(),
        )
