"""Doors, people, bodies and the small records of a community in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community import actions
from community.admin.base import ActionAdmin, CommunityFilter, paths_for
from community.backends import GRANTS
from community.forms.action import ActionForm, StaffRequest
from community.icons import BOARD_ICONS
from community.models import (
    Channel,
    CommunityFact,
    Estate,
    Household,
    Organisation,
    PortalBoard,
    Resident,
    ServicePlace,
)
from community.phones import PhoneField
from community.registries import counted_figures
from core.display import masked_phone


class RecordAdmin(ActionAdmin):
    """Small records: written, and erased, through the one action for records."""

    def perform(self, request: StaffRequest, form: ActionForm, *, change: bool) -> Model:
        saved: Model = actions.record_save(row=form.instance, actor=request.user, at=timezone.now())
        return saved

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super(admin.ModelAdmin, self).has_delete_permission(request, obj)

    def delete_model(self, request: Any, obj: Any) -> None:
        actions.record_delete(row=obj, actor=request.user, at=timezone.now())

    def delete_queryset(self, request: Any, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            actions.record_delete(row=row, actor=request.user, at=timezone.now())


@admin.register(Household)
class HouseholdAdmin(RecordAdmin):
    """Doors."""

    list_display = ("room", "door", "is_active")
    list_filter = ("is_active", CommunityFilter)
    search_fields = ("=room", "place__name")
    autocomplete_fields = ("place",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("place__parent__parent")

    @admin.display(description=_("所在"))
    def door(self, row: Household) -> str:
        return row.place.long_name


class ResidentForm(ActionForm):
    """A resident with a number brought to eleven digits."""

    phone = PhoneField(required=False)


@admin.register(Resident)
class ResidentAdmin(RecordAdmin):
    """People on the roll. Lists mask the number; a correction leaves a trace."""

    form = ResidentForm
    scope_field = "household__place__path"
    list_display = ("name", "door", "masked", "is_tenant", "standing")
    list_filter = ("standing", "is_tenant", CommunityFilter)
    list_select_related = ("household__place__parent__parent",)
    search_fields = ("name", "=phone")
    autocomplete_fields = ("household",)
    fields = ("household", "name", "phone", "is_tenant", "standing", "refuses_messages")
    readonly_fields = ("is_tenant", "standing")
    full_columns = {"masked": "phone"}

    def may_see_whole(self, request: HttpRequest, row: Resident) -> bool:
        """As on the resident's own page: whoever keeps the roll there."""
        paths = paths_for(request, GRANTS["community.resident"].write)
        return any(row.household.place.path.startswith(path) for path in paths)

    @admin.display(description=_("手机号"))
    def masked(self, row: Resident) -> str:
        return masked_phone(row.phone)

    @admin.display(description=_("住址"))
    def door(self, row: Resident) -> str:
        return row.household.long_name


@admin.register(Organisation)
class OrganisationAdmin(RecordAdmin):
    """Bodies that take part."""

    scope_field = "community__place__path"
    list_display = ("name", "kind", "community", "phone", "is_active")
    list_filter = ("kind", "is_active", CommunityFilter)
    list_select_related = ("community",)
    search_fields = ("name",)
    autocomplete_fields = ("community", "place")


@admin.register(Estate)
class EstateAdmin(RecordAdmin):
    """What is known of an estate: its company, use and renewal."""

    list_display = ("place", "property_company", "use_mix", "renewal")
    list_filter = ("use_mix", "renewal", CommunityFilter)
    list_select_related = ("place", "property_company")
    search_fields = ("place__name",)
    autocomplete_fields = ("place", "property_company")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("place",) if obj else ()


class OfCommunityAdmin(RecordAdmin):
    """Records that hang at a community."""

    scope_field = "community__place__path"
    list_filter: ClassVar[Any] = ("is_active", CommunityFilter)
    list_select_related = ("community",)
    autocomplete_fields: ClassVar[Any] = ("community",)


class BoardForm(ActionForm):
    """A board leads below the community, to another page of the portal, or to an https address."""

    icon = forms.ChoiceField(label=_("图标"), choices=BOARD_ICONS)
    target = forms.RegexField(
        r"^(?:https://[^\s<>\"']+|/?(?!/)[\w\-./?=&]*)$",
        label=_("去向"),
        required=False,
        help_text=_("社区内的页面如 echo/，全站页面如 /account/，或 https 网址；留空则显示“即将开通”。"),
    )


@admin.register(PortalBoard)
class PortalBoardAdmin(OfCommunityAdmin):
    """The nine boards of the home page."""

    form = BoardForm
    list_display = ("name", "community", "hint", "target", "order", "is_active")


@admin.register(Channel)
class ChannelAdmin(OfCommunityAdmin):
    """Ways in that a community keeps open."""

    list_display = ("name", "kind", "community", "number", "round_the_clock", "is_active")
    list_filter = ("kind", "is_active", CommunityFilter)
    autocomplete_fields = ("community", "estate")


@admin.register(ServicePlace)
class ServicePlaceAdmin(OfCommunityAdmin):
    """Centres and stations."""

    list_display = ("name", "kind", "community", "address", "is_active")
    list_filter = ("kind", "is_active", CommunityFilter)
    autocomplete_fields = ("community", "place")


def _counted() -> list[tuple[str, Any]]:
    return [("", _("不并列，列在社区概况")), *counted_figures.items()]


class FactForm(ActionForm):
    """A published figure; what it may stand beside is what upper apps count."""

    beside = forms.ChoiceField(
        label=CommunityFact._meta.get_field("beside").verbose_name,
        choices=_counted,
        required=False,
        help_text=CommunityFact._meta.get_field("beside").help_text,
    )


@admin.register(CommunityFact)
class CommunityFactAdmin(OfCommunityAdmin):
    """Dated figures with their sources."""

    form = FactForm
    list_display = ("label", "community", "value", "unit", "as_of", "source")
    list_filter = (CommunityFilter,)
