"""三色图谱 at the desk: open matters by grid and colour."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from petitions.admin.base import DeskPages, DeskRequest
from petitions.selectors.colour_map import colour_map


class ColourPages(DeskPages):
    """The map, one page of it at a time."""

    def get_urls(self) -> list[Any]:
        return [self.desk_path("colours/", require_safe(self.colours_view), "colours"), *super().get_urls()]

    def colours_view(self, request: DeskRequest) -> HttpResponse:
        """Grids within reach; whoever looks after several communities chooses one first."""
        shown = colour_map(
            request.user,
            community=request.GET.get("community", ""),
            cursor=request.GET.get("cursor"),
            at=request.at,
        )
        return self.desk_page(request, "colours", _("三色图谱"), shown=shown)
