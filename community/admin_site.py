"""The staff desk's site: opened by a current post, entered through our own sign-in."""

from __future__ import annotations

from typing import Any, cast

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from community.desk_sections import sectioned
from community.desk_side import side_column
from community.forms.sign_in import StaffPasswordForm
from community.permissions import held_posts
from community.views.staff import staff_sign_in
from core.registries import desk_panels


class LongNameView(AutocompleteJsonView):
    """Choices by their long names: there is a building no. 1 in every estate."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        text = getattr(obj, "long_name", None) or str(obj)
        return {**super().serialize_result(obj, to_field_name), "text": text}


class PortalAdminSite(AdminSite):
    """Stock admin for people in post. An account without a current post sees the sign-in page only."""

    site_title = _("社区工作台")
    site_header = _("社区工作台")
    index_title = _("工作台")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return user.is_superuser or bool(held_posts(user, at=timezone.now()))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The frame of every page. Which models this person may open is asked by the pages that list them."""
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "site_url": self.site_url,
            "has_permission": self.has_permission(request),
            "available_apps": SimpleLazyObject(lambda: self.get_app_list(request)),
            "side_column": SimpleLazyObject(lambda: side_column(self, request)),
            "is_popup": False,
            "is_nav_sidebar_enabled": self.enable_nav_sidebar,
            "log_entries": SimpleLazyObject(lambda: self.get_log_entries(request)),
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        panels = [panel for source in desk_panels if (panel := source(request))]
        return super().index(request, {**(extra_context or {}), "panels": panels})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The upper apps first, then what is set up once, by what it is for."""
        order = [config.label for config in apps.get_app_configs()]
        found: list[Any] = super().get_app_list(request, app_label)
        found = sorted(found, key=lambda app: -order.index(app["app_label"]))
        return found if app_label else sectioned(found)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return staff_sign_in(request, {**self.each_context(request), **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return cast("HttpResponse", LongNameView.as_view(admin_site=self)(request))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        view = PasswordChangeView.as_view(
            form_class=StaffPasswordForm,
            success_url=reverse("admin:password_change_done"),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return cast("TemplateResponse", view(request))
