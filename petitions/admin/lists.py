"""The desk's list: queues as tabs, filters with an index each, paged by key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from html import escape
from typing import Any, ClassVar, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.workflow import Severity
from core.admin_lists import KeysetChangeList, Orderings, SavedFiltersMixin
from core.models import User
from core.paging import Page
from petitions.actions.desk import listed
from petitions.admin.base import DeskPages
from petitions.admin.lines import rows_html
from petitions.models import Petition
from petitions.selectors.asked import asked
from petitions.selectors.desk import desk_lines, desk_rows, queue_in
from petitions.selectors.desk_page import desk_page
from petitions.selectors.queues import OPEN, QUEUES, Choices, choices_of
from petitions.selectors.search import Seek, cursor_for, seek

HOLDERS = (
    ("me", gettext_lazy("我经办的")),
    ("supervised", gettext_lazy("我督办的")),
    ("nobody", gettext_lazy("无人认领")),
)


class DeskChangeList(KeysetChangeList):
    """Reads the address as a queue with filters; nothing else narrows the list."""

    at: datetime
    listed: dict[str, str]

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Petition]:
        """What a step for several matters goes through; the page itself is found by `page_of`."""
        self.at, self.user = timezone.now(), cast("User", request.user)
        self.filter_specs: list[Any] = []
        self.has_filters = self.has_active_filters = False
        self.listed = listed(request.GET.urlencode())
        self.queue, self.asked = queue_in(self.listed), asked(self.listed.get("q", ""))
        self.sought = self._sought(request)
        rows = partial(desk_rows, self.user, self.listed, at=self.at, page=self.sought)
        return cast("QuerySet[Petition]", SimpleLazyObject(lambda: rows().with_context()))

    def _sought(self, request: HttpRequest) -> Seek | None:
        """Where a search by words goes on; it is always read from new to old."""
        if not self.asked.by_words:
            return None
        order, size = ("-filed_at",), self.model_admin.list_per_page
        return seek(
            Petition.objects.all(), order=order, cursor=self.cursor_of(request), size=size, now=self.at
        )

    def cursor_of(self, request: HttpRequest) -> str | None:
        """A search by words has no last page to jump to."""
        cursor = super().cursor_of(request)
        return cursor_for(cursor) if self.asked.by_words else cursor

    def get_results(self, request: HttpRequest) -> None:
        """The page as lines of words: a row needs no object for each of its joins."""
        super().get_results(request)
        self.result_list = desk_lines(self.result_list, self.asked, self.at)

    def page_of(self, order: Sequence[str], cursor: str | None) -> Page[Any]:
        """A search by words knows no last page."""
        page = desk_page(
            self.user,
            self.listed,
            order=order,
            cursor=cursor,
            at=self.at,
            size=self.list_per_page,
            page=self.sought,
        )
        return replace(page, endless=self.asked.by_words)

    def orders(self) -> Iterator[dict[str, Any]]:
        """The orders to choose from; a search by words has one."""
        return iter(()) if self.asked.by_words else super().orders()

    @property
    def order(self) -> str:
        """By due time, except where nothing is due."""
        if self.asked.by_words:
            return "new"
        order = str(self.params.get("o", ""))
        if order in self.model_admin.keyset_orderings:
            return order
        return "new" if queue_in(self.params).newest_first else "due"

    def lines(self) -> SafeString:
        """The page's rows."""
        return rows_html(self.result_list, self.asked)

    @cached_property
    def choices(self) -> Choices:
        kept = {name: self.listed.get(name, "") for name in ("community", "grid")}
        return choices_of(self.user, at=self.at, **kept)

    def tabs(self) -> Iterator[dict[str, Any]]:
        """The queues, each with the other filters kept."""
        kept = {name: value for name, value in self.listed.items() if name not in {"queue", "o"}}
        for queue in QUEUES:
            code = queue.code or (OPEN if kept.get("q") else "")
            address = urlencode({**kept, "queue": code} if code else kept)
            yield {"label": queue.label, "url": f"?{address}", "chosen": queue == self.queue}

    def selects(self) -> Iterator[dict[str, Any]]:
        """The filters as select boxes: name, label, and what may be chosen."""
        boxes: dict[str, tuple[str, Iterable[Any]]] = {
            "severity": (_("定级"), Severity.choices),
            "holder": (_("经办"), HOLDERS),
            "community": (_("社区"), self.choices.communities),
            "grid": (_("网格"), self.choices.grids),
        }
        for name, (label, options) in boxes.items():
            if options:
                yield {"name": name, "label": label, "options": self._options(name, options)}

    def _options(self, name: str, options: Iterable[tuple[Any, Any]]) -> SafeString:
        chosen = self.listed.get(name, "")
        every = [("", _("不限")), *((str(value), str(label)) for value, label in options)]
        return mark_safe("".join(_option(value, label, value == chosen) for value, label in every))

    @property
    def address(self) -> str:
        """What makes up this list, for saving it or taking it into Excel."""
        return urlencode(self.listed)


class PetitionList(SavedFiltersMixin, DeskPages):
    """The list with its tabs, filters, search and saved filters."""

    keyset_orderings: ClassVar[Orderings] = {
        "due": (gettext_lazy("按应办时间"), ("due_at",)),
        "new": (gettext_lazy("最新在前"), ("-filed_at",)),
    }
    search_fields = ("number",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return DeskChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list itself is a page of ours; what is sent from it, the ticked rows, is the stock admin's."""
        if request.method == "POST":
            return super().changelist_view(request, extra_context)
        if not self.has_view_permission(request):
            raise PermissionDenied
        changes, actions = self.get_changelist_instance(request), self.get_action_choices(request, [])
        return self.desk_page(request, "change_list", _("诉求"), cl=changes, actions=actions)

    def filters_asked(self, request: HttpRequest, querystring: str) -> dict[str, str]:
        """The queue and its filters."""
        return listed(querystring)


def _option(value: str, label: str, is_chosen: bool) -> str:
    chosen = " selected" if is_chosen else ""
    return f'<option value="{escape(value)}"{chosen}>{escape(label)}</option>'
