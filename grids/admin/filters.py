"""Filters that several lists of the desk share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.admin.base import paths_for
from community.backends import GRANTS
from community.querysets import below
from grids.models import Grid

CHOICES_SHOWN = 200
"""More than these are not offered in a box: a community is chosen first."""


class OverFilter(admin.SimpleListFilter):
    """What goes on, and what is over: a moment is set or not."""

    title = _("状态")
    parameter_name = "over"
    field: ClassVar[str]
    words: ClassVar[tuple[str | Promise, str | Promise]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", self.words[0]), ("yes", self.words[1])]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {"no": True, "yes": False}
        is_open = known.get(self.value() or "")
        return queryset if is_open is None else queryset.filter(**{f"{self.field}__isnull": is_open})


def over_by(field: str, goes_on: str | Promise, is_over: str | Promise) -> type[OverFilter]:
    """A filter by this moment, in these words."""
    return type("OverFilter", (OverFilter,), {"field": field, "words": (goes_on, is_over)})


class GridFilter(admin.SimpleListFilter):
    """The grids within the person's posts, of the chosen community where there is one."""

    title = _("网格")
    parameter_name = "grid"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        paths = paths_for(request, GRANTS[model_admin.opts.label_lower].view)
        within = self.grids.filter(below(paths, "place__path"))
        community = request.GET.get("community", "")
        if community.isascii() and community.isdigit():
            within = within.filter(community=int(community))
        found = list(within.order_by("community_id", "pk").values_list("pk", "name")[: CHOICES_SHOWN + 1])
        return [(str(pk), name) for pk, name in found] if len(found) <= CHOICES_SHOWN else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        known = chosen.isascii() and chosen.isdigit()
        return self.of_grid(queryset, int(chosen)) if known else queryset

    @property
    def grids(self) -> QuerySet[Grid]:
        """Those to choose from, before posts narrow them."""
        return Grid.objects.all()

    def of_grid(self, queryset: QuerySet[Any], grid: int) -> QuerySet[Any]:
        """What of the list belongs to a grid."""
        return queryset.filter(scope=grid)
