"""Filters that several lists of the desk share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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
