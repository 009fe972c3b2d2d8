"""工程 at the desk: the list, and one page a project with its steps as buttons."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.admin.base import CommunityFilter
from core.admin_lists import Orderings
from core.models import User
from petitions.admin.base import DeskRequest
from petitions.admin.stepped import FORM, SteppedAdmin
from petitions.forms.project_desk import FORMS
from petitions.forms.project_plan import CreateForm
from petitions.models import Project
from petitions.selectors.project_desk import desk_context, project_at_desk


@admin.register(Project)
class ProjectAdmin(SteppedAdmin):
    """Projects are planned, linked, shown and ended by steps."""

    noun = "project"
    step_forms = FORMS
    keyset_orderings: ClassVar[Orderings] = {"new": (gettext_lazy("最近在前"), ("-state_at",))}
    list_display = ("title", "state", "topic", "published_at", "started_at", "closed_at", "community")
    list_filter: ClassVar[Any] = ("state", CommunityFilter)
    change_list_template = "admin/petitions/project/change_list.html"

    def get_urls(self) -> list[Any]:
        return [self.desk_path("new/", FORM(self.new_view), "new"), *super().get_urls()]

    def row_at_desk(self, user: User, pk: str | int, at: datetime) -> Project:
        return project_at_desk(user, pk, at=at)

    def row_context(self, row: Project, user: User, at: datetime) -> dict[str, Any]:
        return desk_context(row, user, at)

    def new_view(self, request: DeskRequest) -> HttpResponse:
        """A new project; nobody else sees it yet."""
        form = CreateForm(request.POST or None, actor=request.user, at=request.at)
        if form.is_valid() and (made := form.submit()):
            return self.done(request, made, _("工程已建好，请接着排阶段。"))
        return self.form_page(request, form)
