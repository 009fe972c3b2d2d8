"""工程 at the desk: the list, and one page a project with its steps as buttons."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from community.admin.base import CommunityFilter, ScopedAdmin
from core.admin_lists import Orderings
from core.errors import NotAllowedError, NotFoundError
from petitions.admin.base import DeskPages, DeskRequest
from petitions.forms.project_desk import FORMS
from petitions.forms.project_plan import CreateForm
from petitions.models import Project
from petitions.selectors.project_desk import desk_context, project_at_desk

FORM = require_http_methods(["GET", "HEAD", "POST"])


@admin.register(Project)
class ProjectAdmin(ScopedAdmin, DeskPages):
    """Nothing is added, changed or deleted but by actions."""

    scope_field = "community__place__path"
    keyset_orderings: ClassVar[Orderings] = {"new": (gettext_lazy("最近在前"), ("-state_at",))}
    list_display = ("title", "state", "topic", "published_at", "started_at", "closed_at", "community")
    list_filter: ClassVar[Any] = ("state", CommunityFilter)
    change_list_template = "admin/petitions/project/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("community")

    def get_urls(self) -> list[Any]:
        pages = [
            self.desk_path("new/", FORM(self.new_view), "new"),
            self.desk_path("<int:pk>/step/<slug:step>/", FORM(self.step_view), "step"),
            self.desk_path("<int:pk>/step/<slug:step>/<int:row>/", FORM(self.step_view), "row_step"),
        ]
        return [*pages, *super().get_urls()]

    def change_view(  # type: ignore[override]
        self, request: DeskRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The project, read only: a post that tries to change it is refused."""
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
            raise NotAllowedError(_("内容不能直接改，请用页面上的按钮。"))
        at = timezone.now()
        project = project_at_desk(request.user, object_id, at=at)
        return self.desk_page(request, "desk", project.title, **desk_context(project, request.user, at))

    def new_view(self, request: DeskRequest) -> HttpResponse:
        """A new project; nobody else sees it yet."""
        form = CreateForm(request.POST or None, actor=request.user, at=request.at)
        if form.is_valid() and (made := form.submit()):
            messages.success(request, _("工程已建好，请接着排阶段。"))
            return redirect("admin:petitions_project_change", made.pk)
        return self.desk_page(request, "step", str(form.title), form=form, status=form.status)

    def step_view(self, request: DeskRequest, pk: int, step: str, row: int | None = None) -> HttpResponse:
        """One step: a small form, then the action, then back to the project."""
        project = project_at_desk(request.user, pk, at=request.at)
        known = FORMS.get(step)
        if known is None:
            raise NotFoundError(_("没有这一步。"))
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = known(*sent, project=project, actor=request.user, at=request.at, row=row)
        if form.run():
            messages.success(request, form.said)
            return redirect("admin:petitions_project_change", pk)
        context = {"form": form, "project": project}
        return self.desk_page(request, "step", str(form.title), status=form.status, **context)
