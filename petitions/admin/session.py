"""议事会 at the desk: the list, one page a session with its steps as buttons, and paper for the day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from community.admin.base import CommunityFilter, ScopedAdmin
from community.duties import Power
from community.permissions import powers_anywhere
from core.admin_lists import Orderings
from core.errors import NotAllowedError, NotFoundError
from petitions.admin.base import DeskPages, DeskRequest
from petitions.forms.session_call import CallForm
from petitions.forms.session_desk import FORMS
from petitions.models import DeliberationSession
from petitions.selectors.session_desk import desk_context, session_at_desk
from petitions.sheets.session_sheet import session_pdf


@admin.register(DeliberationSession)
class SessionAdmin(ScopedAdmin, DeskPages):
    """Nothing is added, changed or deleted but by actions."""

    scope_field = "community__place__path"
    keyset_orderings: ClassVar[Orderings] = {"new": (gettext_lazy("最近在前"), ("-starts_at",))}
    list_display = ("title", "starts_at", "venue", "state", "headcount", "community")
    list_display_links = ("title",)
    list_filter = ("state", "kind", CommunityFilter)
    change_list_template = "admin/petitions/deliberationsession/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("community")

    def get_urls(self) -> list[Any]:
        step = require_http_methods(["GET", "HEAD", "POST"])(self.step_view)
        pages = [
            self.desk_path("call/", require_http_methods(["GET", "HEAD", "POST"])(self.call_view), "call"),
            self.desk_path("<int:pk>/sheet.pdf", require_safe(self.sheet_view), "sheet"),
            self.desk_path("<int:pk>/step/<slug:step>/", step, "step"),
            self.desk_path("<int:pk>/step/<slug:step>/<int:row>/", step, "row_step"),
        ]
        return [*pages, *super().get_urls()]

    @admin.display(description=gettext_lazy("名称"))
    def title(self, session: DeliberationSession) -> str:
        return session.title

    def change_view(  # type: ignore[override]
        self, request: DeskRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The session, read only: a post that tries to change it is refused."""
        if not self.has_view_permission(request):
            raise NotAllowedError(_("您的任职不允许查看议事会。"))
        if request.method not in {"GET", "HEAD"}:
            raise NotAllowedError(_("内容不能直接改，请用页面上的按钮。"))
        at = timezone.now()
        session = session_at_desk(request.user, object_id, at=at)
        return self.desk_page(request, "desk", session.title, **desk_context(session, at))

    def call_view(self, request: DeskRequest) -> HttpResponse:
        """Call a session beside the calendar."""
        if Power.SESSION_RUN not in powers_anywhere(request.user, request.at):
            raise NotAllowedError(_("您的任职不允许召集议事会。"))
        form = CallForm(request.POST or None, actor=request.user, at=request.at)
        if form.is_valid() and (called := form.submit()):
            messages.success(request, _("已召集，请接着定议题、发邀请。"))
            return redirect("admin:petitions_deliberationsession_change", called.pk)
        return self.desk_page(request, "step", _("召集议事会"), form=form, status=form.status)

    def step_view(self, request: DeskRequest, pk: int, step: str, row: int | None = None) -> HttpResponse:
        """One step: a small form, then the action, then back to the session."""
        session = session_at_desk(request.user, pk, at=request.at)
        known = FORMS.get(step)
        if known is None:
            raise NotFoundError(_("没有这一步。"))
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = known(*sent, session=session, actor=request.user, at=request.at, row=row)
        if form.run():
            messages.success(request, form.said)
            return redirect("admin:petitions_deliberationsession_change", pk)
        context = {"form": form, "session": session}
        return self.desk_page(request, "step", str(form.title), status=form.status, **context)

    def sheet_view(self, request: DeskRequest, pk: int) -> HttpResponse:
        """Agenda and sign-in sheet with the code, on paper."""
        session = session_at_desk(request.user, pk, at=request.at)
        response = HttpResponse(session_pdf(session), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="session-{session.pk}.pdf"'
        return response
