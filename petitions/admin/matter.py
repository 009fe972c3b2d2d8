"""One desk page per matter: its whole history, and buttons that call the actions through small forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import NotAllowedError, NotFoundError
from petitions.actions.contact import reporters_contact
from petitions.admin.base import DeskPages, DeskRequest
from petitions.forms.steps import step_form
from petitions.selectors.matter import Matter, matter_of
from petitions.selectors.page import matter_page
from petitions.selectors.progress import heading
from petitions.selectors.steps import possible_steps


class MatterPages(DeskPages):
    """The stock change page shows the matter and changes nothing; each step is a page of its own."""

    def get_urls(self) -> list[Any]:
        step = require_http_methods(["GET", "HEAD", "POST"])(self.step_view)
        pages = [
            self.desk_path("<int:pk>/step/<slug:step>/", step, "step"),
            self.desk_path("<int:pk>/phones/", require_POST(self.phones_view), "phones"),
        ]
        return [*pages, *super().get_urls()]

    def change_view(  # type: ignore[override]
        self, request: DeskRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The matter, read only: a post that tries to change it is refused."""
        if not self.has_view_permission(request):
            raise NotAllowedError(_("您的任职不允许查看诉求。"))
        if request.method not in {"GET", "HEAD"}:
            raise NotAllowedError(_("阶段和内容不能直接改，请用页面上的按钮。"))
        request.at = timezone.now()
        matter = _matter(request, object_id)
        context = {**matter_page(matter, request.user, request.at), "steps_at": "../step/"}
        return self.desk_page(request, "desk", heading(matter.petition), **context)

    def step_view(self, request: DeskRequest, pk: int, step: str) -> HttpResponse:
        """One step: a small form, then the action, then back to the matter."""
        matter = _matter(request, str(pk))
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = step_form(step, *sent, matter=matter, actor=request.user, at=request.at)
        if not form.is_bound and form.step not in possible_steps(matter, request.user, request.at):
            messages.warning(request, _("现在不能做这一步，请看下面的最新情况。"))
            return redirect("admin:petitions_petition_change", pk)
        if form.run():
            messages.success(request, form.said)
            list_page = redirect("admin:petitions_petition_changelist")
            return list_page if form.leaves else redirect("admin:petitions_petition_change", pk)
        context: dict[str, Any] = {"form": form, "petition": matter.petition, "at": request.at}
        return self.desk_page(request, "step", form.title, status=form.status, **context)

    def phones_view(self, request: DeskRequest, pk: int) -> HttpResponse:
        """Whom to call; each look leaves a trace."""
        petition = _matter(request, str(pk)).petition
        reporters = reporters_contact(petition=petition, actor=request.user, at=request.at)
        title = _("打电话给诉求人")
        return self.desk_page(request, "phones", title, petition=petition, reporters=reporters)


def _matter(request: DeskRequest, pk: str) -> Matter:
    """The matter with this key.

    Raises:
        NotFoundError: there is none, or no current post covers it.
    """
    if not pk.isdecimal() or len(pk) >= 19:
        raise NotFoundError(_("没有找到这件诉求。"))
    return matter_of(request.user, pk=int(pk), at=request.at, whole=request.method != "POST")
