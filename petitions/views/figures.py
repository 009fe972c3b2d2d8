"""统计: what a community's records say, beside what was published about it (C-31)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community.selectors.front import facts_beside
from community.web import CommunityRequest, community_page
from petitions.selectors.figures.report import report_of_community
from petitions.selectors.figures.tables import headlines, tables


@require_safe
@community_page
def figures(request: CommunityRequest) -> HttpResponse:
    """Tables first, what is drawn beside them; everything was computed before, and says when."""
    report = report_of_community(request.community.pk)
    facts = facts_beside(request.community.pk)
    context = {
        "report": report,
        "headlines": list(headlines(report)),
        "tables": tables(report, facts, timezone.localdate(), request.profile.labels),
    }
    return render(request, "petitions/figures.html", context)
