"""统计 at the desk: any place under one's posts, on the page, in Excel and as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.models import Place
from community.models.place import PlaceKind
from community.selectors.front import facts_beside
from core.display import moment
from core.sheets import XLSX
from petitions.admin.base import DeskPages, DeskRequest
from petitions.models import MonthFigures
from petitions.selectors.figures.report import Report, places_with_figures, report_of_place
from petitions.selectors.figures.table import Table
from petitions.selectors.figures.tables import headlines, tables
from petitions.sheets.figures import CSV, figures_csv, figures_write


@dataclass(frozen=True, slots=True)
class Shown:
    """One place with its figures, among those that the person may choose."""

    places: list[Place]
    place: Place
    report: Report
    tables: list[Table]


@admin.register(MonthFigures)
class FiguresAdmin(DeskPages):
    """Nothing is added, changed or deleted; the job counts."""

    def get_urls(self) -> list[Any]:
        pages = [
            self.desk_path("figures.xlsx", require_safe(self.sheet_view), "sheet"),
            self.desk_path("figures.csv", require_safe(self.csv_view), "csv"),
        ]
        changelist = self.desk_path("", require_safe(self.figures_view), "changelist")
        return [*pages, changelist]

    def figures_view(self, request: DeskRequest) -> HttpResponse:
        """The tables of the chosen place; without a choice, of the highest."""
        shown = self._shown(request)
        return self.desk_page(
            request, "figures", _("统计"), shown=shown, headlines=list(headlines(shown.report))
        )

    def sheet_view(self, request: DeskRequest) -> HttpResponse:
        """The same tables in Excel."""
        shown, target = self._shown(request), BytesIO()
        figures_write(target, shown.place.name, moment(shown.report.computed_at), shown.tables)
        return self._file(target.getvalue(), XLSX, f"figures-{shown.place.pk}.xlsx")

    def csv_view(self, request: DeskRequest) -> HttpResponse:
        """The same tables as CSV."""
        shown = self._shown(request)
        text = figures_csv(shown.place.name, moment(shown.report.computed_at), shown.tables)
        return self._file(text.encode(), CSV, f"figures-{shown.place.pk}.csv")

    def _file(self, content: bytes, kind: str, name: str) -> HttpResponse:
        response = HttpResponse(content, content_type=kind)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def _shown(self, request: DeskRequest) -> Shown:
        places = places_with_figures(request.user, at=request.at)
        if not places:
            raise PermissionDenied
        asked = request.GET.get("place", "")
        place = next((one for one in places if str(one.pk) == asked), None if asked else places[0])
        if place is None:
            raise Http404
        report = report_of_place(place)
        facts = facts_beside(place.pk) if place.kind == PlaceKind.COMMUNITY else []
        return Shown(places, place, report, tables(report, facts, timezone.localdate(request.at)))
