"""Pages of figures beside the lists of the desk."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise

from community.admin.base import AbstractAdmins, ScopedAdmin, paths_for
from community.backends import GRANTS
from community.models import Community
from community.querysets import around

Shown = dict[str, Any]


class FiguresMixin(ScopedAdmin, metaclass=AbstractAdmins):
    """A page for everybody who may see the list, under the list's address.

    Its template, named by its code, extends `admin/grids/figures.html`.
    """

    figures_code: ClassVar[str] = "figures"
    figures_title: ClassVar[str | Promise]

    @abstractmethod
    def figures(self, request: HttpRequest, paths: list[str]) -> Shown:
        """What stands on the page of somebody whose posts lie at these paths."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.figures_view)
        name = f"grids_{self.opts.model_name}_{self.figures_code}"
        return [path(f"{self.figures_code}/", page, name=name), *super().get_urls()]

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        return self.figures_page(request, self.figures_code, self.figures_title, self.figures)

    def figures_page(
        self,
        request: HttpRequest,
        code: str,
        title: str | Promise,
        figures: Callable[[HttpRequest, list[str]], Shown],
    ) -> HttpResponse:
        """A page of figures under the list, by its code."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            **figures(request, paths_for(request, GRANTS[self.opts.label_lower].view)),
        }
        return TemplateResponse(request, f"admin/grids/{self.opts.model_name}/{code}.html", context)


class CommunityFiguresMixin(FiguresMixin):
    """Of one community where several are in reach."""

    always_one: ClassVar[bool] = False
    """The first one is shown until another is chosen; otherwise all of them together."""

    @abstractmethod
    def figures_of(self, paths: list[str], chosen: Community | None) -> Shown:
        """The figures under these paths, which are those of the chosen community."""

    def figures(self, request: HttpRequest, paths: list[str]) -> Shown:
        within = Community.objects.active().filter(around(paths, "place__path"))
        known = list(within.select_related("place").order_by("name"))
        first = known[0] if known and self.always_one else None
        asked = request.GET.get("community", "")
        chosen = next((one for one in known if str(one.pk) == asked), first)
        if chosen is not None:
            own = [one for one in paths if one.startswith(chosen.place.path)]
            paths = own or [chosen.place.path]
        return {
            "communities": known if len(known) > 1 else [],
            "chosen": chosen,
            "is_always_one": self.always_one,
            **self.figures_of(paths, chosen),
        }
