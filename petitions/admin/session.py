"""议事会 at the desk: the list, one page a session with its steps as buttons, and paper for the day."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from community.admin.base import CommunityFilter
from community.duties import Power
from community.permissions import powers_anywhere
from core.admin_lists import Orderings
from core.errors import NotAllowedError
from core.models import User
from petitions.admin.base import DeskRequest
from petitions.admin.stepped import FORM, SteppedAdmin
from petitions.forms.session_call import CallForm
from petitions.forms.session_desk import FORMS
from petitions.models import DeliberationSession
from petitions.selectors.session_desk import desk_context, session_at_desk
from petitions.sheets.session_sheet import session_pdf


@admin.register(DeliberationSession)
class SessionAdmin(SteppedAdmin):
    """Sessions are called, prepared, written down and published by steps."""

    noun = "session"
    step_forms = FORMS
    keyset_orderings: ClassVar[Orderings] = {"new": (gettext_lazy("最近在前"), ("-starts_at",))}
    list_display = ("title", "starts_at", "venue", "state", "headcount", "community")
    list_display_links = ("title",)
    list_filter = ("state", "kind", CommunityFilter)
    change_list_template = "admin/petitions/deliberationsession/change_list.html"

    def get_urls(self) -> list[Any]:
        pages = [
            self.desk_path("call/", FORM(self.call_view), "call"),
            self.desk_path("<int:pk>/sheet.pdf", require_safe(self.sheet_view), "sheet"),
        ]
        return [*pages, *super().get_urls()]

    @admin.display(description=gettext_lazy("名称"))
    def title(self, session: DeliberationSession) -> str:
        return session.title

    def row_at_desk(self, user: User, pk: str | int, at: datetime) -> DeliberationSession:
        return session_at_desk(user, pk, at=at)

    def row_context(self, row: DeliberationSession, user: User, at: datetime) -> dict[str, Any]:
        return desk_context(row, at)

    def call_view(self, request: DeskRequest) -> HttpResponse:
        """Call a session beside the calendar."""
        if Power.SESSION_RUN not in powers_anywhere(request.user, request.at):
            raise NotAllowedError(_("您的任职不允许召集议事会。"))
        form = CallForm(request.POST or None, actor=request.user, at=request.at)
        if form.is_valid() and (called := form.submit()):
            return self.done(request, called, _("已召集，请接着定议题、发邀请。"))
        return self.form_page(request, form)

    def sheet_view(self, request: DeskRequest, pk: int) -> HttpResponse:
        """Agenda and sign-in sheet with the code, on paper."""
        session = session_at_desk(request.user, pk, at=request.at)
        response = HttpResponse(session_pdf(session), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="session-{session.pk}.pdf"'
        return response
