"""Patrols at the desk: each walk with its check-ins, and how much is covered by day (G-11)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from community.admin.base import CommunityFilter, ScopedAdmin
from community.models import Community
from community.querysets import below
from core.admin import ReadOnlyAdmin
from grids.admin.figures import FiguresMixin, Shown
from grids.models import Grid, Patrol
from grids.selectors.patrol_days import coverage_of, coverage_of_grids

NOTES = 100


@admin.register(Patrol)
class PatrolAdmin(FiguresMixin, ReadOnlyAdmin, ScopedAdmin):
    """To look at; patrols come from the phones of those who walk."""

    scope_field = "grid__place__path"
    change_list_template = "admin/grids/patrol/change_list.html"
    figures_code, figures_title = "coverage", _("巡查覆盖")
    list_display = ("started_at", "grid", "worker", "ended_at", "verified")
    list_filter = ("is_doubtful", "is_forgotten", CommunityFilter)
    list_select_related = ("grid", "worker")
    fields = (
        "grid",
        "worker",
        "started_at",
        "ended_at",
        "note",
        "way",
        "is_doubtful",
        "is_forgotten",
        "points",
        "noted",
    )
    readonly_fields = ("way", "points", "noted")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patrol]:
        done = {
            "all_count": Count("check_ins"),
            "verified_count": Count("check_ins", filter=Q(check_ins__doubt="")),
        }
        rows: QuerySet[Patrol] = super().get_queryset(request).annotate(**done)
        return rows

    @admin.display(description=_("打卡（其中已核实）"))
    def verified(self, row: Any) -> str:
        return f"{row.all_count} ({row.verified_count})"

    @admin.display(description=_("路线"))
    def way(self, row: Patrol) -> str:
        return _("%d 个位置") % len(row.track) if row.track else ""

    @admin.display(description=_("打卡"))
    def points(self, row: Patrol) -> SafeString:
        found = row.check_ins.select_related("checkpoint")
        lines = (
            (one.checkpoint.name, f"{timezone.localtime(one.happened_at):%H:%M}", one.get_doubt_display())
            for one in found
        )
        return format_html_join("", "<p>{} · {} · {}</p>", lines)

    @admin.display(description=_("随记"))
    def noted(self, row: Patrol) -> SafeString:
        lines = (
            (f"{timezone.localtime(one.happened_at):%H:%M}", one.get_kind_display(), one.text)
            for one in row.notes.all()[:NOTES]
        )
        return format_html_join("", "<p>{} · {} {}</p>", lines)

    def figures(self, request: HttpRequest, paths: list[str]) -> Shown:
        """Seven days by community; once one is chosen, by grid."""
        at, cursor = timezone.now(), request.GET.get("cursor")
        chosen = self._chosen(paths, request.GET.get("community", ""))
        shown = (
            coverage_of_grids(chosen, paths, at=at, cursor=cursor)
            if chosen
            else coverage_of(paths, at=at, cursor=cursor)
        )
        return {"chosen": chosen, "shown": shown, "page": shown}

    def _chosen(self, paths: list[str], asked: str) -> Community | None:
        """The community that was asked for, or the only one; of a post in a grid, its community."""
        own = Grid.objects.filter(below(paths, "place__path")).values("community")
        within = Community.objects.active().filter(below(paths, "place__path") | Q(pk__in=own))
        if asked.isascii() and asked.isdigit() and len(asked) < 10:
            return within.filter(pk=int(asked)).first()
        found = list(within.order_by("pk")[:2])
        return found[0] if len(found) == 1 else None
