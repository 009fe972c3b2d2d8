"""What a community runs at the desk by steps: a list, one page of each, and a small form for each step."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.admin.base import ScopedAdmin
from core.errors import NotAllowedError, NotFoundError
from core.models import User
from petitions.admin.base import DeskPages, DeskRequest

FORM = require_http_methods(["GET", "HEAD", "POST"])


class SteppedAdmin(ScopedAdmin, DeskPages):
    """Nothing is added, changed or deleted but by actions. `noun` is what forms and templates call a row."""

    scope_field = "community__place__path"
    noun: ClassVar[str]
    step_forms: ClassVar[Mapping[str, Callable[..., Any]]] = {}

    @abstractmethod
    def row_at_desk(self, user: User, pk: str | int, at: datetime) -> Model:
        """The row if this person runs it, with what its page reads.

        Raises:
            NotFoundError: there is none.
        """

    @abstractmethod
    def row_context(self, row: Any, user: User, at: datetime) -> dict[str, Any]:
        """What its page shows."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("community")

    def get_urls(self) -> list[Any]:
        steps = [
            self.desk_path("<int:pk>/step/<slug:step>/", FORM(self.step_view), "step"),
            self.desk_path("<int:pk>/step/<slug:step>/<int:row>/", FORM(self.step_view), "row_step"),
        ]
        return [*(steps if self.step_forms else []), *super().get_urls()]

    def change_view(  # type: ignore[override]
        self, request: DeskRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The row, read only: a post that tries to change it is refused."""
        if not self.has_view_permission(request) or request.method not in {"GET", "HEAD"}:
            raise NotAllowedError(_("内容不能直接改，请用页面上的按钮。"))
        at = timezone.now()
        row = self.row_at_desk(request.user, object_id, at)
        return self.row_page(request, "desk", str(row), row, **self.row_context(row, request.user, at))

    def step_view(self, request: DeskRequest, pk: int, step: str, row: int | None = None) -> HttpResponse:
        """One step: a small form, then the action, then back to the row."""
        found = self.row_at_desk(request.user, pk, request.at)
        known = self.step_forms.get(step)
        if known is None:
            raise NotFoundError(_("没有这一步。"))
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = known(*sent, actor=request.user, at=request.at, row=row, **{self.noun: found})
        if form.run():
            return self.done(request, found, form.said)
        return self.form_page(request, form, found)

    def form_page(self, request: HttpRequest, form: Any, row: Model | None = None) -> TemplateResponse:
        """A step's form, or one that makes a new row."""
        return self.row_page(request, "step", str(form.title), row, form=form, status=form.status)

    def row_page(
        self, request: HttpRequest, template: str, title: str, row: Model | None, **context: Any
    ) -> TemplateResponse:
        """A page about a row, or about a new one, with the way back to it."""
        return self.desk_page(request, template, title, row=row, **{self.noun: row, **context})

    def done(self, request: HttpRequest, row: Model, said: Any) -> HttpResponse:
        """Say what was done, and go back to the row."""
        messages.success(request, said)
        return redirect(f"admin:petitions_{self.opts.model_name}_change", row.pk)
