"""The stock admin's list, paged by key: one statement, first page or last, at any number of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import parse_qsl, urlencode

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core import checks
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from core import paging
from core.actions.saved_filter import saved_filter_drop, saved_filter_keep
from core.models import SavedFilter, User

CURSOR_VAR = "cursor"

Orderings = Mapping[str, tuple["str | Promise", Sequence[str]]]

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    Mixin = AnyModelAdmin
else:
    AnyModelAdmin = admin.ModelAdmin  # generic in the types alone
    Mixin = object


class KeysetChangeList(ChangeList):
    """A change list without COUNT and OFFSET; `?o=` names one of the orders that the admin declares.

    `params` and `filter_params` never hold the cursor, so that a filter, a search or another order
    begins at the first page.
    """

    model_admin: KeysetAdminMixin

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = str(self.opts.verbose_name_plural)

    def get_results(self, request: HttpRequest) -> None:
        """One statement for the rows of the page and the knowledge whether there are more."""
        _label, order = self.model_admin.keyset_orderings[self.order]
        self.page = self.page_of(order, self.cursor_of(request))
        self.result_list = self.page.items
        self.result_count = self.full_result_count = len(self.page.items)
        self.show_full_result_count = False
        self.show_admin_actions = bool(self.page.items)
        self.can_show_all = self.multi_page = False

    def page_of(self, order: Sequence[str], cursor: str | None) -> paging.Page[Any]:
        """The page at this cursor."""
        return paging.keyset(self.queryset, order=order, cursor=cursor, size=self.list_per_page)

    def cursor_of(self, request: HttpRequest) -> str | None:
        """The page that the address asks for."""
        return request.GET.get(CURSOR_VAR)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Only declared orders, each of which an index serves."""
        return list(self.model_admin.keyset_orderings[self.order][1])

    def get_ordering_field_columns(self) -> dict[int, Any]:
        """No column heads to sort by."""
        return {}

    @property
    def order(self) -> str:
        asked = self.params.get(ORDER_VAR, "")
        return (
            asked
            if asked in self.model_admin.keyset_orderings
            else next(iter(self.model_admin.keyset_orderings))
        )

    def orders(self) -> Iterator[dict[str, Any]]:
        """The orders to choose from: label, address, chosen or not."""
        for code, (label, _order) in self.model_admin.keyset_orderings.items():
            yield {
                "label": label,
                "url": self.get_query_string({ORDER_VAR: code}),
                "chosen": code == self.order,
            }

    def pages(self) -> Iterator[dict[str, Any]]:
        """The pages to go to from here: label, address, relation."""
        ways = (
            ("first", _("第一页"), "" if self.page.previous else None),
            ("prev", _("上一页"), self.page.previous),
            ("next", _("下一页"), self.page.next),
            ("last", _("最后一页"), self.page.last),
        )
        for rel, label, cursor in ways:
            if cursor is not None:
                yield {"rel": rel, "label": label, "url": self.get_query_string({CURSOR_VAR: cursor or None})}

    @property
    def params(self) -> dict[str, Any]:
        return self._params

    @params.setter
    def params(self, values: dict[str, Any]) -> None:
        self._params = {name: value for name, value in values.items() if name != CURSOR_VAR}

    @property
    def filter_params(self) -> dict[str, Any]:
        return self._filter_params

    @filter_params.setter
    def filter_params(self, values: dict[str, Any]) -> None:
        self._filter_params = {name: value for name, value in values.items() if name != CURSOR_VAR}


class OwnFiltersMixin(Mixin):
    """A list answers to the filters that stand beside it and to no other column.

    The stock admin takes any column of the table from the address, and so lets a masked number, a personal
    link or a password be guessed letter by letter.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether one of the list's own filters asks this."""
        return self.is_own_filter(lookup, request) and super().lookup_allowed(lookup, value, request)

    def is_own_filter(self, lookup: str, request: HttpRequest) -> bool:
        """Whether this is what one of the filters beside the list asks."""
        names = (_asked_as(one) for one in self.get_list_filter(request))
        return any(lookup == name or lookup.startswith(f"{name}__") for name in names)


def _asked_as(list_filter: Any) -> str:
    """The name that a filter bears in the address."""
    if isinstance(list_filter, str):
        return list_filter
    if isinstance(list_filter, type) and issubclass(list_filter, admin.SimpleListFilter):
        return str(list_filter.parameter_name)
    return str(list_filter[0])


class KeysetAdminMixin(OwnFiltersMixin):
    """Put it before `ModelAdmin`. `keyset_orderings`: code → (label, order); the first is the default.

    Filters and search work as ever. Actions reach what is ticked on the page, never "all of them".
    """

    keyset_orderings: ClassVar[Orderings] = {"new": (_("最新在前"), ("-pk",))}
    change_list_template = "admin/keyset_change_list.html"
    list_per_page = 20
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    sortable_by = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KeysetChangeList

    def get_action_choices(self, request: HttpRequest, default_choices: Any = None) -> list[tuple[str, str]]:
        return super().get_action_choices(request, default_choices or [("", _("请选择"))])

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> Any:
        """Only what is ticked, whatever the form says; what can be no row's key is left out."""
        ticked = request.POST.copy()
        ticked["select_across"] = "0"
        ticked.setlist(ACTION_CHECKBOX_NAME, list(self._keys(ticked.getlist(ACTION_CHECKBOX_NAME))))
        request.POST = ticked  # type: ignore[assignment]
        return super().response_action(request, queryset, *args)

    def _keys(self, sent: Sequence[str]) -> Iterator[str]:
        for key in sent:
            try:
                self.opts.pk.clean(key, None)
            except ValidationError:
                continue
            yield key

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """What a keyset list cannot do is found at the start."""
        found = super().check(**kwargs)
        if self.list_editable or self.date_hierarchy:
            hint = "Leave out list_editable and date_hierarchy."
            found.append(
                checks.Error("Not possible on a keyset list.", hint=hint, obj=type(self), id="core.E010")
            )
        return found


class SavedFiltersMixin(KeysetAdminMixin):
    """Lets everybody keep the list as it is narrowed under a name of their own, and come back to it."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_filter"
        pages = (
            ("filters/", self.filter_save, f"{name}_save"),
            ("filters/<int:filter_id>/drop/", self.filter_drop, f"{name}_drop"),
        )
        own = [
            path(route, self.admin_site.admin_view(require_POST(view)), name=url)
            for route, view, url in pages
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        page = self.opts.label_lower
        kept = SavedFilter.objects.filter(user=cast("User", request.user), page=page)
        shown = {
            "saved": kept.values_list("pk", "name", "querystring"),
            "saved_address": urlencode(self.filters_asked(request, request.GET.urlencode())),
            "saved_urls": f"admin:{page.replace('.', '_')}_filter",
        }
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    def filters_asked(self, request: HttpRequest, querystring: str) -> dict[str, str]:
        """The part of an address that narrows the list; everything else is dropped."""
        asked = parse_qsl(querystring.lstrip("?"))[:20]
        return {
            name: value
            for name, value in asked
            if name in {ORDER_VAR, "q"} or self.is_own_filter(name, request)
        }

    def filter_save(self, request: HttpRequest) -> HttpResponse:
        """Keep the list as it stands under a name."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        kept = saved_filter_keep(
            user=cast("User", request.user),
            page=self.opts.label_lower,
            name=request.POST.get("name", ""),
            asked=self.filters_asked(request, request.POST.get("list", "")),
        )
        messages.success(request, _("已保存常用筛选“%s”。") % kept.name)
        return redirect(f"../?{kept.querystring}")

    def filter_drop(self, request: HttpRequest, filter_id: int) -> HttpResponse:
        """Forget a saved filter."""
        saved_filter_drop(user=cast("User", request.user), page=self.opts.label_lower, filter_id=filter_id)
        messages.success(request, _("已删去常用筛选。"))
        return redirect("../../../")
