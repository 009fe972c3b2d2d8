"""住户表决 at the desk: the list, one page a poll, and paper votes entered door by door."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.admin.base import CommunityFilter
from community.models import Place
from core.admin_lists import Orderings
from core.models import User
from petitions.admin.base import DeskRequest
from petitions.admin.stepped import FORM, SteppedAdmin
from petitions.forms.polls import CancelPollForm, PaperForm, PutForm
from petitions.models import Poll
from petitions.selectors.electors import buildings_asked
from petitions.selectors.polls import poll_at_desk, result_of, scope_words


@admin.register(Poll)
class PollAdmin(SteppedAdmin):
    """Polls are put and called off here, and votes on paper entered."""

    noun = "poll"
    keyset_orderings: ClassVar[Orderings] = {"new": (gettext_lazy("最近在前"), ("-closes_at",))}
    list_display = ("question", "state", "opens_at", "closes_at", "eligible", "turnout", "community")
    list_filter = ("state", CommunityFilter)
    change_list_template = "admin/petitions/poll/change_list.html"

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

    def row_at_desk(self, user: User, pk: str | int, at: datetime) -> Poll:
        return poll_at_desk(user, _number(str(pk)), at=at)

    def row_context(self, row: Poll, user: User, at: datetime) -> dict[str, Any]:
        return {
            "asked": scope_words(row),
            "result": result_of(row),
            "takes_votes": row.takes_votes(at),
            "may_cancel": row.state in {"planned", "open"} and at < row.closes_at,
        }

    def put_view(self, request: DeskRequest) -> HttpResponse:
        """A new question."""
        form = PutForm(request.POST or None, actor=request.user, at=request.at)
        if form.is_valid() and (put := form.submit()):
            return self.done(request, put, _("已发起，到开始时间自动开始。"))
        return self.form_page(request, form)

    def cancel_view(self, request: DeskRequest, pk: int) -> HttpResponse:
        """Called off, for a reason."""
        poll = poll_at_desk(request.user, pk, at=request.at)
        form = CancelPollForm(request.POST or None, label_suffix="")
        if form.is_valid() and form.submit(poll, actor=request.user, at=request.at):
            return self.done(request, poll, _("表决已取消。"))
        return self.form_page(request, form, poll)

    def paper_view(self, request: DeskRequest, pk: int) -> HttpResponse:
        """Building, door, choice; after each vote the same building again."""
        poll = poll_at_desk(request.user, pk, at=request.at)
        buildings = buildings_asked(poll)
        chosen = _number(request.GET.get("building", "")) or (buildings[0][0] if buildings else 0)
        building = Place.objects.filter(pk=chosen).first() if chosen in dict(buildings) else None
        context: dict[str, Any] = {"buildings": buildings, "building": building}
        if building is None:
            return self.row_page(request, "paper", _("录入纸质票"), poll, **context)
        form = PaperForm(request.POST or None, poll=poll, building=building)
        if form.is_valid() and form.submit(actor=request.user, at=request.at):
            messages.success(request, _("已计入一张纸质票。"))
            return redirect(f"{reverse('admin:petitions_poll_paper', args=[pk])}?building={building.pk}")
        context |= {"form": form, "status": form.status}
        return self.row_page(request, "paper", _("录入纸质票"), poll, **context)


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0
