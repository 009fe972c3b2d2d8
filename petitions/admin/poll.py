"""住户表决 at the desk: the list, one page a poll, and paper votes entered door by door."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from community.admin.base import CommunityFilter, ScopedAdmin
from community.models import Place
from core.admin_lists import Orderings
from core.errors import NotAllowedError
from petitions.admin.base import DeskPages, DeskRequest
from petitions.forms.polls import CancelPollForm, PaperForm, PutForm
from petitions.models import Poll
from petitions.selectors.electors import buildings_asked
from petitions.selectors.polls import poll_at_desk, result_of, scope_words

FORM = require_http_methods(["GET", "HEAD", "POST"])


@admin.register(Poll)
class PollAdmin(ScopedAdmin, DeskPages):
    """Nothing is added, changed or deleted but by actions."""

    scope_field = "community__place__path"
    keyset_orderings: ClassVar[Orderings] = {"new": (gettext_lazy("最近在前"), ("-closes_at",))}
    list_display = ("question", "state", "opens_at", "closes_at", "eligible", "turnout", "community")
    list_filter = ("state", CommunityFilter)
    change_list_template = "admin/petitions/poll/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("community")

    def get_urls(self) -> list[Any]:
        pages = [
            self.desk_path("put/", FORM(self.put_view), "put"),
            self.desk_path("<int:pk>/paper/", FORM(self.paper_view), "paper"),
            self.desk_path("<int:pk>/cancel/", FORM(self.cancel_view), "cancel"),
        ]
        return [*pages, *super().get_urls()]

    @admin.display(description=gettext_lazy("已投"))
    def turnout(self, poll: Poll) -> int:
        return poll.cast

    def change_view(  # type: ignore[override]
        self, request: DeskRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The poll, read only: a post that tries to change it is refused."""
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
            raise NotAllowedError(_("内容不能直接改，请用页面上的按钮。"))
        at = timezone.now()
        poll = poll_at_desk(request.user, _number(object_id), at=at)
        context: dict[str, Any] = {
            "poll": poll,
            "asked": scope_words(poll),
            "result": result_of(poll),
            "takes_votes": poll.takes_votes(at),
            "may_cancel": poll.state in {"planned", "open"} and at < poll.closes_at,
        }
        return self.desk_page(request, "desk", poll.question, **context)

    def put_view(self, request: DeskRequest) -> HttpResponse:
        """A new question."""
        form = PutForm(request.POST or None, actor=request.user, at=request.at)
        if form.is_valid() and (put := form.submit()):
            messages.success(request, _("已发起，到开始时间自动开始。"))
            return redirect("admin:petitions_poll_change", put.pk)
        return self.desk_page(request, "step", _("发起表决"), form=form, status=form.status)

    def cancel_view(self, request: DeskRequest, pk: int) -> HttpResponse:
        """Called off, for a reason."""
        poll = poll_at_desk(request.user, pk, at=request.at)
        form = CancelPollForm(request.POST or None, label_suffix="")
        if form.is_valid() and form.submit(poll, actor=request.user, at=request.at):
            messages.success(request, _("表决已取消。"))
            return redirect("admin:petitions_poll_change", pk)
        return self.desk_page(request, "step", _("取消表决"), form=form, poll=poll, status=form.status)

    def paper_view(self, request: DeskRequest, pk: int) -> HttpResponse:
        """Building, door, choice; after each vote the same building again."""
        poll = poll_at_desk(request.user, pk, at=request.at)
        buildings = buildings_asked(poll)
        chosen = _number(request.GET.get("building", "")) or (buildings[0][0] if buildings else 0)
        building = Place.objects.filter(pk=chosen).first() if chosen in dict(buildings) else None
        context: dict[str, Any] = {"poll": poll, "buildings": buildings, "building": building}
        if building is None:
            return self.desk_page(request, "paper", _("录入纸质票"), **context)
        form = PaperForm(request.POST or None, poll=poll, building=building)
        if form.is_valid() and form.submit(actor=request.user, at=request.at):
            messages.success(request, _("已计入一张纸质票。"))
            return redirect(f"{reverse('admin:petitions_poll_paper', args=[pk])}?building={building.pk}")
        return self.desk_page(request, "paper", _("录入纸质票"), form=form, status=form.status, **context)


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0
