"""民情日记 at the desk: what was heard, what waits to be looked at, what became of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from community.admin.base import CommunityFilter, Step, StepsMixin
from community.duties import Power
from community.forms.action import StaffRequest
from community.permissions import Scope, has_power
from grids.actions.diary import diary_note
from grids.models import OpinionDiaryEntry, Settled


class SettledFilter(admin.SimpleListFilter):
    """What waits, what became a matter, what was left."""

    title = _("处理")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("没有处理")), *Settled.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if chosen == "no":
            return queryset.filter(settled_at=None)
        return queryset.filter(settled_as=chosen) if chosen in Settled.values else queryset.filter(Q())


class NoteForm(forms.Form):
    """Why no matter is made of it."""

    reason = forms.CharField(label=_("为什么不转"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


def _note(request: StaffRequest, row: OpinionDiaryEntry, given: dict[str, Any]) -> OpinionDiaryEntry:
    return diary_note(entry_id=row.pk, reason=given["reason"], actor=request.user, at=timezone.now())


@admin.register(OpinionDiaryEntry)
class DiaryAdmin(StepsMixin):
    """Looked through and settled; a matter is made of an entry on its page."""

    scope_field = "scope__path"
    list_display = ("text", "where", "people_count", "author", "heard_at", "settled_as")
    list_filter = (SettledFilter, CommunityFilter)
    list_select_related = ("place__parent__parent", "author", "scope")
    fields = (
        *("page", "community", "scope", "where", "spot", "text", "people_count", "author", "heard_at"),
        *("settled_as", "reason", "settled_by", "settled_at"),
    )
    readonly_fields = fields
    steps: ClassVar[tuple[Step, ...]] = (
        Step("note", _("看过了，不转"), _note, form=NoteForm, offered=lambda row: row.settled_at is None),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("地点"))
    def where(self, row: OpinionDiaryEntry) -> str:
        return row.place.long_name

    @admin.display(description=_("转为诉求"))
    def page(self, row: OpinionDiaryEntry) -> str:
        url = reverse("grids:diary_entry", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("打开这篇日记"))

    def may_step(self, request: HttpRequest, row: Any, _step: Step) -> bool:
        return has_power(request.user, Power.GRID_RUN, Scope(row.scope.path), at=timezone.now())
