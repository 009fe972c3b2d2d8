"""四定 community by community, and the grids that are stuck at one of the steps (G-01)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.models import Community
from community.querysets import below
from grids.admin.figures import FiguresMixin, Shown
from grids.models import Grid
from grids.selectors.progress import STOPS, progress_of, stuck_under


def communities_of(paths: list[str]) -> Q:
    """The communities under these places; of a post in a grid, its community."""
    own = Grid.objects.filter(below(paths, "place__path")).values("community")
    return below(paths, "place__path") | Q(pk__in=own)


class ProgressMixin(FiguresMixin):
    """A page beside the overview, for everybody who may see the list of grids."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.progress_view)
        return [path("progress/", page, name="grids_grid_progress"), *super().get_urls()]

    def progress_view(self, request: HttpRequest) -> HttpResponse:
        return self.figures_page(request, "progress", _("四定进度"), self.progress)

    def progress(self, request: HttpRequest, paths: list[str]) -> Shown:
        """Every community with its grids by step; below, page by page, those that are not in force."""
        day, asked = timezone.localdate(), request.GET.get("community", "")
        communities = list(Community.objects.active().filter(communities_of(paths)).order_by("name", "pk"))
        chosen = next((one for one in communities if str(one.pk) == asked), None)
        rows = progress_of([chosen] if chosen else communities, paths, day)
        return {
            "communities": communities if len(communities) > 1 else [],
            "chosen": chosen,
            "stops": STOPS,
            "rows": rows,
            "stuck": stuck_under(
                paths,
                day,
                community=chosen,
                step=request.GET.get("step", ""),
                cursor=request.GET.get("cursor"),
            ),
        }
