"""What the pages of the desk share: somebody in post who reads matters, and the frame of the admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache

from core.admin_lists import AnyModelAdmin, OwnFiltersMixin
from core.models import User


class DeskRequest(HttpRequest):
    """A request at the desk; `at` is its moment."""

    user: User
    at: datetime


class DeskPages(OwnFiltersMixin, AnyModelAdmin):
    """Adds pages beside the stock ones. Each is refused to whoever reads no matter.

    The stock ones only read: nothing is added, changed or deleted but by actions.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def desk_path(self, route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        """A page below the list, reversed as `admin:petitions_<model>_<name>`."""

        @wraps(view)
        def page(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.has_view_permission(request):
                raise PermissionDenied
            request.at = timezone.now()
            return view(request, *args, **kwargs)

        return path(
            route,
            never_cache(self.admin_site.admin_view(page)),
            name=f"petitions_{self.opts.model_name}_{name}",
        )

    def desk_page(
        self, request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any
    ) -> TemplateResponse:
        """A page in the admin's frame: the model's own template, or the one for rows of any kind."""
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        names = [
            f"admin/petitions/{self.opts.model_name}/{template}.html",
            f"admin/petitions/row_{template}.html",
        ]
        return TemplateResponse(request, names, frame, status=status)
