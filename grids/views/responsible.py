"""我的责任人: a resident sees who answers for their door (G-17)."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.selectors.accounts import resident_of
from core.models import User
from grids.selectors.charges import responsible_for
from grids.selectors.doors import community_at


@never_cache
@login_required
@require_safe
def responsible(request: HttpRequest) -> HttpResponse:
    """The people of one's own door and nobody else's, each with a button to call."""
    resident = resident_of(cast("User", request.user))
    household = resident.household if resident and not resident.is_silent else None
    shown = responsible_for(household, timezone.localdate()) if household else None
    context = {
        "household": household,
        "shown": shown,
        "community": community_at(household) if household else None,
    }
    return render(request, "grids/responsible.html", context)
